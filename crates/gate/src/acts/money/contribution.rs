//! Contributions: received, booked, and rewarded with a discount and a head start that both end.

use super::{BOOK, line, wrong};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_model::InstitutionId;
use gj_money::{Contribution, ContributionKind, Gift, PriorityWindow, Yen, booking};
use serde_json::json;

/// What was given.
#[derive(Debug, Clone)]
pub struct ContributionRequest {
    /// Its number.
    pub id: String,
    /// Who gave.
    pub institution: InstitutionId,
    /// What.
    pub kind: ContributionKind,
    /// Its value.
    pub value: Yen,
    /// When; absent: today.
    pub given_on: Option<NaiveDate>,
    /// Datasets it is tied to; without one there is no head start.
    pub datasets: Vec<String>,
    /// The agreement; one line.
    pub agreement: String,
}

impl Gate {
    /// Books a contribution; its reward is fixed by the incentive in force on its day.
    ///
    /// # Errors
    /// A refusal; a number that is taken; an unknown institution; a day to come.
    pub async fn contribute(
        &self,
        asker: &Asker,
        request: ContributionRequest,
    ) -> Result<Contribution, GateError> {
        self.authorise(asker, BOOK, request.institution.as_str()).await?;
        line("the number", &request.id)?;
        line("the agreement", &request.agreement)?;
        for dataset in &request.datasets {
            line("a dataset's name", dataset)?;
        }
        let today = self.inner.clock.today();
        let given_on = request.given_on.unwrap_or(today);
        if given_on > today {
            return wrong(format!("`{given_on}` is still to come"));
        }
        let mut tx = self.inner.registry.begin().await?;
        if tx.institution(&request.institution).await?.is_none() {
            return wrong(format!("there is no institution `{}`", request.institution));
        }
        if tx.contribution_exists(&request.id).await? {
            return wrong(format!("there is a contribution `{}`", request.id));
        }
        let mut datasets = request.datasets;
        datasets.sort();
        datasets.dedup();
        let gift = Gift {
            id: request.id,
            institution: request.institution.to_string(),
            kind: request.kind,
            value: request.value,
            given_on,
            datasets,
            agreement: request.agreement,
        };
        let contribution = Contribution::of(gift, &tx.tariff().await?.incentives)?;
        tx.insert_contribution(&contribution).await?;
        let entry = booking::contributed(&contribution)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        let detail = json!({
            "institution": contribution.institution,
            "kind": contribution.kind,
            "value": contribution.value,
            "discount_limit": contribution.discount_limit,
            "discount_to": contribution.discount_to,
            "priority_to": contribution.priority_to,
            "entry": entry,
        });
        self.note_money(&mut tx, (asker, BOOK), (&contribution.id, "contributed"), detail).await?;
        self.commit(tx).await?;
        Ok(contribution)
    }

    /// Every head start, by dataset and institution, with its hard end: those that contributions earned, and
    /// those of the programme, which name no contribution. Public.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn priority_windows(&self) -> Result<Vec<PriorityWindow>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let mut windows = reads.contribution_windows().await?;
        let granted = reads.priority_windows().await?.into_iter().map(|window| PriorityWindow {
            contribution: String::new(),
            institution: window.funder.to_string(),
            dataset: window.dataset,
            valid_from: window.valid_from,
            valid_to: window.hard_end,
            source: window.source,
        });
        windows.extend(granted);
        let order = |w: &PriorityWindow| (w.dataset.clone(), w.institution.clone(), w.valid_from);
        windows.sort_by_key(order);
        Ok(windows)
    }
}
