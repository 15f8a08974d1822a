//! Minors who become adults: a proxy's word ends on that day, and the person is asked again.
//!
//! Nobody needs to press a key at midnight: whoever asks, writes or freezes first records the lapse before
//! anything is decided. Nothing is erased: the person may consent again. Being contacted stays allowed, so
//! that they can be asked.

use super::{READ, Standing};
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::{Scope, ScopeItem};
use gj_registry::{Channel, GivenBy, Signature};
use serde::Serialize;
use serde_json::json;

/// Somebody whose own consent is needed from a day on.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// The participant.
    pub participant: String,
    /// The day.
    pub adult_on: NaiveDate,
}

impl Gate {
    /// Ends every consent by proxy of somebody who is an adult today.
    pub(crate) async fn lapse_due(&self) -> Result<(), GateError> {
        let today = self.inner.clock.today();
        if self.inner.registry.read().await?.proxied_until(today).await?.is_empty() {
            return Ok(());
        }
        let mut tx = self.inner.registry.begin().await?;
        // Looked up again under the write lock: of two who ask first, one records it.
        for (person_key, adult_on) in tx.proxied_until(today).await? {
            let Some(person) = tx.person(person_key).await? else { continue };
            let standing = Standing { person, versions: tx.consents(person_key).await? };
            let kept = standing.scope().and(Scope::NONE.with(ScopeItem::Recontact));
            let effect = self.effect(&mut tx, &standing, kept).await?;
            let mut document = effect.document();
            document["kind"] = json!("lapse");
            document["effect"] = json!({
                "ja": "代諾による同意は成人の日に終わりました。本人があらためて同意するまで、新しい回答には含まれません。何も消去されません。",
                "en": "Consent by proxy ended on the day the person became an adult. Until they consent themselves no new answer counts them. Nothing is erased.",
            });
            let signature = Signature {
                form: None,
                by: GivenBy::Lapse,
                relation: None,
                assent: false,
                adult_on: Some(adult_on),
                channel: Channel::Calendar,
                document: None,
                signed_on: adult_on,
                recorded_at: self.inner.clock.at(),
                recorded_by: "system".to_owned(),
            };
            self.record(&mut tx, &effect, &signature, "lapse of a proxy's consent", document).await?;
        }
        self.commit(tx).await
    }

    /// Who becomes an adult up to a day and has not consented themselves: whom to ask.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn consents_due(&self, asker: &Asker, until: NaiveDate) -> Result<Vec<Due>, GateError> {
        self.authorise(asker, READ, "due").await?;
        self.lapse_due().await?;
        let mut tx = self.inner.registry.begin().await?;
        let mut due = Vec::new();
        let mut keys = tx.lapsed().await?;
        keys.extend(tx.proxied_until(until).await?);
        for (person_key, adult_on) in keys {
            if let Some(person) = tx.person(person_key).await? {
                due.push(Due { participant: person.participant, adult_on });
            }
        }
        let detail = json!({ "until": until, "people": due.len() });
        let note = Note { actor: asker.name(), act: READ, subject: "due", outcome: "shown", detail };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(due)
    }
}
