//! Change of mind 意思変更: a new version of a person's consent, which holds everywhere from one durable write.
//!
//! A withdrawal is another act (`withdraw`): here nothing is erased. Who allows less is from the commit on in
//! no answer that needs what is no longer allowed, because the releases that count them for it are marked
//! stale; who allows more is counted for it in releases frozen later.

mod effect;
mod lapse;
mod uses;

pub use lapse::Due;
pub use uses::{Use, Uses};

use crate::acts::withdraw::WAIT_MAX;
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::random;
use chrono::NaiveDate;
use effect::Effect;
use gj_model::{Scope, ScopeItem};
pub use gj_registry::{Channel, GivenBy};
use gj_registry::{Consent, ConsentForm, FormKind, NewChange, Person, Reads, Signature, Tx};
use serde_json::{Value, json};

const CHANGE: &str = "consent.change";
const READ: &str = "consent.read";

/// A consent as it was signed.
#[derive(Debug, Clone)]
pub struct Statement {
    /// All that is allowed from now on.
    pub scope: Scope,
    /// The form's id; its version is that of the day of signing.
    pub form: String,
    /// Who gave it.
    pub by: GivenBy,
    /// What a proxy is to the person.
    pub relation: Option<String>,
    /// Whether a minor agreed, too.
    pub assent: bool,
    /// When a minor becomes an adult; `None`: as recorded before, or an adult.
    pub adult_on: Option<NaiveDate>,
    /// How it came.
    pub channel: Channel,
    /// Number of the paper.
    pub document: Option<String>,
    /// When it was signed; `None`: today.
    pub signed_on: Option<NaiveDate>,
}

/// What somebody considers.
#[derive(Debug, Clone)]
pub enum Intent {
    /// To allow this instead.
    Change(Statement),
    /// To withdraw.
    Withdraw,
}

/// A change that has taken effect.
#[derive(Debug)]
pub struct Changed {
    /// The receipt.
    pub receipt: Value,
    /// Why releases are still to be recounted. Answers count the person as they may all the same.
    pub repair_error: Option<GateError>,
}

/// A person with their consent as it stands.
struct Standing {
    person: Person,
    versions: Vec<Consent>,
}

impl Standing {
    fn scope(&self) -> Scope {
        self.versions.last().map_or(Scope::NONE, |version| version.scope)
    }

    /// When the person becomes an adult, as last recorded.
    fn adult_on(&self) -> Option<NaiveDate> {
        self.versions.iter().rev().find_map(|version| version.signature.as_ref()?.adult_on)
    }
}

impl Gate {
    /// Records a change of mind. When its transaction is committed every answer counts the person as they
    /// allow; then releases are recounted. If another process keeps writing, that is left to it.
    ///
    /// # Errors
    /// Only as long as nothing is changed: what fails after that is told in [`Changed`].
    /// [`GateError::Participant`], [`GateError::Consent`] when the statement cannot be; a refusal.
    pub async fn change_consent(
        &self,
        asker: &Asker,
        participant: &str,
        statement: &Statement,
    ) -> Result<Changed, GateError> {
        self.authorise(asker, CHANGE, "participant").await?;
        let (receipt, document) = self.changed(asker, participant, statement, None).await?;
        let wait_max = self.writer_wait_max().min(WAIT_MAX);
        let repair_error = self.as_writer(wait_max, async { Ok(()) }).await.err();
        // A receipt that cannot be read again is still true as it was written.
        let receipt = self.change_document(&receipt).await.unwrap_or(document);
        Ok(Changed { receipt, repair_error })
    }

    /// Records a change by whoever may: releases are still to be recounted. `seen` is the version that was
    /// looked at before.
    pub(crate) async fn changed(
        &self,
        asker: &Asker,
        participant: &str,
        statement: &Statement,
        seen: Option<i64>,
    ) -> Result<(String, Value), GateError> {
        self.lapse_due().await?;
        let mut tx = self.inner.registry.begin().await?;
        let standing = standing(&mut tx, participant).await?;
        if seen.is_some_and(|seen| standing.versions.last().map(|last| last.version) != Some(seen)) {
            return Err(GateError::Consent("the consent was changed meanwhile; look at it again".to_owned()));
        }
        let (form, signature) = self.checked(&mut tx, &standing, statement, asker.name()).await?;
        let effect = self.effect(&mut tx, &standing, statement.scope).await?;
        let mut document = effect.document();
        document["signature"] = json!({
            "form": form.id,
            "version": form.version,
            "title": { "ja": form.title_ja, "en": form.title_en },
            "by": signature.by.name(),
            "relation": signature.relation,
            "assent": signature.assent,
            "consent_again_from": signature.adult_on.filter(|_| signature.by == GivenBy::Proxy),
            "channel": signature.channel.name(),
            "document": signature.document,
            "signed_on": signature.signed_on,
        });
        let source = format!("{} version {}", form.id, form.version);
        let (receipt, document) = self.record(&mut tx, &effect, &signature, &source, document).await?;
        self.commit(tx).await?;
        Ok((receipt, document))
    }

