//! The ledger of privacy at the door: under which regime somebody asks, and what that leaves them to see.
//!
//! Two regimes, as dated rows of the programme (decision 35). *Guarded*: who holds `frequency.guarded` and not
//! `frequency.read` names a variant and is told the total count in a form of `gj-exposure`, within a budget that is kept
//! for ever. *Agreed*: who holds `frequency.read` sees tables as before, place by place on record. Under both, cells that
//! were shown of other people before are withheld while the difference would be about too few. Never looks at a
//! count before it has decided.

mod account;
mod agreed;
mod answer;
mod crowd;
mod guarded;
mod secret;
mod shown;

pub use account::{AgreedAccount, Budget, ExposureCard, GuardedAccount, SitesOf};
pub(crate) use agreed::{AgreedNote, FileNote};
pub use answer::{CellState, CountForm, GuardedCount, Ledgered, Withheld};
pub(crate) use crowd::{Crowd, Crowds};
pub(crate) use secret::{SECRET, Secret};
pub(crate) use shown::{Payer, Shown, ShownAt};

use crate::ask::READ;
use crate::case::Case;
use crate::error::{GateError, Refusal};
use crate::gate::Gate;
use crate::grant::Grant;
use crate::view::Place;
use gj_model::{Effect, Reason, Remedy};
use gj_registry::{AfterChange, ExposureRule, PanelState, Reads, Regime};
use std::sync::Arc;

/// The act of asking under the guarded regime.
pub(crate) const GUARDED: &str = "frequency.guarded";
/// Positions of a stored row of places.
const BIN: u32 = 1_000_000;

/// How one question is accounted for.
#[derive(Debug)]
pub(crate) enum Ledger {
    /// No row holds: nothing is limited or remembered.
    Open,
    /// A table, on record.
    Agreed(Arc<Accounting>, agreed::Leave),
    /// One count, paid for.
    Guarded(Arc<Accounting>, guarded::Plan),
}

/// Who pays for an answer about whom, by which row.
#[derive(Debug)]
pub(crate) struct Accounting {
    pub(crate) rule: ExposureRule,
    pub(crate) user: String,
    pub(crate) institution: String,
    /// Who is charged: the user, then the institution.
    pub(crate) payers: [Payer; 2],
    pub(crate) crowd: Arc<Crowd>,
    /// People that a difference must be about at least.
    pub(crate) smallest: u32,
}

impl Accounting {
    fn withholds(&self) -> bool {
        self.rule.after_change == AfterChange::Withhold
    }

    /// A reason of this row.
    fn reason(&self, code: &str, effect: Effect, ja: String, en: String) -> Reason {
        let (ja_remedy, en_remedy) =
            ("契約のもとで尋ねる（利用申請）", "ask under a contract: apply for a project");
        let guarded = self.rule.regime == Regime::Guarded;
        let remedy =
            Remedy { who: "applicant".to_owned(), ja: ja_remedy.to_owned(), en: en_remedy.to_owned() };
        Reason { remedy: guarded.then_some(remedy), ..of_row(&self.rule, code, effect, ja, en) }
    }

    /// Why something is withheld, and until when.
    pub(crate) fn withheld(&self) -> Reason {
        let smallest = self.smallest;
        let reason = self.reason(
            "exposure-withheld",
            Effect::Ask,
            format!("以前に示した数と並べると{smallest}人に満たない人のことが分かるため、次のリリースまで示しません。"),
            format!(
                "Beside what was shown before, this would tell of fewer than {smallest} people: it is withheld until the next release."
            ),
        );
        let (ja, en) = ("次のリリース（まとめて凍結）を待つ", "wait for the next release, frozen as a batch");
        Reason {
            remedy: Some(Remedy { who: "time".to_owned(), ja: ja.to_owned(), en: en.to_owned() }),
            ..reason
        }
    }
}

/// A reason of a row.
fn of_row(rule: &ExposureRule, code: &str, effect: Effect, ja: String, en: String) -> Reason {
    Reason {
        code: code.to_owned(),
        ja,
        en,
        source: format!("{} / {}", rule.source_ja, rule.source_en),
        effect,
        valid_from: Some(rule.valid_from),
        valid_to: rule.valid_to,
        ..Reason::default()
    }
}

pub(crate) fn refused(reason: Reason) -> GateError {
    Refusal { refused: vec![reason] }.into()
}

