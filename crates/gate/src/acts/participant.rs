//! A participant's own account: their consent, what their data were used for, a change of mind or a
//! withdrawal by themselves or by somebody who speaks for them.
//!
//! Which account is whose is said by an administrator, never by who signs in. A participant's id is in no
//! page and no address: a handle without meaning stands for the person. Releases are recounted and
//! genotypes erased by the next writer, `gj serve` within a minute.

use crate::acts::consent::{Channel, GivenBy, Intent, Statement, Uses};
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::random;
use gj_model::{Bilingual, Scope, UserId};
use gj_registry::{Consent, ParticipantAccount, Person, Reads};
use serde::Serialize;
use serde_json::{Value, json};

const OWN: &str = "consent.own";
const LINK: &str = "account.edit";
/// The form behind the pages.
const FORM: &str = "change-of-mind";

/// A person as their own page shows them.
#[derive(Debug, Clone, Serialize)]
pub struct OwnConsent {
    /// Stands for the person in forms.
    pub who: String,
    /// What the account's holder is to the person; `None`: it is their own.
    pub relation: Option<String>,
    /// When they withdrew, RFC 3339 in UTC.
    pub withdrawn_at: Option<String>,
    /// Every version, oldest first.
    pub versions: Vec<OwnVersion>,
    /// Numbers of receipts, oldest first.
    pub receipts: Vec<String>,
    /// What the data were used for.
    pub uses: Uses,
    /// The day on which a minor becomes an adult, and decides alone.
    pub adult_on: Option<chrono::NaiveDate>,
}

/// One version of a consent.
#[derive(Debug, Clone, Serialize)]
pub struct OwnVersion {
    /// 1 for the first.
    pub version: i64,
    /// What it allows.
    pub scope: Scope,
    /// First day.
    pub valid_from: chrono::NaiveDate,
    /// The form and its version; `None` where it came with the contributor's list.
    pub form: Option<(Bilingual, i64)>,
    /// Who gave it: self, proxy, lapse.
    pub by: Option<&'static str>,
}

/// What somebody wants on a page of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnIntent {
    /// To allow just this from now on.
    Change(Scope),
    /// To withdraw.
    Withdraw,
}

/// Whether somebody may decide, too.
struct Own {
    person: Person,
    link: ParticipantAccount,
    versions: Vec<Consent>,
}

impl Own {
    fn adult_on(&self) -> Option<chrono::NaiveDate> {
        self.versions.iter().rev().find_map(|version| version.signature.as_ref()?.adult_on)
    }

    fn statement(&self, scope: Scope) -> Statement {
        Statement {
            scope,
            form: FORM.to_owned(),
            by: if self.link.relation.is_some() { GivenBy::Proxy } else { GivenBy::Myself },
            relation: self.link.relation.clone(),
            assent: false,
            adult_on: None,
            channel: Channel::Digital,
            document: None,
            signed_on: None,
        }
    }
}

