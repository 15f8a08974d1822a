//! Who asks what, and whether they may.

use crate::answered::Line;
use crate::audit::bounded;
use crate::case::Case;
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::grant::{Grant, Seen};
use crate::kept::Decided;
use crate::ledger::{self, Ledger};
use crate::view::Place;
use gj_model::{ApplicationId, Bilingual, FreezeName, Grouping, InstitutionId, Purpose, UserId};
use gj_policy::Decision;
use gj_registry::{PanelState, Regime, User};
use serde_json::json;
use std::sync::{Arc, OnceLock};

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

impl Question {
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground {
            freeze: &self.freeze,
            purpose: &self.purpose,
            project: &self.project,
            place: self.place.to_string(),
            by: self.by,
        }
    }
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

impl Session {
    pub(crate) fn of(user: User) -> Session {
        Session {
            asker: Asker { user: Some(user.id.clone()) },
            id: user.id,
            name: Bilingual { ja: user.name_ja, en: user.name_en },
        }
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
        self.session_of_token(token).await
    }

    /// Asks to read the frequencies of a release.
    ///
    /// # Errors
    /// [`GateError::Refused`] with every reason; the refusal is in the audit log by then.
    pub async fn ask(&self, asker: &Asker, question: &Question) -> Result<Grant, GateError> {
        let ground = question.ground();
        let grant = self.granted(asker, &ground).await?;
        let ledger = self.accounted(&grant, &question.place).await;
        if let Err(GateError::Refused(refusal)) = &ledger {
            self.note_refused_question(asker, &ground, refusal).await?;
        }
        Ok(Grant { ledger: ledger?, ..grant.again() })
    }

    /// The same for any other question about the people of a release. Not under the guarded regime: there only
    /// single counts of alleles have a price.
    pub(crate) async fn grant(&self, asker: &Asker, ground: &Ground<'_>) -> Result<Grant, GateError> {
        let grant = self.granted(asker, ground).await?;
        if grant.seen.guarded {
            let refusal = Refusal { refused: vec![ledger::only_counts()] };
            self.note_refused_question(asker, ground, &refusal).await?;
            return Err(refusal.into());
        }
        Ok(grant.again())
    }

    /// What the rules grant, nothing accounted for yet.
    async fn granted(&self, asker: &Asker, ground: &Ground<'_>) -> Result<Arc<Grant>, GateError> {
        let decided = match self.decided(self.moment().await?, asker, ground) {
            Some(decided) => decided,
            None => self.decide(asker, ground).await?,
        };
        match decided {
            Decided::Granted(grant) => Ok(grant),
            Decided::Refused(refusal) => {
                self.note_refused_question(asker, ground, &refusal).await?;
                Err(Refusal::clone(&refusal).into())
            }
        }
    }

    /// Decides by the facts of this moment, and keeps the decision for as long as they stay.
    async fn decide(&self, asker: &Asker, question: &Ground<'_>) -> Result<Decided, GateError> {
        self.lapse_due().await?;
        let mut reads = self.inner.registry.read().await?;
        let moment = self.moment_of(&mut reads).await?;
        let nobody_lapses = reads.proxied_until(moment.today).await?.is_empty();
        let freeze = reads.freeze(question.freeze).await?;
        let mut facts = self.facts(&mut reads, asker, READ).await?;
        let guarded = facts.is_guarded();
        facts.purpose = Some(self.purpose_fact(&mut reads, question.purpose).await?);
        facts.freeze_exists = freeze.is_some();
        let project = match question.project {
            Some(id) => self.add_project(&mut reads, &mut facts, id, question).await?,
            None => None,
        };
        self.add_datasets(&mut reads, &mut facts).await?;
        let (mut sight, mut classes_there) = (facts.sight(), Vec::new());
        if let Some(freeze) = &freeze {
            let (classes, people) = self.sizes_of(&mut reads, freeze).await?;
            let there =
                || classes.iter().zip(&people).filter(|(_, people)| **people > 0).map(|(class, _)| class);
            sight = facts.sight_of_some(sight, there());
            classes_there = classes;
        }
        let consent_acts = reads.consent_acts().await?;
        let regime = if guarded { Regime::Guarded } else { Regime::Agreed };
        let on_record = reads.exposure_rule(regime, moment.today).await?.is_some();
        drop(reads);
        let decided = match (sight.decision.clone(), freeze) {
            (Decision::Allow(terms), Some(freeze)) => Decided::Granted(Arc::new(Grant {
                asker: asker.clone(),
                purpose: question.purpose.clone(),
                freeze: freeze.name.clone(),
                digest: freeze.digest.clone(),
                panel: freeze.panel.clone(),
                stale: freeze.state == PanelState::Stale,
                consent_acts,
                needs_scope: terms.needs_scope,
                smallest_cell: terms.smallest_cell,
                sight: Arc::new(sight),
                project,
                revision: moment.revision,
                judge: Arc::new(OnceLock::new()),
                seen: Arc::new(Seen {
                    freeze,
                    classes: classes_there,
                    guarded,
                    on_record,
                    accounting: OnceLock::new(),
                }),
                ledger: Ledger::Open,
            })),
            // The rule `freeze-unknown` denies before this can happen.
            (Decision::Allow(_), None) => return Err(GateError::Changed),
            (Decision::Ask(refused) | Decision::Deny(refused), _) => {
                Decided::Refused(Arc::new(Refusal { refused }))
            }
        };
        // Midnight may have come while the facts were read.
        if nobody_lapses && moment.today == self.inner.clock.today() {
            self.keep(moment, asker, question, &decided);
        }
        Ok(decided)
    }

    /// Writes the line of a question that was refused.
    pub(crate) async fn note_refused_question(
        &self,
        asker: &Asker,
        question: &Ground<'_>,
        refusal: &Refusal,
    ) -> Result<(), GateError> {
        let detail = json!({
            "purpose": question.purpose.to_string(),
            "place": question.place,
            "by": question.by.name(),
            "project": question.project,
            "reasons": refusal.codes(),
        });
        self.note_refusal(asker, READ, question.freeze.as_str(), detail).await
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
        // Anybody may be refused, and as often as they like: what they send is not kept at any length.
        let (detail, subject) = (bounded(detail), subject.to_owned());
        let (actor, act) = (asker.name().to_owned(), act.to_owned());
        self.answered(Line { actor, act, subject, outcome: "refused", detail, basis: None, within: None })
            .await
    }
}
