//! The last step: disclosure control, the release checked again, an audit line, and only then text.

use crate::answered::Line;
use crate::ask::{Question, READ};
use crate::audit::bounded;
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::{Grant, Judge};
use crate::ledger::{AgreedNote, Ledger, Ledgered};
use crate::view::{Finding, SiteCounts};
use gj_model::{Cells, FreezeName, Grouping, SiteFrequency};
use gj_policy::{DatasetSight, Sight};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Sites judged without waking another thread.
const JUDGED_AT_ONCE_MAX: usize = 4;

/// Something that may leave the house. Only the gate makes one.
#[derive(Debug, Clone)]
pub struct Released<T> {
    value: T,
}

impl<T> Released<T> {
    pub(crate) fn new(value: T) -> Released<T> {
        Released { value }
    }

    /// The value.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: Serialize> Serialize for Released<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// How to cite a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Citation {
    /// Name.
    pub freeze: FreezeName,
    /// Digest on the day it was frozen: stays the same when somebody leaves later.
    pub digest: String,
}

/// Frequencies as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrequencyAnswer {
    /// What was read.
    pub citation: Citation,
    /// How it is split.
    pub by: Grouping,
    /// Counts from 1 up to one less than this are hidden.
    pub smallest_cell: u32,
    /// Hidden cells of this answer.
    pub hidden_cells: usize,
    /// The sites, ascending.
    pub sites: Vec<SiteFrequency>,
    /// What the ledger of privacy changed.
    #[serde(flatten)]
    pub ledger: Ledgered,
}

/// The datasets of which nobody was counted, with the codes of what objects.
pub(crate) fn closed(sight: &Sight) -> String {
    let line = |dataset: &DatasetSight| {
        let reasons = dataset.decision.objections().unwrap_or_default();
        let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
        format!("{}: {}", dataset.id, codes.join(" "))
    };
    sight.closed().map(line).collect::<Vec<_>>().join("; ")
}

impl Gate {
    /// Releases frequencies.
    ///
    /// # Errors
    /// [`GateError::Changed`] when somebody left since the grant was made: ask again.
    pub async fn release(
        &self,
        mut grant: Grant,
        finding: Finding<Vec<SiteCounts>>,
        question: &Question,
    ) -> Result<Released<FrequencyAnswer>, GateError> {
        let citation = Citation { freeze: grant.freeze.clone(), digest: grant.digest.clone() };
        let (by, smallest) = (question.by, grant.smallest_cell);
        let (hidden_cells, sites, ledger) = (0, Vec::new(), Ledgered::default());
        let mut answer =
            FrequencyAnswer { citation, by, smallest_cell: smallest, hidden_cells, sites, ledger };
        if matches!(grant.ledger, Ledger::Guarded(..)) {
            return self.release_guarded(grant, finding, question, answer).await;
        }
        let (sight, judge) = (grant.sight.clone(), grant.judge.clone());
        let few = finding.value.len() <= JUDGED_AT_ONCE_MAX;
        let make = move || -> Vec<SiteFrequency> {
            let (classes, people) = (&finding.classes, &finding.people);
            let new = || Judge::new(classes.clone(), people.clone(), &sight, smallest);
            let kept = judge.get_or_init(new);
            // Of a stale release the classes of a later moment may have come: it is asked again then.
            let own = if kept.is_of(classes, people) { None } else { Some(new()) };
            let disclosure = &own.as_ref().unwrap_or(kept).disclosure;
            // Each site is judged on its own; together they are most of an answer's work.
            let judge = |site: SiteCounts| {
                let zone = site.variant.contig.zone(site.variant.position.get());
                let groups = disclosure.pick(&disclosure.judge(zone, &site.counts), by);
                SiteFrequency { variant: site.variant, groups }
            };
            match few {
                true => finding.value.into_iter().map(judge).collect(),
                false => finding.value.into_par_iter().map(judge).collect(),
            }
        };
        // A variant is judged sooner than another thread is woken.
        answer.sites = if few { make() } else { tokio::task::spawn_blocking(make).await? };
        let region = question.place.region();
        if let Ledger::Agreed(accounting, leave) = &grant.ledger {
            leave.apply(accounting, &region, &mut answer);
        }
        answer.hidden_cells =
            answer.sites.iter().flat_map(|site| site.groups.values()).map(Cells::hidden).sum();
        let mut line = line(&grant, question, &answer);
        let answer = Arc::new(answer);
        if let Ledger::Agreed(accounting, leave) = std::mem::replace(&mut grant.ledger, Ledger::Open) {
            line.within = Some(Arc::new(AgreedNote { accounting, leave, region, answer: answer.clone() }));
        }
        let written = self.answered(line).await;
        if let Err(GateError::Refused(refusal)) = &written {
            self.note_refused_question(&grant.asker, &question.ground(), refusal).await?;
        }
        written?;
        Ok(Released::new(Arc::unwrap_or_clone(answer)))
    }

