//! Accounts of this machine: made, opened by a password, locked and unlocked; e-mail domains of
//! institutions and training certificates.
//!
//! Never puts a password, its hash or an e-mail address into an audit line.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::password;
use gj_model::{InstitutionId, UserId};
use gj_registry::Tx;
pub use gj_registry::{EmailDomain, Training, User};
use serde::Serialize;
use serde_json::{Value, json};

const ACT: &str = "account.edit";

/// An account as its administrator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct AccountLine {
    /// Its name.
    pub user: UserId,
    /// Whom it acts for.
    pub institution: InstitutionId,
    /// Whether the programme lets it be used.
    pub active: bool,
    /// When its password was set; `None`: it has none.
    pub password_at: Option<String>,
    /// When it was locked.
    pub locked_at: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Certificates, each with its last day.
    pub trainings: Vec<(String, chrono::NaiveDate)>,
}

impl Gate {
    /// Makes an account with a password.
    ///
    /// # Errors
    /// A refusal; a name that exists, an institution or role that does not, an e-mail address of
    /// another domain than the institution's, a password that is none to be taken.
    pub async fn add_account(
        &self,
        asker: &Asker,
        user: &User,
        email: Option<&str>,
        password: String,
    ) -> Result<(), GateError> {
        self.authorise(asker, ACT, user.id.as_str()).await?;
        acceptable(&password, &user.id)?;
        let hash = password::hash(password).await?;
        let mut tx = self.inner.registry.begin().await?;
        if tx.user(&user.id).await?.is_some() {
            let what = format!("there is an account `{}` already; set its password instead", user.id);
            return Err(GateError::Account(what));
        }
        if tx.institution(&user.institution).await?.is_none() {
            return Err(GateError::Account(format!("there is no institution `{}`", user.institution)));
        }
        let known = tx.roles().await?;
        if let Some(role) = user.roles.iter().find(|role| !known.iter().any(|known| known.id == **role)) {
            let ids: Vec<&str> = known.iter().map(|role| role.id.as_str()).collect();
            let what = format!("there is no role `{role}`; expected {}", ids.join(", "));
            return Err(GateError::Account(what));
        }
        tx.put_user(user).await?;
        if let Some(email) = email {
            self.check_email(&mut tx, &user.institution, email).await?;
            tx.set_email(&user.id, email).await?;
        }
        tx.set_password(&user.id, &hash, &self.inner.clock.at()).await?;
        let detail = json!({ "institution": user.institution, "roles": user.roles });
        self.done(tx, asker, user.id.as_str(), "added", detail).await
    }

    /// Sets an account's password; sessions opened with the one before end.
    ///
    /// # Errors
    /// A refusal; an unknown account, a password that is none to be taken.
    pub async fn set_password(
        &self,
        asker: &Asker,
        user: &UserId,
        password: String,
    ) -> Result<(), GateError> {
        self.authorise(asker, ACT, user.as_str()).await?;
        acceptable(&password, user)?;
        let hash = password::hash(password).await?;
        let mut tx = self.inner.registry.begin().await?;
        tx.set_password(user, &hash, &self.inner.clock.at()).await?;
        self.done(tx, asker, user.as_str(), "password set", json!({})).await
    }

