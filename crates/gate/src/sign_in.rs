//! Signing in with a name and a password, or by word of a provider, and staying so.
//!
//! Owns when an attempt must wait, the audit lines about signing in, and the ticket a session holds.
//! Never says which of name and password was wrong, nor whether there is such a name.

use crate::ask::{Asker, Session};
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::password;
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use gj_model::{Bilingual, UserId};
use gj_registry::audit::sha256_hex;
use gj_registry::{Account, Attempts, AttemptsOf, Reads};
use serde_json::json;
use std::net::IpAddr;

const ACT: &str = "account.sign-in";
/// Attempts of one name that wait for nothing.
const FREE_OF_ACCOUNT: u64 = 5;
/// Attempts from one address that wait for nothing: a whole institute may be behind one.
const FREE_OF_ADDRESS: u64 = 30;
/// Seconds to wait after the first attempt that is not free; each failure doubles them.
const DELAY_S: u64 = 30;
/// Seconds to wait at most, so that nobody can lock another out for good.
const DELAY_S_MAX: u64 = 3_600;
/// Hours after which failures are forgotten.
const FORGET_H: i64 = 24;
/// Days before its end from which a certificate is mentioned.
const MENTION_DAYS: i64 = 60;

/// What came of an attempt to sign in.
#[derive(Debug)]
pub enum SignIn {
    /// Somebody is in.
    Welcome(Box<Welcome>),
    /// Name and password do not go together, or the account may not be used.
    Wrong,
    /// Too many failures: nothing was looked at.
    Wait {
        /// Until when no attempt counts, in seconds.
        seconds: u64,
    },
}

/// Somebody who just came in.
#[derive(Debug)]
pub struct Welcome {
    /// Who.
    pub session: Session,
    /// What their browser's session is to hold.
    pub ticket: Ticket,
    /// Certificates that run out soon or ran out.
    pub trainings: Vec<TrainingEnd>,
}

/// A certificate and its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingEnd {
    /// Which training.
    pub training: String,
    /// Its last day.
    pub valid_to: NaiveDate,
    /// Whether that has passed.
    pub over: bool,
}

/// What a session holds instead of a token: who signed in and how. Made by the gate only, worth as much
/// as the account is at each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    user: UserId,
    by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    /// The password whose hash has this digest: another ends the session.
    Password(String),
    /// The identity of a provider: taking its link away ends the session.
    #[cfg_attr(not(feature = "oidc"), allow(dead_code, reason = "made where a provider is set up"))]
    Identity { issuer: String, subject: String },
}

impl Gate {
    /// Signs in with a name and a password. The attempt is counted before it is judged, so that many at
    /// once gain nothing.
    ///
    /// # Errors
    /// When the registry fails.
    pub async fn sign_in_with_password(
        &self,
        name: &str,
        password: String,
        from: Option<IpAddr>,
    ) -> Result<SignIn, GateError> {
        // A name may be written in any case and width of the keyboard; ids are small letters.
        let user: Option<UserId> = name.trim().to_lowercase().parse().ok();
        let key = sha256_hex(user.as_ref().map_or(name.trim(), UserId::as_str).as_bytes());
        let address = from.map(|address| sha256_hex(network(address).as_bytes()));
        let mut tx = self.inner.registry.begin().await?;
        let account = match &user {
            Some(user) => tx.account(user).await?,
            None => None,
        };
        let subject = account.as_ref().map_or("unknown name", |account| account.user.as_str()).to_owned();
        let mut wait = self.waiting(&tx.attempts(AttemptsOf::Account, &key).await?, FREE_OF_ACCOUNT);
        if let Some(address) = &address {
            wait = wait.max(self.waiting(&tx.attempts(AttemptsOf::Address, address).await?, FREE_OF_ADDRESS));
        }
        let now = self.inner.clock.at();
        if wait == 0 {
            tx.forget_attempts_before(&self.hours_ago(FORGET_H)?).await?;
            tx.add_attempt(AttemptsOf::Account, &key, &now).await?;
            if let Some(address) = &address {
                tx.add_attempt(AttemptsOf::Address, address, &now).await?;
            }
        } else {
            let detail = json!({ "why": "too many failures", "wait_seconds": wait });
            self.note_sign_in(&mut tx, "nobody", &subject, "refused", detail).await?;
        }
        tx.commit().await?;
        if wait > 0 {
            return Ok(SignIn::Wait { seconds: wait });
        }
        let hash = account.as_ref().and_then(|account| account.password.clone());
        let right = password::is_of(password, hash).await?;
        let mut tx = self.inner.registry.begin().await?;
        // Looked at again: the account may have been locked, or its password changed, meanwhile.
        let session = match account {
            Some(account) if right => self.opened_by(&mut tx, &account).await?,
            _ => None,
        };
        let Some((session, ticket)) = session else {
            self.note_sign_in(&mut tx, "nobody", &subject, "refused", json!({ "by": "password" })).await?;
            self.commit(tx).await?;
            return Ok(SignIn::Wrong);
        };
        tx.clear_attempts(AttemptsOf::Account, &key).await?;
        if let Some(address) = &address {
            tx.take_back_attempt(AttemptsOf::Address, address).await?;
        }
        self.note_sign_in(&mut tx, &subject, &subject, "done", json!({ "by": "password" })).await?;
        let trainings = self.trainings_ending(&mut tx, &session.id).await?;
        self.commit(tx).await?;
        Ok(SignIn::Welcome(Box::new(Welcome { session, ticket, trainings })))
    }

