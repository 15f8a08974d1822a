//! What will come in: a year's invoices under another tariff, and month by month what is owed and what
//! applications under way would bring.

use super::{FiscalYear, Forecast, Yen};
use crate::acts::application::project_due;
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::{Datelike, Days, NaiveDate};
use gj_casework::State;
use gj_model::{ApplicationId, InstitutionId};
use gj_money::{Request, Tariff, forecast};
use serde::Serialize;
use std::collections::BTreeMap;

/// How far the way to the money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// An invoice is out.
    Invoiced,
    /// The head has agreed: the agreement, or the invoice, is to come.
    Decided,
    /// It is being examined.
    Pending,
}

/// Something that may come in.
#[derive(Debug, Clone, Serialize)]
pub struct ExpectedIncome {
    /// By how sure.
    pub certainty: Certainty,
    /// The invoice, where there is one.
    pub invoice: Option<String>,
    /// The application, where it is of one under way.
    pub application: Option<ApplicationId>,
    /// Who would pay.
    pub institution: InstitutionId,
    /// When: the last day to pay of the invoice; what is overdue is expected today.
    pub on: NaiveDate,
    /// With tax, by the tariff in force.
    pub now: Yen,
    /// With tax, by the other tariff; an invoice stays what it is.
    pub then: Yen,
}

/// Sums of one month, with tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpectedMonth {
    /// `2026-12`.
    pub month: String,
    /// What is invoiced and open.
    pub invoiced: Yen,
    /// What is decided.
    pub decided: Yen,
    /// What is being examined.
    pub pending: Yen,
    /// All of it by the other tariff.
    pub then: Yen,
}

/// What is expected, line by line and month by month.
#[derive(Debug, Clone, Serialize)]
pub struct Expected {
    /// The lines, soonest first.
    pub lines: Vec<ExpectedIncome>,
    /// The months in which something is.
    pub months: Vec<ExpectedMonth>,
    /// Applications that one of the tariffs does not price, with why.
    pub unpriced: Vec<String>,
}

impl Gate {
    /// What the quotes that became invoices in a fiscal year would have brought under another tariff, priced
    /// on the days of the quotes or, with `on`, all on one day.
    ///
    /// # Errors
    /// A refusal; every mistake of the file.
    pub async fn forecast(
        &self,
        asker: &Asker,
        year: FiscalYear,
        (text, name): (&str, &str),
        on: Option<NaiveDate>,
    ) -> Result<Forecast, GateError> {
        self.read_books(asker, &format!("forecast {year}")).await?;
        let other = Tariff::parse(text, name)?;
        let quotes = self.inner.registry.read().await?.quotes_of(year).await?;
        let mut past: Vec<(Request, String, Vec<Yen>)> = Vec::new();
        for stored in quotes.into_iter().filter(|stored| stored.invoice.is_some()) {
            let mut request = stored.quote.request;
            request.date = on.unwrap_or(request.date);
            let amounts = stored.quote.lines.iter().map(|line| line.amount).collect();
            past.push((request, stored.quote.class, amounts));
        }
        let past = past.iter().map(|(request, class, amounts)| (request, class.as_str(), amounts.clone()));
        Ok(forecast(past, &other)?)
    }

    /// What is expected to come in: open invoices on their last day to pay, and what applications under way
    /// would be charged, if they are granted, on the last day to pay of an invoice issued today or on their
    /// first day. With another tariff (its text and what messages call it), what it would bring.
    ///
    /// # Errors
    /// A refusal; every mistake of the file.
    pub async fn expected_income(
        &self,
        asker: &Asker,
        other: Option<(&str, &str)>,
    ) -> Result<Expected, GateError> {
        self.read_books(asker, "expected income").await?;
        let today = self.inner.clock.today();
        let mut reads = self.inner.registry.read().await?;
        let tariff = reads.tariff().await?;
        let other = other.map(|(text, name)| Tariff::parse(text, name)).transpose()?;
        let due_days = tariff.issuer_on(today)?.due_days;
        let mut lines = Vec::new();
        for open in reads.open_invoices().await? {
            lines.push(ExpectedIncome {
                certainty: Certainty::Invoiced,
                invoice: Some(open.invoice),
                application: None,
                institution: open.institution,
                on: open.due_on.max(today),
                now: open.owed,
                then: open.owed,
            });
        }
        let mut unpriced = Vec::new();
        for row in reads.applications().await? {
            let Some(certainty) = certainty(row.state) else { continue };
            let Some(loaded) = self.load(&mut reads, &row.id).await? else { continue };
            if loaded.case.invoiced {
                // Its invoice is a line already.
                continue;
            }
            let priced = project_due(self, &mut reads, &loaded, &tariff).await;
            let Some(now) = known(priced, &row.id, &mut unpriced) else { continue };
            let then = match &other {
                Some(other) => {
                    let priced = project_due(self, &mut reads, &loaded, other).await;
                    known(priced, &row.id, &mut unpriced).unwrap_or_default()
                }
                None => now.clone(),
            };
            let on = loaded.scope.from.max(today);
            let on = on.checked_add_days(Days::new(due_days.into())).unwrap_or(on);
            let mut payers: BTreeMap<InstitutionId, (Yen, Yen)> = BTreeMap::new();
            for part in now {
                payers.entry(part.payer).or_default().0 = part.quote.totals.total;
            }
            for part in then {
                payers.entry(part.payer).or_default().1 = part.quote.totals.total;
            }
            for (institution, (now, then)) in payers {
                let (invoice, application) = (None, Some(row.id.clone()));
                lines.push(ExpectedIncome { certainty, invoice, application, institution, on, now, then });
            }
        }
        lines.sort_by(|a, b| (a.on, a.certainty, &a.institution).cmp(&(b.on, b.certainty, &b.institution)));
        Ok(Expected { months: months(&lines)?, lines, unpriced })
    }
}

type Parts = Vec<super::super::application::Part>;

/// The parts of a price; what has none is said once with why.
fn known(priced: Result<Parts, GateError>, id: &ApplicationId, unpriced: &mut Vec<String>) -> Option<Parts> {
    match priced {
        Ok(parts) => Some(parts),
        Err(why) => {
            unpriced.push(format!("{id}: {why}"));
            None
        }
    }
}

/// Whether money may still come of an application in a state, and how surely. A draft is nobody's plan yet.
fn certainty(state: State) -> Option<Certainty> {
    match state {
        State::Agreement | State::Payment => Some(Certainty::Decided),
        State::Submitted
        | State::Returned
        | State::Matching
        | State::Contributor
        | State::Conflicts
        | State::Review
        | State::Consolidation
        | State::Committee
        | State::Decision
        | State::Appeal => Some(Certainty::Pending),
        _ => None,
    }
}

fn months(lines: &[ExpectedIncome]) -> Result<Vec<ExpectedMonth>, GateError> {
    let mut months: BTreeMap<String, ExpectedMonth> = BTreeMap::new();
    for line in lines {
        let month = format!("{:04}-{:02}", line.on.year(), line.on.month());
        let sums = months.entry(month.clone()).or_insert(ExpectedMonth {
            month,
            invoiced: Yen::ZERO,
            decided: Yen::ZERO,
            pending: Yen::ZERO,
            then: Yen::ZERO,
        });
        let of = match line.certainty {
            Certainty::Invoiced => &mut sums.invoiced,
            Certainty::Decided => &mut sums.decided,
            Certainty::Pending => &mut sums.pending,
        };
        *of = of.plus(line.now)?;
        sums.then = sums.then.plus(line.then)?;
    }
    Ok(months.into_values().collect())
}