impl Gate {
    /// Links an account to a participant: their own, or that of a proxy with what they are to the person.
    ///
    /// # Errors
    /// A refusal; an unknown account or participant.
    pub async fn link_participant(
        &self,
        asker: &Asker,
        user: &UserId,
        participant: &str,
        relation: Option<&str>,
    ) -> Result<(), GateError> {
        self.authorise(asker, LINK, user.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        if tx.user(user).await?.is_none() {
            return Err(GateError::Account(format!("there is no account `{user}`")));
        }
        let person = tx.person_by_participant(participant).await?;
        let person =
            person.ok_or(GateError::Participant("no such participant is registered; nothing was changed"))?;
        let relation = relation.map(str::trim).filter(|relation| !relation.is_empty()).map(str::to_owned);
        let proxy = relation.is_some();
        let link =
            ParticipantAccount { person_key: person.person_key, relation, handle: random::digits::<16>()? };
        tx.link_account(user, &link, asker.name(), &self.inner.clock.at()).await?;
        let detail = json!({ "proxy": proxy });
        let (actor, subject) = (asker.name(), user.as_str());
        self.note(&mut tx, Note { actor, act: LINK, subject, outcome: "participant linked", detail }).await?;
        self.commit(tx).await
    }

    /// Takes a link away.
    ///
    /// # Errors
    /// A refusal; an account that is not linked to the participant.
    pub async fn unlink_participant(
        &self,
        asker: &Asker,
        user: &UserId,
        participant: &str,
    ) -> Result<(), GateError> {
        self.authorise(asker, LINK, user.as_str()).await?;
        let mut tx = self.inner.registry.begin().await?;
        let person = tx.person_by_participant(participant).await?;
        let unlinked = match person {
            Some(person) => tx.unlink_account(user, person.person_key).await?,
            None => false,
        };
        if !unlinked {
            return Err(GateError::Account(format!("`{user}` is not linked to that participant")));
        }
        let (actor, subject, detail) = (asker.name(), user.as_str(), json!({}));
        self.note(&mut tx, Note { actor, act: LINK, subject, outcome: "participant unlinked", detail })
            .await?;
        self.commit(tx).await
    }

    /// Everybody whose page the account may see, each with versions, receipts and uses.
    ///
    /// # Errors
    /// A refusal.
    pub async fn own_consents(&self, asker: &Asker) -> Result<Vec<OwnConsent>, GateError> {
        self.authorise(asker, OWN, "participant").await?;
        self.lapse_due().await?;
        let mut reads = self.inner.registry.read().await?;
        let mut shown = Vec::new();
        for own in self.own(&mut reads, asker).await? {
            shown.push(self.shown(&mut reads, own).await?);
        }
        drop(reads);
        self.note_shown(asker, OWN, "own consent").await?;
        Ok(shown)
    }

    async fn shown(&self, reads: &mut Reads, own: Own) -> Result<OwnConsent, GateError> {
        let mut versions = Vec::with_capacity(own.versions.len());
        for version in &own.versions {
            let signature = version.signature.as_ref();
            let mut form = None;
            if let Some((id, number)) = signature.and_then(|signature| signature.form.as_ref())
                && let Some(day) = signature.map(|signature| signature.signed_on)
                && let Some(known) = reads.consent_form(id, day).await?
            {
                form = Some((Bilingual { ja: known.title_ja, en: known.title_en }, *number));
            }
            versions.push(OwnVersion {
                version: version.version,
                scope: version.scope,
                valid_from: version.valid_from,
                form,
                by: signature.map(|signature| signature.by.name()),
            });
        }
        let uses = self.uses_of(reads, &own.person).await?;
        Ok(OwnConsent {
            receipts: receipts(reads, own.person.person_key).await?,
            adult_on: own.adult_on(),
            who: own.link.handle,
            relation: own.link.relation,
            withdrawn_at: own.person.withdrawn_at,
            versions,
            uses,
        })
    }

    /// What a change or withdrawal would do, with nothing done, and the version it starts from.
    ///
    /// # Errors
    /// A refusal; [`GateError::Participant`] for a handle that is not the account's; as for a change.
    pub async fn preview_own(
        &self,
        asker: &Asker,
        who: &str,
        intent: OwnIntent,
    ) -> Result<(Value, i64), GateError> {
        self.authorise(asker, OWN, "participant").await?;
        self.lapse_due().await?;
        let own = self.one(asker, who).await?;
        let considered = match intent {
            OwnIntent::Change(scope) => Intent::Change(own.statement(scope)),
            OwnIntent::Withdraw => Intent::Withdraw,
        };
        let preview = self.previewed(asker, &own.person.participant, &considered).await?;
        self.note_shown(asker, OWN, "preview").await?;
        Ok((preview, own.versions.last().map_or(0, |version| version.version)))
    }

    /// Takes effect with the commit; returns the number of the receipt.
    ///
    /// # Errors
    /// As [`Gate::preview_own`]; [`GateError::Consent`] when `seen` is no longer the newest version.
    pub async fn decide_own(
        &self,
        asker: &Asker,
        who: &str,
        intent: OwnIntent,
        seen: i64,
    ) -> Result<String, GateError> {
        self.authorise(asker, OWN, "participant").await?;
        let own = self.one(asker, who).await?;
        let participant = &own.person.participant;
        match intent {
            OwnIntent::Change(scope) => {
                let statement = own.statement(scope);
                Ok(self.changed(asker, participant, &statement, Some(seen)).await?.0)
            }
            OwnIntent::Withdraw => {
                let masked = self.masked(asker, std::slice::from_ref(participant)).await?;
                let receipt = masked.into_iter().next().map(|(receipt, _)| receipt);
                receipt.ok_or_else(|| GateError::Inconsistent("a withdrawal without a receipt".to_owned()))
            }
        }
    }

    /// A receipt of somebody whose page the account may see.
    ///
    /// # Errors
    /// A refusal; [`GateError::Participant`] for any other number, whether there is such a receipt or not.
    pub async fn own_receipt(&self, asker: &Asker, receipt: &str) -> Result<Value, GateError> {
        self.authorise(asker, OWN, "receipt").await?;
        let mut reads = self.inner.registry.read().await?;
        let mut document = None;
        for own in self.own(&mut reads, asker).await? {
            let key = own.person.person_key;
            if !receipts(&mut reads, key).await?.iter().any(|one| one == receipt) {
                continue;
            }
            document = match reads.consent_change(receipt).await? {
                Some(change) => Some(change.document),
                None => reads.withdrawal(receipt).await?.map(|withdrawal| withdrawal.document),
            };
        }
        drop(reads);
        let document =
            document.ok_or(GateError::Participant("there is no receipt of yours of that number"))?;
        self.note_shown(asker, OWN, "receipt").await?;
        Ok(document)
    }

    /// The people of an account; a proxy's link ends when the person is an adult.
    async fn own(&self, reads: &mut Reads, asker: &Asker) -> Result<Vec<Own>, GateError> {
        let Some(user) = &asker.user else { return Ok(Vec::new()) };
        let today = self.inner.clock.today();
        let mut all = Vec::new();
        for link in reads.people_of_account(user).await? {
            let Some(person) = reads.person(link.person_key).await? else { continue };
            let versions = reads.consents(link.person_key).await?;
            let own = Own { person, link, versions };
            let over = own.link.relation.is_some() && own.adult_on().is_some_and(|day| day <= today);
            if !over {
                all.push(own);
            }
        }
        Ok(all)
    }

    async fn one(&self, asker: &Asker, who: &str) -> Result<Own, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let mine = self.own(&mut reads, asker).await?.into_iter().find(|own| own.link.handle == who);
        mine.ok_or(GateError::Participant("your account is not linked to that person; nothing was changed"))
    }
}

async fn receipts(reads: &mut Reads, person_key: i64) -> Result<Vec<String>, GateError> {
    let changes = reads.consent_changes_of(person_key).await?;
    let withdrawal = reads.withdrawal_of(person_key).await?;
    let left = withdrawal.map(|withdrawal| withdrawal.receipt);
    Ok(changes.into_iter().map(|change| change.receipt).chain(left).collect())
}