    async fn change_document(&self, receipt: &str) -> Option<Value> {
        let mut reads = self.inner.registry.read().await.ok()?;
        reads.consent_change(receipt).await.ok()?.map(|change| change.document)
    }

    /// What a change or a withdrawal would do, with nothing done.
    ///
    /// # Errors
    /// As [`Gate::change_consent`].
    pub async fn preview_consent(
        &self,
        asker: &Asker,
        participant: &str,
        intent: &Intent,
    ) -> Result<Value, GateError> {
        self.authorise(asker, READ, "participant").await?;
        let document = self.previewed(asker, participant, intent).await?;
        self.note_shown(asker, READ, "preview").await?;
        Ok(document)
    }

    /// The preview for whoever may see it.
    pub(crate) async fn previewed(
        &self,
        asker: &Asker,
        participant: &str,
        intent: &Intent,
    ) -> Result<Value, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let standing = standing(&mut reads, participant).await?;
        let after = match intent {
            Intent::Change(statement) => {
                self.checked(&mut reads, &standing, statement, asker.name()).await?;
                statement.scope
            }
            Intent::Withdraw => Scope::NONE,
        };
        let effect = self.effect(&mut reads, &standing, after).await?;
        Ok(effect.preview(intent, &self.public_sizes(&mut reads, &effect).await?))
    }

    /// Every version of a person's consent, with the receipts of the changes.
    ///
    /// # Errors
    /// [`GateError::Participant`]; a refusal.
    pub async fn consents(&self, asker: &Asker, participant: &str) -> Result<Value, GateError> {
        self.authorise(asker, READ, "participant").await?;
        let mut reads = self.inner.registry.read().await?;
        let person = reads.person_by_participant(participant).await?.ok_or_else(unknown)?;
        let versions = reads.consents(person.person_key).await?;
        let changes = reads.consent_changes_of(person.person_key).await?;
        drop(reads);
        self.note_shown(asker, READ, "versions").await?;
        let version = |consent: &Consent| {
            let signature = consent.signature.as_ref();
            json!({
                "version": consent.version,
                "scope": consent.scope,
                "valid_from": consent.valid_from,
                "source": consent.source,
                "by": signature.map(|s| s.by.name()),
                "relation": signature.and_then(|s| s.relation.as_deref()),
                "assent": signature.map(|s| s.assent),
                "adult_on": signature.and_then(|s| s.adult_on),
                "channel": signature.map(|s| s.channel.name()),
                "document": signature.and_then(|s| s.document.as_deref()),
                "signed_on": signature.map(|s| s.signed_on),
                "recorded_at": signature.map(|s| s.recorded_at.as_str()),
                "recorded_by": signature.map(|s| s.recorded_by.as_str()),
            })
        };
        Ok(json!({
            "withdrawn_at": person.withdrawn_at,
            "versions": versions.iter().map(version).collect::<Vec<_>>(),
            "receipts": changes.iter().map(|change| change.receipt.as_str()).collect::<Vec<_>>(),
        }))
    }

    /// Whether a statement can be recorded, and how.
    async fn checked(
        &self,
        reads: &mut Reads,
        standing: &Standing,
        statement: &Statement,
        recorded_by: &str,
    ) -> Result<(ConsentForm, Signature), GateError> {
        let wrong = |what: String| Err(GateError::Consent(what));
        let today = self.inner.clock.today();
        let signed_on = statement.signed_on.unwrap_or(today);
        let before = standing.scope();
        if before.allows(ScopeItem::Research) && !statement.scope.allows(ScopeItem::Research) {
            return wrong(
                "without `research` nothing of the person may be used: that is a withdrawal of consent \
                (同意撤回); use `gj withdraw`"
                    .to_owned(),
            );
        }
        if signed_on > today {
            return wrong(format!("`{signed_on}` is still to come; it cannot be the day of signing"));
        }
        let Some(form) = reads.consent_form(&statement.form, signed_on).await? else {
            let form = statement.form.escape_debug();
            return wrong(format!("no version of the form `{form}` could be signed on {signed_on}"));
        };
        let more = statement.scope.without(before).without(form.grants);
        if !more.is_empty() {
            let (id, version) = (&form.id, form.version);
            return wrong(format!("version {version} of the form `{id}` does not explain `{more}`"));
        }
        if form.kind == FormKind::Change && before.is_empty() {
            return wrong(format!(
                "`{}` changes a consent and there is none; use a form of consent",
                form.id
            ));
        }
        let text = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
        };
        let (document, relation) = (text(&statement.document), text(&statement.relation));
        if statement.channel == Channel::Calendar || statement.by == GivenBy::Lapse {
            return wrong("a lapse is recorded by the calendar alone".to_owned());
        }
        if statement.channel == Channel::Paper && document.is_none() {
            return wrong("a paper needs its number; add `--document`".to_owned());
        }
        let adult_on = statement.adult_on.or(standing.adult_on());
        let is_minor = adult_on.is_some_and(|day| day > signed_on.max(today));
        match statement.by {
            GivenBy::Proxy if relation.is_none() => {
                return wrong("a proxy needs a relation to the person; add `--relation`".to_owned());
            }
            GivenBy::Proxy if adult_on.is_some() && !is_minor => {
                return wrong(
                    "the person is an adult by now and signs alone; a proxy's word has ended".to_owned(),
                );
            }
            GivenBy::Myself if is_minor => {
                return wrong(
                    "the person is not an adult yet: a proxy signs, with `--assent` if the person agreed"
                        .to_owned(),
                );
            }
            _ => {}
        }
        let signature = Signature {
            form: Some((form.id.clone(), form.version)),
            by: statement.by,
            relation: relation.filter(|_| statement.by == GivenBy::Proxy),
            assent: statement.assent,
            adult_on,
            channel: statement.channel,
            document,
            signed_on,
            recorded_at: self.inner.clock.at(),
            recorded_by: recorded_by.to_owned(),
        };
        Ok((form, signature))
    }

    /// Writes the version, the change with its receipt, and the mark on every release that counts the person
    /// for something no longer allowed.
    async fn record(
        &self,
        tx: &mut Tx,
        effect: &Effect,
        signature: &Signature,
        source: &str,
        mut document: Value,
    ) -> Result<(String, Value), GateError> {
        let person_key = effect.person_key;
        let today = self.inner.clock.today();
        let version = tx.add_consent(person_key, effect.after, today, source).await?;
        tx.sign_consent(person_key, version, signature).await?;
        for release in effect.releases.iter() {
            tx.mark_freeze_stale(&release.name).await?;
        }
        // A receipt number says nothing about the person.
        let receipt = format!("C-{}", random::digits::<10>()?);
        document["receipt"] = json!(receipt);
        document["at"] = json!(signature.recorded_at);
        let detail = json!({
            "stops": effect.before.without(effect.after),
            "begins": effect.after.without(effect.before),
            "by": signature.by.name(),
            "releases": effect.releases.len(),
            "extracts": effect.extracts,
        });
        let actor = signature.recorded_by.as_str();
        let note = Note { actor, act: CHANGE, subject: &receipt, outcome: "masked", detail };
        let audit_seq = self.note(tx, note).await?;
        let change = NewChange {
            receipt: &receipt,
            person_key,
            version,
            before: effect.before,
            after: effect.after,
            at: &signature.recorded_at,
            audit_seq,
            extracts: &effect.extracts,
            document: &document,
        };
        tx.insert_change(&change).await?;
        Ok((receipt, document))
    }

    /// Looking into somebody's consent is an act, too.
    pub(crate) async fn note_shown(&self, asker: &Asker, act: &str, what: &str) -> Result<(), GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let detail = json!({ "what": what });
        let note = Note { actor: asker.name(), act, subject: "participant", outcome: "shown", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await
    }
}

fn unknown() -> GateError {
    GateError::Participant("no such participant is registered; nothing was changed")
}

async fn standing(reads: &mut Reads, participant: &str) -> Result<Standing, GateError> {
    let person = reads.person_by_participant(participant).await?.ok_or_else(unknown)?;
    if person.withdrawn_at.is_some() {
        return Err(GateError::Participant(
            "the participant has withdrawn before; nothing was changed (`gj receipt --participant` shows the receipt)",
        ));
    }
    let versions = reads.consents(person.person_key).await?;
    Ok(Standing { person, versions })
}
