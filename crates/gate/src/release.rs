//! The last step: disclosure control, the release checked again, an audit line, and only then text.

use crate::ask::{Question, READ};
use crate::audit::{Note, bounded};
use crate::disclosure::Disclosure;
use crate::error::GateError;
use crate::gate::Gate;
use crate::grant::Grant;
use crate::view::{Finding, SiteCounts};
use gj_model::{Cells, FreezeName, Grouping, SiteFrequency};
use gj_policy::{DatasetSight, Sight};
use gj_registry::PanelState;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

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
        let answer = tokio::task::spawn_blocking(move || {
            let counted: Vec<bool> = finding.classes.iter().map(|class| sight.sees_class(class)).collect();
            let disclosure = Disclosure::new(&finding.classes, &finding.people, &counted, smallest);
            let mut answer =
                FrequencyAnswer { citation, by, smallest_cell: smallest, hidden_cells: 0, sites: Vec::new() };
            // Each site is judged on its own; together they are most of an answer's work.
            let judge = |site: SiteCounts| {
                let zone = site.variant.contig.zone(site.variant.position.get());
                let groups = disclosure.pick(&disclosure.judge(zone, &site.counts), by);
                SiteFrequency { variant: site.variant, groups }
            };
            answer.sites = finding.value.into_par_iter().map(judge).collect();
            let cells = answer.sites.iter().flat_map(|site| site.groups.values());
            answer.hidden_cells = cells.map(Cells::hidden).sum();
            answer
        })
        .await?;
        self.note_answer(&grant, question, &answer).await?;
        Ok(Released::new(answer))
    }

    /// Writes the line, in the transaction that checks that nobody left meanwhile.
    async fn note_answer(
        &self,
        grant: &Grant,
        question: &Question,
        answer: &FrequencyAnswer,
    ) -> Result<(), GateError> {
        let detail = json!({
            "place": question.place.to_string(),
            "by": question.by.name(),
            "sites": answer.sites.len(),
            "hidden_cells": answer.hidden_cells,
        });
        self.note_use(grant, detail).await
    }

    /// The same for any answer about people; `detail` is what is told beside what every use tells.
    pub(crate) async fn note_use(&self, grant: &Grant, mut detail: Value) -> Result<(), GateError> {
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
        detail["purpose"] = json!(grant.purpose.to_string());
        detail["consent"] = json!(grant.needs_scope.to_string());
        detail["datasets_left_out"] = json!(closed(&grant.sight));
        let left_out = grant.sight.closed().map(|dataset| dataset.id.as_str());
        detail["left_out"] = json!(left_out.collect::<Vec<_>>());
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
        self.note(&mut tx, note).await?;
        self.commit_answer(tx).await
    }
}