    /// The same under the guarded regime: one count, on its own.
    async fn release_guarded(
        &self,
        grant: Grant,
        finding: Finding<Vec<SiteCounts>>,
        question: &Question,
        mut answer: FrequencyAnswer,
    ) -> Result<Released<FrequencyAnswer>, GateError> {
        let Ledger::Guarded(accounting, plan) = &grant.ledger else { return Err(GateError::Changed) };
        answer.by = Grouping::None;
        let counted: Vec<bool> = finding.classes.iter().map(|class| grant.sight.sees_class(class)).collect();
        let (mut tx, now) = self.inner.registry.begin_answers().await?;
        if !grant.basis().stands(&mut tx, now.decisions).await? {
            return Err(GateError::Changed);
        }
        let (looked, place) = ((&finding, &counted[..]), &question.place);
        let mut shown = self.shown_since(now.shown);
        let at = (&mut tx, &mut shown);
        let cell = self.show_guarded(at, (accounting, plan), looked, place, &mut answer).await?;
        let number = self.write_line(&mut tx, &line(&grant, question, &answer)).await?;
        tx.put_shown_cell(&cell, number).await?;
        shown.write(&mut tx).await?;
        self.commit_answer(tx).await?;
        shown.committed();
        Ok(Released::new(answer))
    }

    /// Writes the line of another use of a grant, on the same conditions; `detail` is what is told beside what every
    /// use tells.
    pub(crate) async fn note_use(&self, grant: &Grant, detail: Value) -> Result<(), GateError> {
        self.answered(used(grant, detail)).await
    }
}

/// The line of an answer, with what it rests on.
fn line(grant: &Grant, question: &Question, answer: &FrequencyAnswer) -> Line {
    let mut detail = json!({
        "place": question.place.to_string(),
        "by": question.by.name(),
        "sites": answer.sites.len(),
        "hidden_cells": answer.hidden_cells,
    });
    if !answer.ledger.withheld.is_empty() {
        detail["withheld"] = json!(answer.ledger.withheld.len());
    }
    if matches!(grant.ledger, Ledger::Guarded(..)) {
        detail["regime"] = json!("guarded");
        // Whether the variant was there is no business of the log's.
        detail["sites"] = json!(1);
        detail["hidden_cells"] = json!(0);
    }
    used(grant, detail)
}

/// The line of any use of a grant.
pub(crate) fn used(grant: &Grant, mut detail: Value) -> Line {
    detail["purpose"] = json!(grant.purpose.to_string());
    detail["consent"] = json!(grant.needs_scope.to_string());
    detail["datasets_left_out"] = json!(closed(&grant.sight));
    let left_out = grant.sight.closed().map(|dataset| dataset.id.as_str());
    detail["left_out"] = json!(left_out.collect::<Vec<_>>());
    if let Some(project) = &grant.project {
        detail["project"] = json!(project.id);
        detail["scope"] = json!(project.digest);
    }
    Line {
        actor: grant.asker.name().to_owned(),
        act: READ.to_owned(),
        subject: grant.freeze.to_string(),
        outcome: "answered",
        detail: bounded(detail),
        basis: Some(grant.basis()),
        within: None,
    }
}
