//! What a step does beside being an event: reports that fall due, invoices, payments, papers, sanctions.

use super::step::Taken;
use super::{Loaded, StepRequest, pricing};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::{Days, Months, NaiveDate};
use gj_casework::{Act, Deadline, ProjectScope, State, due};
use gj_model::ApplicationId;
use gj_registry::{Publication, Reads, Tx};

impl Gate {
    /// Writes them; returns the application to look at, which is another where one was copied.
    pub(super) async fn effects(
        &self,
        tx: &mut Tx,
        loaded: &Loaded,
        taken: &Taken,
        request: Option<&StepRequest>,
    ) -> Result<ApplicationId, GateError> {
        let (id, event) = (&loaded.row.id, &taken.event);
        let today = self.inner.clock.today();
        let text = event.text.clone().unwrap_or_default();
        match event.act {
            Act::CopyAsNew => {
                let user = event.actor.parse().map_err(|e| GateError::Inconsistent(format!("{e}")))?;
                let owner = self.person(tx, &user).await?.ok_or(GateError::Changed)?;
                let mut scope = loaded.scope.clone();
                scope.people.retain(|person| *person != owner);
                scope.people.insert(0, owner.clone());
                return self.insert_draft(tx, owner, &scope).await;
            }
            Act::Grant => {
                tx.set_granted(id, event).await?;
                // A renewed grant has reports of its own; those it replaces are no longer asked for.
                tx.drop_obligations(id, today).await?;
                let deadlines = deadlines(tx).await?;
                for (act, day) in reports(&deadlines, &loaded.scope) {
                    tx.put_obligation(id, act.name(), day).await?;
                }
            }
            Act::ReportYearly | Act::ReportFinal | Act::ReportDeletion => {
                tx.fulfil_obligation(id, event.act.name(), &event.at).await?;
            }
            Act::ProposePublication => {
                let deadlines = deadlines(tx).await?;
                let review = due(&deadlines, Act::ClearPublication.name(), today);
                tx.ask_for_review(id, review.unwrap_or(today)).await?;
            }
            Act::ClearPublication | Act::StopPublication => {
                tx.fulfil_obligation(id, Act::ClearPublication.name(), &event.at).await?;
            }
            Act::Publish => {
                let (kind, release) = request.and_then(|request| request.paper.clone()).ok_or_else(|| {
                    GateError::Application("say whether it is a paper or a patent".to_owned())
                })?;
                if !matches!(kind.as_str(), "paper" | "patent") {
                    return Err(GateError::Application("it must be a `paper` or a `patent`".to_owned()));
                }
                let scope = loaded.case.grant.as_ref().map_or(event.scope, |grant| grant.scope);
                let paper =
                    Publication { kind, reference: text, scope, release, registered_at: event.at.clone() };
                tx.insert_publication(id, &paper).await?;
            }
            Act::Invoice => {
                let asker = Asker { user: event.actor.parse().ok() };
                pricing::invoice(self, tx, &asker, loaded, event.scope).await?;
            }
            Act::RecordPayment => {
                let asker = Asker { user: event.actor.parse().ok() };
                pricing::receive(self, tx, &asker, (id, event.scope), &text).await?;
            }
            Act::Sanction => {
                let deadlines = deadlines(tx).await?;
                let until = due(&deadlines, "sanction", today).unwrap_or(today);
                for person in &loaded.scope.people {
                    tx.insert_sanction(id, &person.user, (today, until), &text).await?;
                }
            }
            _ => {}
        }
        if event.act == Act::Finish || event.to == State::Revoked && event.from != State::Revoked {
            // What was to be reported at the end is due from today on.
            tx.drop_obligations(id, today).await?;
            let deadlines = deadlines(tx).await?;
            for act in [Act::ReportFinal, Act::ReportDeletion] {
                if let Some(day) = due(&deadlines, act.name(), today) {
                    tx.put_obligation(id, act.name(), day).await?;
                }
            }
        }
        Ok(id.clone())
    }
}

/// Every deadline in every period.
pub(super) async fn deadlines(reads: &mut Reads) -> Result<Vec<Deadline>, GateError> {
    Ok(reads.deadlines().await?.into_iter().map(Deadline::from).collect())
}

/// The reports a grant brings: one for each year begun before its last, and two at the end.
fn reports(deadlines: &[Deadline], scope: &ProjectScope) -> Vec<(Act, NaiveDate)> {
    let mut reports = Vec::new();
    let yearly = due(deadlines, Act::ReportYearly.name(), scope.from);
    let mut year = yearly;
    let mut count = 0;
    while let Some(day) = year.filter(|day| *day < scope.until) {
        reports.push((Act::ReportYearly, day));
        count += 1;
        year = yearly.and_then(|first| first.checked_add_months(Months::new(12 * count)));
    }
    for act in [Act::ReportFinal, Act::ReportDeletion] {
        reports.extend(due(deadlines, act.name(), scope.until).map(|day| (act, day)));
    }
    reports
}

/// The first day on which one is reminded of something due.
pub(super) fn reminded_from(deadlines: &[Deadline], what: &str, due: NaiveDate) -> NaiveDate {
    let row = gj_casework::in_force(deadlines, what, due);
    let days = row.map_or(0, |row| u64::from(row.remind_days));
    due.checked_sub_days(Days::new(days)).unwrap_or(due)
}
