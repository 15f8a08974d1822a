//! Withdrawal of consent: masked everywhere by one durable write, then removed from the disk.

use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use crate::random;
use gj_model::FreezeName;
use serde_json::{Value, json};
use std::time::Duration;

/// How long the erasure waits for another writer: the withdrawal holds already, and that writer erases
/// when it ends.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(10);

const ACT: &str = "participant.withdraw";

/// Withdrawals that have taken effect.
#[derive(Debug)]
pub struct Withdrawn {
    /// One receipt each, in order.
    pub receipts: Vec<Value>,
    /// Why genotypes are still to be erased and releases to be recounted. Answers leave the people out
    /// all the same.
    pub repair_error: Option<GateError>,
}

/// Which receipt is asked for.
#[derive(Debug, Clone, Copy)]
pub enum ReceiptOf<'a> {
    /// By its number.
    Number(&'a str),
    /// By the participant who withdrew.
    Participant(&'a str),
}

impl Gate {
    /// Withdraws participants. When the first transaction is committed no answer counts them any
    /// more; then batches and panels are written anew without them, and the receipts completed.
    /// If another process keeps writing, that second part is left to it or to the next writer.
    ///
    /// # Errors
    /// Only as long as nobody is withdrawn: what fails after that is told in [`Withdrawn`].
    /// [`GateError::Participant`] when one is not registered or has left already (then nobody of the
    /// list is withdrawn); a refusal.
    pub async fn withdraw(&self, asker: &Asker, participants: &[String]) -> Result<Withdrawn, GateError> {
        self.authorise(asker, ACT, "participant").await?;
        let receipts = self.masked(asker, participants).await?;
        let wait_max = self.writer_wait_max().min(WAIT_MAX);
        let repair_error = self.as_writer(wait_max, async { Ok(()) }).await.err();
        let mut documents = Vec::with_capacity(receipts.len());
        for (receipt, masked) in receipts {
            // A receipt that cannot be read again is still true as it was written.
            documents.push(self.document(&receipt).await.unwrap_or(masked));
        }
        Ok(Withdrawn { receipts: documents, repair_error })
    }

    /// The first transaction, for whoever may: from its commit on no answer counts the people. Each receipt
    /// with its document as written.
    pub(crate) async fn masked(
        &self,
        asker: &Asker,
        participants: &[String],
    ) -> Result<Vec<(String, Value)>, GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let mut receipts = Vec::with_capacity(participants.len());
        for participant in participants {
            let person = tx.person_by_participant(participant).await?;
            let Some(person) = person else {
                return Err(GateError::Participant("no such participant is registered; nothing was changed"));
            };
            if person.withdrawn_at.is_some() {
                return Err(GateError::Participant(
                    "the participant has withdrawn before; nothing was changed (`gj receipt --participant` shows the receipt)",
                ));
            }
            let at = self.inner.clock.at();
            // A receipt number says nothing about the person.
            let receipt = format!("W-{}", random::digits::<10>()?);
            let extracts = tx.extracts_of_person(person.person_key).await?;
            let batches = tx.batches_of_person(person.person_key).await?;
            let stale = tx.mark_stale(person.person_key).await?;
            let mut answers = 0;
            for freeze in &stale {
                answers += tx.answers_from(freeze).await?;
            }
            let document = json!({
                "receipt": receipt,
                "at": at,
                "state": "masked",
                "effect": {
                    "ja": "この時点以降、新しい回答には一切含まれません。",
                    "en": "From this moment no new answer counts this person.",
                },
                "releases": stale.iter().map(FreezeName::as_str).collect::<Vec<_>>(),
                "batches": batches.len(),
                "not_recallable": {
                    "answers_given_from_these_releases": answers,
                    "extracts": extracts,
                    "ja": "すでに渡された集計値と、渡された遺伝子型の切り出し（上記の番号）は回収できません。切り出しの受領者には、該当する列の削除を求めます。",
                    "en": "Counts and extracts of genotypes (numbers above) already handed out cannot be called back. Who received an extract is to be told which column to remove.",
                },
                "repaired": null,
            });
            tx.withdraw(&receipt, person.person_key, &at, &document).await?;
            let detail = json!({ "releases": stale.len(), "batches": batches.len(), "extracts": extracts });
            let note = Note { actor: asker.name(), act: ACT, subject: &receipt, outcome: "masked", detail };
            self.note(&mut tx, note).await?;
            receipts.push((receipt, document));
        }
        self.commit(tx).await?;
        Ok(receipts)
    }

    /// A receipt as it is now.
    async fn document(&self, receipt: &str) -> Option<Value> {
        let mut reads = self.inner.registry.read().await.ok()?;
        reads.withdrawal(receipt).await.ok()?.map(|withdrawal| withdrawal.document)
    }

    /// The receipt of an earlier withdrawal or change of consent.
    ///
    /// # Errors
    /// A refusal; [`GateError::Participant`] for a receipt or participant that is not known, or a
    /// participant who has not withdrawn.
    pub async fn receipt(&self, asker: &Asker, of: ReceiptOf<'_>) -> Result<Value, GateError> {
        self.authorise(asker, ACT, "receipt").await?;
        let mut tx = self.inner.registry.begin().await?;
        let (subject, document) = match of {
            ReceiptOf::Number(receipt) => {
                match (tx.withdrawal(receipt).await?, tx.consent_change(receipt).await?) {
                    (Some(withdrawal), _) => (withdrawal.receipt, withdrawal.document),
                    (None, Some(change)) => (change.receipt, change.document),
                    (None, None) => return Err(GateError::Participant("there is no receipt of that number")),
                }
            }
            ReceiptOf::Participant(participant) => {
                let person = tx.person_by_participant(participant).await?;
                let person = person.ok_or(GateError::Participant("no such participant is registered"))?;
                let withdrawal = tx.withdrawal_of(person.person_key).await?;
                let withdrawal =
                    withdrawal.ok_or(GateError::Participant("the participant has not withdrawn"))?;
                (withdrawal.receipt, withdrawal.document)
            }
        };
        let note = Note {
            actor: asker.name(),
            act: ACT,
            subject: &subject,
            outcome: "receipt shown",
            detail: json!({}),
        };
        self.note(&mut tx, note).await?;
        self.commit(tx).await?;
        Ok(document)
    }
}