    /// Who a ticket stands for now: nobody, once the account is locked or switched off, or what opened
    /// it is gone.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn resume(&self, ticket: &Ticket) -> Result<Option<Session>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let Some(account) = reads.account(&ticket.user).await? else { return Ok(None) };
        let holds = match &ticket.by {
            By::Password(digest) => {
                account.password.as_ref().map(|hash| stamp(hash)).as_ref() == Some(digest)
            }
            By::Identity { issuer, subject } => {
                reads.user_by_identity(issuer, subject).await?.as_ref() == Some(&ticket.user)
            }
        };
        if !holds || account.locked_at.is_some() {
            return Ok(None);
        }
        session_of(&mut reads, &ticket.user).await
    }

    /// Writes down that a provider's word opened nothing.
    #[cfg(feature = "oidc")]
    pub(crate) async fn note_turned_away(&self, issuer: &str, why: &str) -> Result<(), GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let detail = json!({ "by": "identity", "issuer": issuer, "why": why });
        self.note_sign_in(&mut tx, "nobody", "unknown identity", "refused", detail).await?;
        self.commit(tx).await
    }

    /// Signs in by an identity that a provider has vouched for: the account it is linked to, or the one
    /// `account` names when it is linked to none yet.
    #[cfg(feature = "oidc")]
    pub(crate) async fn sign_in_by_identity(
        &self,
        issuer: &str,
        subject: &str,
        account: Option<UserId>,
    ) -> Result<SignIn, GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let linked = tx.user_by_identity(issuer, subject).await?;
        let user = linked.clone().or(account);
        let mut session = None;
        if let Some(user) = &user
            && let Some(account) = tx.account(user).await?
            && account.locked_at.is_none()
            && let Some(found) = session_of(&mut tx, user).await?
        {
            let mine = match &linked {
                Some(_) => true,
                None => tx.link_identity(issuer, subject, user, &self.inner.clock.at()).await?,
            };
            session = mine.then_some(found);
        }
        let detail = json!({ "by": "identity", "issuer": issuer, "linked_now": linked.is_none() && session.is_some() });
        let Some(session) = session else {
            let subject = user.as_ref().map_or("unknown identity", UserId::as_str);
            self.note_sign_in(&mut tx, "nobody", subject, "refused", detail).await?;
            self.commit(tx).await?;
            return Ok(SignIn::Wrong);
        };
        self.note_sign_in(&mut tx, session.id.as_str(), session.id.as_str(), "done", detail).await?;
        let trainings = self.trainings_ending(&mut tx, &session.id).await?;
        self.commit(tx).await?;
        let by = By::Identity { issuer: issuer.to_owned(), subject: subject.to_owned() };
        let ticket = Ticket { user: session.id.clone(), by };
        Ok(SignIn::Welcome(Box::new(Welcome { session, ticket, trainings })))
    }

    /// The session of an account whose password was right, unless it changed since it was looked at.
    async fn opened_by(
        &self,
        reads: &mut Reads,
        seen: &Account,
    ) -> Result<Option<(Session, Ticket)>, GateError> {
        let now = reads.account(&seen.user).await?;
        let Some(now) = now.filter(|now| now.locked_at.is_none() && now.password == seen.password) else {
            return Ok(None);
        };
        let session = session_of(reads, &now.user).await?;
        let by = By::Password(stamp(&now.password.unwrap_or_default()));
        Ok(session.map(|session| (session, Ticket { user: now.user, by })))
    }

    async fn trainings_ending(
        &self,
        reads: &mut Reads,
        user: &UserId,
    ) -> Result<Vec<TrainingEnd>, GateError> {
        let today = self.inner.clock.today();
        let mut last: Vec<TrainingEnd> = Vec::new();
        for training in reads.trainings_of(user).await? {
            let end = TrainingEnd {
                over: training.valid_to < today,
                training: training.name,
                valid_to: training.valid_to,
            };
            // Of several certificates of one training the one that holds longest counts.
            match last.iter_mut().find(|known| known.training == end.training) {
                Some(known) if known.valid_to < end.valid_to => *known = end,
                Some(_) => {}
                None => last.push(end),
            }
        }
        last.retain(|end| (end.valid_to - today).num_days() <= MENTION_DAYS);
        Ok(last)
    }

    async fn note_sign_in(
        &self,
        tx: &mut gj_registry::Tx,
        actor: &str,
        subject: &str,
        outcome: &str,
        detail: serde_json::Value,
    ) -> Result<(), GateError> {
        self.note(tx, Note { actor, act: ACT, subject, outcome, detail }).await.map(drop)
    }

    /// Seconds an attempt must still wait after these failures.
    fn waiting(&self, attempts: &Attempts, free: u64) -> u64 {
        let Ok(last) = DateTime::parse_from_rfc3339(&attempts.last_at) else { return 0 };
        let Ok(now) = DateTime::parse_from_rfc3339(&self.inner.clock.at()) else { return DELAY_S_MAX };
        let since = (now - last).num_seconds().max(0) as u64;
        delay_s(attempts.failures, free).saturating_sub(since)
    }

    fn hours_ago(&self, hours: i64) -> Result<String, GateError> {
        let now = DateTime::parse_from_rfc3339(&self.inner.clock.at())
            .map_err(|error| GateError::Inconsistent(error.to_string()))?;
        let then = now.with_timezone(&Utc) - TimeDelta::hours(hours);
        Ok(then.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// Tells one password from the next, also within a second, without keeping what could be guessed at.
fn stamp(hash: &str) -> String {
    sha256_hex(hash.as_bytes())
}

/// Seconds between an attempt and the next after so many failures.
fn delay_s(failures: u64, free: u64) -> u64 {
    match failures.checked_sub(free) {
        None => 0,
        Some(over) => DELAY_S.saturating_mul(1 << over.min(20)).min(DELAY_S_MAX),
    }
}

/// What counts as one address: of IPv6 the network, because one machine has all of it.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:?}", &address.segments()[..4]),
    }
}

async fn session_of(reads: &mut Reads, user: &UserId) -> Result<Option<Session>, GateError> {
    let user = reads.user(user).await?.filter(|user| user.active);
    Ok(user.map(|user| Session {
        asker: Asker { user: Some(user.id.clone()) },
        id: user.id,
        name: Bilingual { ja: user.name_ja, en: user.name_en },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_end() {
        let delays: Vec<u64> = (3..14).map(|failures| delay_s(failures, FREE_OF_ACCOUNT)).collect();
        assert_eq!(delays, [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(delay_s(u64::MAX, FREE_OF_ACCOUNT), DELAY_S_MAX);
    }

    #[test]
    fn one_machine_is_one_address() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("192.0.2.7"), network("::ffff:192.0.2.7"));
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