/// That no row of the guarded regime holds: a user of it is shown nothing.
pub(crate) fn no_row() -> Reason {
    Reason {
        code: "exposure-unset".to_owned(),
        ja: "登録利用者に示してよい量が決まっていません。契約を結ぶか、プログラムに [[exposure]] の行を待ってください。".to_owned(),
        en: "What registered users may learn is not set; ask under a contract, or wait for an [[exposure]] row of the programme.".to_owned(),
        source: "docs/decisions/0035-the-ledger-at-the-door.md".to_owned(),
        effect: Effect::Deny,
        ..Reason::default()
    }
}

/// That the guarded regime has no answer of another kind than counts of alleles.
pub(crate) fn only_counts() -> Reason {
    Reason {
        code: "exposure-only-counts".to_owned(),
        ja: "登録利用者が尋ねられるのは、名指しした一つのバリアントの頻度だけです。人数などは契約のもとで尋ねてください。".to_owned(),
        en: "Registered users may ask for the frequency of one named variant only; ask for counts of people and the like under a contract.".to_owned(),
        source: "docs/decisions/0035-the-ledger-at-the-door.md".to_owned(),
        effect: Effect::Deny,
        ..Reason::default()
    }
}

impl Case {
    /// Whether somebody reads frequencies under the guarded regime. To the rules they read them like everybody.
    pub(crate) fn is_guarded(&mut self) -> bool {
        let Some(applicant) = &mut self.facts.applicant else { return false };
        let holds = |act: &str| applicant.acts.iter().any(|held| held == act);
        if holds(READ) || !holds(GUARDED) {
            return false;
        }
        applicant.acts.push(READ.to_owned());
        true
    }
}

impl Gate {
    /// How an answer about a place is accounted for: looked up each time, as it depends on what was shown.
    ///
    /// # Errors
    /// A refusal of the guarded regime.
    pub(crate) async fn accounted(&self, grant: &Grant, place: &Place) -> Result<Ledger, GateError> {
        let seen = &grant.seen;
        if !seen.guarded && !seen.on_record {
            return Ok(Ledger::Open);
        }
        if !seen.guarded
            && let Some(accounting) = seen.accounting.get()
            && let Some(leave) = self.leave_at_hand(accounting, &place.region())
        {
            return Ok(Ledger::Agreed(accounting.clone(), leave));
        }
        let mut reads = self.inner.registry.read().await?;
        let Some(accounting) = self.accounting(&mut reads, grant).await? else {
            return if seen.guarded { Err(refused(no_row())) } else { Ok(Ledger::Open) };
        };
        if seen.guarded {
            let plan = self.plan_guarded(&mut reads, &accounting, place).await?;
            return Ok(Ledger::Guarded(accounting, plan));
        }
        let mut shown = self.shown_at(&mut reads).await?;
        let leave = self.leave(&mut reads, &mut shown, &accounting, &place.region()).await?;
        // What was read here is committed.
        shown.committed();
        Ok(Ledger::Agreed(accounting, leave))
    }

    /// Who pays for answers under a grant, and by which row: the same as long as the decision holds.
    async fn accounting(
        &self,
        reads: &mut Reads,
        grant: &Grant,
    ) -> Result<Option<Arc<Accounting>>, GateError> {
        let seen = &grant.seen;
        if let Some(kept) = seen.accounting.get() {
            return Ok(Some(kept.clone()));
        }
        let regime = if seen.guarded { Regime::Guarded } else { Regime::Agreed };
        let Some(rule) = reads.exposure_rule(regime, self.inner.clock.today()).await? else {
            return Ok(None);
        };
        let user = match &grant.asker.user {
            Some(id) => reads.user(id).await?,
            None => None,
        };
        // Who is not known was refused by the rules.
        let Some(user) = user else { return Err(GateError::Changed) };
        let stale = seen.freeze.state == PanelState::Stale;
        let crowd = self.crowd_of(reads, &seen.freeze, stale, &grant.sight, &seen.classes).await?;
        let (user, institution) = (user.id.to_string(), user.institution.to_string());
        let payers = [Payer::User(user.as_str().into()), Payer::Institution(institution.as_str().into())];
        let smallest = grant.smallest_cell;
        let accounting = Arc::new(Accounting { rule, user, institution, payers, crowd, smallest });
        if reads.revision().await? == grant.revision {
            seen.accounting.get_or_init(|| accounting.clone());
        }
        Ok(Some(accounting))
    }

    /// The cache of crowds, kept whole by whoever holds it.
    fn crowds(&self) -> std::sync::MutexGuard<'_, Crowds> {
        self.inner.crowds.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