    /// Locks an account: no password, identity or token opens it, and its sessions end.
    ///
    /// # Errors
    /// A refusal; an unknown account.
    pub async fn lock_account(&self, asker: &Asker, user: &UserId) -> Result<(), GateError> {
        self.authorise(asker, ACT, user.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        tx.lock_account(user, asker.name(), &self.inner.clock.at()).await?;
        self.done(tx, asker, user.as_str(), "locked", json!({})).await
    }

    /// Unlocks it, and forgets failed attempts to sign in as it.
    ///
    /// # Errors
    /// A refusal; an unknown account.
    pub async fn unlock_account(&self, asker: &Asker, user: &UserId) -> Result<(), GateError> {
        self.authorise(asker, ACT, user.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        tx.unlock_account(user).await?;
        let key = gj_registry::audit::sha256_hex(user.as_str().as_bytes());
        tx.clear_attempts(gj_registry::AttemptsOf::Account, &key).await?;
        self.done(tx, asker, user.as_str(), "unlocked", json!({})).await
    }

    /// Every account.
    ///
    /// # Errors
    /// A refusal.
    pub async fn accounts(&self, asker: &Asker) -> Result<Vec<AccountLine>, GateError> {
        self.authorise(asker, ACT, "accounts").await?;
        let mut reads = self.inner.registry.read().await?;
        let users = reads.users().await?;
        let mut lines = Vec::new();
        for (account, user) in reads.accounts().await?.into_iter().zip(users) {
            let trainings = reads.trainings_of(&user.id).await?;
            lines.push(AccountLine {
                user: user.id,
                institution: user.institution,
                active: user.active,
                password_at: account.password_at,
                locked_at: account.locked_at,
                email: account.email,
                trainings: trainings.into_iter().map(|t| (t.name, t.valid_to)).collect(),
            });
        }
        Ok(lines)
    }

    /// Records a training certificate.
    ///
    /// # Errors
    /// A refusal; an unknown account, a last day before the first.
    pub async fn record_training(&self, asker: &Asker, training: &Training) -> Result<(), GateError> {
        let user = training.user.as_str();
        self.authorise(asker, ACT, user).await?;
        if training.valid_to < training.valid_from {
            return Err(GateError::Account("the certificate ends before it begins".to_owned()));
        }
        let mut tx = self.inner.registry.begin().await?;
        tx.put_training(training).await?;
        let detail = json!({ "training": training.name, "valid_to": training.valid_to });
        self.done(tx, asker, user, "training recorded", detail).await
    }

    /// Records a domain of an institution's e-mail addresses.
    ///
    /// # Errors
    /// A refusal; an unknown institution, a domain that is none.
    pub async fn record_email_domain(
        &self,
        asker: &Asker,
        institution: &InstitutionId,
        domain: &EmailDomain,
    ) -> Result<(), GateError> {
        self.authorise(asker, ACT, institution.as_str()).await?;
        if !is_domain(&domain.domain) {
            let what =
                format!("`{}` is no domain; write it like `u-tokyo.ac.jp`", domain.domain.escape_debug());
            return Err(GateError::Account(what));
        }
        let mut tx = self.inner.registry.begin().await?;
        tx.put_email_domain(institution, domain).await?;
        let detail = json!({ "domain": domain.domain, "valid_to": domain.valid_to });
        self.done(tx, asker, institution.as_str(), "domain recorded", detail).await
    }

    /// Refuses an e-mail address whose domain is not one of the institution's today.
    pub(crate) async fn check_email(
        &self,
        reads: &mut gj_registry::Reads,
        institution: &InstitutionId,
        email: &str,
    ) -> Result<(), GateError> {
        let domains = reads.email_domains(institution, self.inner.clock.today()).await?;
        let domains: Vec<String> = domains.into_iter().map(|domain| domain.domain).collect();
        if is_of_domain(email, &domains) {
            return Ok(());
        }
        let known = if domains.is_empty() { "none is recorded".to_owned() } else { domains.join(", ") };
        let what = format!(
            "the e-mail address is of no domain of `{institution}` ({known}); see `gj account domain`"
        );
        Err(GateError::Account(what))
    }

    async fn done(
        &self,
        mut tx: Tx,
        asker: &Asker,
        subject: &str,
        outcome: &str,
        detail: Value,
    ) -> Result<(), GateError> {
        self.note(&mut tx, Note { actor: asker.name(), act: ACT, subject, outcome, detail }).await?;
        self.commit(tx).await
    }
}

fn acceptable(password: &str, user: &UserId) -> Result<(), GateError> {
    match password::lacks(password, user.as_str()) {
        Some(what) => Err(GateError::Account(what)),
        None => Ok(()),
    }
}

/// Whether an e-mail address is of one of the domains, or of one below it.
pub(crate) fn is_of_domain(email: &str, domains: &[String]) -> bool {
    let Some((name, domain)) = email.split_once('@') else { return false };
    let domain = domain.to_ascii_lowercase();
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b',' | b';' | b'\\');
    !name.is_empty()
        && name.bytes().all(plain)
        && is_domain(&domain)
        && domains.iter().any(|known| domain == *known || domain.ends_with(&format!(".{known}")))
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.contains('.') && text.len() < 254 && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_institutions_own_addresses_count() {
        let domains = ["kita.example.jp".to_owned()];
        for (email, own) in [
            ("a@kita.example.jp", true),
            ("A.B@Med.Kita.Example.JP", true),
            ("a@notkita.example.jp", false),
            ("a@example.jp", false),
            ("a@evil.example@kita.example.jp", false),
            ("a@kita.example.jp.evil.example", false),
            ("@kita.example.jp", false),
            ("a b@kita.example.jp", false),
            ("a@kita.example.jp.", false),
            ("kita.example.jp", false),
        ] {
            assert_eq!(is_of_domain(email, &domains), own, "{email}");
        }
        assert!(!is_of_domain("a@kita.example.jp", &[]));
    }
}
