//! Who asks what, and whether they may.

use crate::audit::{Note, bounded};
use crate::case::Case;
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::grant::Grant;
use crate::view::Place;
use gj_model::{ApplicationId, Bilingual, FreezeName, Grouping, InstitutionId, Purpose, UserId};
use gj_policy::Decision;
use gj_registry::PanelState;
use serde_json::json;

/// The act of reading frequencies.
pub(crate) const READ: &str = "frequency.read";

/// Somebody at the door: signed in, named by the local operator, or nobody.
#[derive(Debug, Clone)]
pub struct Asker {
    pub(crate) user: Option<UserId>,
}

/// A person signed in with a token.
#[derive(Debug, Clone)]
pub struct Session {
    /// Account name.
    pub id: UserId,
    /// Name to show.
    pub name: Bilingual,
    /// The asker to pass on.
    pub asker: Asker,
}

/// A question about frequencies.
#[derive(Debug, Clone)]
pub struct Question {
    /// The release.
    pub freeze: FreezeName,
    /// Where.
    pub place: Place,
    /// How to split.
    pub by: Grouping,
    /// Why.
    pub purpose: Purpose,
    /// The granted project it is asked under, by its application; `None`: under none.
    pub project: Option<ApplicationId>,
}

/// What a grant is asked for, whatever is to be counted.
pub(crate) struct Ground<'a> {
    pub(crate) freeze: &'a FreezeName,
    pub(crate) purpose: &'a Purpose,
    pub(crate) project: &'a Option<ApplicationId>,
    /// Where, or about whom, as audit lines tell it.
    pub(crate) place: String,
    pub(crate) by: Grouping,
}

impl Asker {
    /// Nobody: refused everywhere but on public pages, with a line in the log.
    pub fn nobody() -> Asker {
        Asker { user: None }
    }

    /// The name in audit lines.
    pub(crate) fn name(&self) -> &str {
        self.user.as_ref().map_or("nobody", UserId::as_str)
    }
}

impl Gate {
    /// Somebody who works on the machine itself and says as whom (`--as`): the operating system
    /// already let them at the data directory. Endpoints must use [`Gate::sign_in`].
    pub fn local(&self, user: &UserId) -> Asker {
        Asker { user: Some(user.clone()) }
    }

    /// The person a token belongs to.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn sign_in(&self, token: &str) -> Result<Option<Session>, GateError> {
        let user = self.inner.registry.read().await?.user_by_token(token).await?;
        Ok(user.filter(|user| user.active).map(|user| Session {
            asker: Asker { user: Some(user.id.clone()) },
            id: user.id,
            name: Bilingual { ja: user.name_ja, en: user.name_en },
        }))
    }

    /// Asks to read the frequencies of a release.
    ///
    /// # Errors
    /// [`GateError::Refused`] with every reason; the refusal is in the audit log by then.
    pub async fn ask(&self, asker: &Asker, question: &Question) -> Result<Grant, GateError> {
        let ground = Ground {
            freeze: &question.freeze,
            purpose: &question.purpose,
            project: &question.project,
            place: question.place.to_string(),
            by: question.by,
        };
        self.grant(asker, &ground).await
    }

    /// The same for any question about the people of a release.
    pub(crate) async fn grant(&self, asker: &Asker, question: &Ground<'_>) -> Result<Grant, GateError> {
        self.lapse_due().await?;
        let mut reads = self.inner.registry.read().await?;
        let freeze = reads.freeze(question.freeze).await?;
        let mut facts = self.facts(&mut reads, asker, READ).await?;
        facts.purpose = Some(self.purpose_fact(&mut reads, question.purpose).await?);
        facts.freeze_exists = freeze.is_some();
        let project = match question.project {
            Some(id) => self.add_project(&mut reads, &mut facts, id, question).await?,
            None => None,
        };
        self.add_datasets(&mut reads, &mut facts).await?;
        let mut sight = facts.sight();
        if let Some(freeze) = &freeze {
            let (classes, people) = self.sizes_of(&mut reads, freeze).await?;
            let there =
                || classes.iter().zip(&people).filter(|(_, people)| **people > 0).map(|(class, _)| class);
            sight = facts.sight_of_some(sight, there());
        }
        let consent_acts = reads.consent_acts().await?;
        drop(reads);
        match (sight.decision.clone(), freeze) {
            (Decision::Allow(terms), Some(freeze)) => Ok(Grant {
                asker: asker.clone(),
                purpose: question.purpose.clone(),
                freeze: freeze.name,
                digest: freeze.digest,
                panel: freeze.panel,
                stale: freeze.state == PanelState::Stale,
                consent_acts,
                needs_scope: terms.needs_scope,
                smallest_cell: terms.smallest_cell,
                sight,
                project,
            }),
            // The rule `freeze-unknown` denies before this can happen.
            (Decision::Allow(_), None) => Err(GateError::Changed),
            (Decision::Ask(refused) | Decision::Deny(refused), _) => {
                let refusal = Refusal { refused };
                let detail = json!({
                    "purpose": question.purpose.to_string(),
                    "place": question.place,
                    "by": question.by.name(),
                    "project": question.project,
                    "reasons": refusal.codes(),
                });
                self.note_refusal(asker, READ, question.freeze.as_str(), detail).await?;
                Err(refusal.into())
            }
        }
    }

    /// Authorises an administrative act; a refusal is written to the audit log.
    pub(crate) async fn authorise(&self, asker: &Asker, act: &str, subject: &str) -> Result<(), GateError> {
        let facts = self.facts(&mut self.inner.registry.read().await?, asker, act).await?;
        self.admit(asker, act, subject, &facts).await
    }

    /// The same for an act on behalf of an institution.
    pub(crate) async fn authorise_for(
        &self,
        asker: &Asker,
        act: &str,
        institution: &InstitutionId,
    ) -> Result<(), GateError> {
        let mut facts = self.facts(&mut self.inner.registry.read().await?, asker, act).await?;
        facts.on_behalf_of = Some(institution.to_string());
        self.admit(asker, act, institution.as_str(), &facts).await
    }

    pub(crate) async fn admit(
        &self,
        asker: &Asker,
        act: &str,
        subject: &str,
        facts: &Case,
    ) -> Result<(), GateError> {
        match facts.decide() {
            Decision::Allow(_) => Ok(()),
            Decision::Ask(refused) | Decision::Deny(refused) => {
                let refusal = Refusal { refused };
                self.note_refusal(asker, act, subject, json!({ "reasons": refusal.codes() })).await?;
                Err(refusal.into())
            }
        }
    }

    pub(crate) async fn note_refusal(
        &self,
        asker: &Asker,
        act: &str,
        subject: &str,
        detail: serde_json::Value,
    ) -> Result<(), GateError> {
        let mut tx = self.inner.registry.begin().await?;
        // Anybody may be refused, and as often as they like: what they send is not kept at any length.
        let detail = bounded(detail);
        self.note(&mut tx, Note { actor: asker.name(), act, subject, outcome: "refused", detail }).await?;
        self.commit_answer(tx).await
    }
}
