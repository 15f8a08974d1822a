//! The last step: disclosure control, the release checked again, an audit line, and only then text.

use crate::ask::{Question, READ};
use crate::audit::{Note, bounded};
use crate::disclosure::Disclosure;
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::Grant;
use crate::ledger::{Ledger, Ledgered};
use crate::view::{Finding, SiteCounts};
use gj_model::{Cells, FreezeName, Grouping, SiteFrequency};
use gj_policy::{DatasetSight, Sight};
use gj_registry::{PanelState, Tx};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;

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
        grant: Grant,
        finding: Finding<Vec<SiteCounts>>,
        question: &Question,
    ) -> Result<Released<FrequencyAnswer>, GateError> {
        let by = question.by;
        let (smallest, sight) = (grant.smallest_cell, grant.sight.clone());
        let citation = Citation { freeze: grant.freeze.clone(), digest: grant.digest.clone() };
        let (hidden_cells, sites, ledger) = (0, Vec::new(), Ledgered::default());
        let mut answer =
            FrequencyAnswer { citation, by, smallest_cell: smallest, hidden_cells, sites, ledger };
        let counted: Vec<bool> = finding.classes.iter().map(|class| sight.sees_class(class)).collect();
        if let Ledger::Guarded(accounting, plan) = &grant.ledger {
            answer.by = Grouping::None;
            let mut tx = self.answering(&grant).await?;
            let (looked, place) = ((&finding, &counted[..]), &question.place);
            let cell = self.show_guarded(&mut tx, (accounting, plan), looked, place, &mut answer).await?;
            let line = self.note_answer(&mut tx, &grant, question, &answer).await?;
            tx.put_shown_cell(&cell, line).await?;
            self.commit_answer(tx).await?;
            return Ok(Released::new(answer));
        }
        let mut answer = tokio::task::spawn_blocking(move || {
            let disclosure = Disclosure::new(&finding.classes, &finding.people, &counted, smallest);
            // Each site is judged on its own; together they are most of an answer's work.
            let judge = |site: SiteCounts| {
                let zone = site.variant.contig.zone(site.variant.position.get());
                let groups = disclosure.pick(&disclosure.judge(zone, &site.counts), by);
                SiteFrequency { variant: site.variant, groups }
            };
            answer.sites = finding.value.into_par_iter().map(judge).collect();
            answer
        })
        .await?;
        let region = question.place.region();
        if let Ledger::Agreed(accounting, leave) = &grant.ledger {
            leave.apply(accounting, &region, &mut answer);
        }
        answer.hidden_cells =
            answer.sites.iter().flat_map(|site| site.groups.values()).map(Cells::hidden).sum();
        let mut tx = self.answering(&grant).await?;
        if let Ledger::Agreed(accounting, leave) = &grant.ledger {
            let noted = self.note_agreed(&mut tx, accounting, leave, (&region, &answer)).await;
            if let Err(GateError::Refused(refusal)) = &noted {
                drop(tx);
                self.note_refused_question(&grant.asker, question, refusal).await?;
                return Err(refusal.clone().into());
            }
            noted?;
        }
        self.note_answer(&mut tx, &grant, question, &answer).await?;
        self.commit_answer(tx).await?;
        Ok(Released::new(answer))
    }

    /// The transaction of an answer, if nobody left meanwhile.
    async fn answering(&self, grant: &Grant) -> Result<Tx, GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let same = tx.freeze(&grant.freeze).await?.is_some_and(|freeze| {
            freeze.panel == grant.panel && (freeze.state == PanelState::Stale) == grant.stale
        });
        // Somebody may leave while the panel is stale already: the count of what people decided tells.
        if !same || tx.consent_acts().await? != grant.consent_acts {
            return Err(GateError::Changed);
        }
        if let Some(project) = &grant.project
            && !project.is_current(&mut tx).await?
        {
            return Err(GateError::Changed);
        }
        Ok(tx)
    }

    /// Writes the line.
    async fn note_answer(
        &self,
        tx: &mut Tx,
        grant: &Grant,
        question: &Question,
        answer: &FrequencyAnswer,
    ) -> Result<i64, GateError> {
        let mut detail = json!({
            "purpose": grant.purpose.to_string(),
            "place": question.place.to_string(),
            "by": question.by.name(),
            "consent": grant.needs_scope.to_string(),
            "datasets_left_out": closed(&grant.sight),
            "left_out": grant.sight.closed().map(|dataset| dataset.id.as_str()).collect::<Vec<_>>(),
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
        if let Some(project) = &grant.project {
            detail["project"] = json!(project.id);
            detail["scope"] = json!(project.digest);
        }
        let detail = bounded(detail);
        let note = Note {
            actor: grant.asker.name(),
            act: READ,
            subject: grant.freeze.as_str(),
            outcome: "answered",
            detail,
        };
        self.note(tx, note).await
    }
}
