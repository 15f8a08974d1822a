//! What is owed to the programme, by age.

use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_money::Yen;
use gj_registry::money::OpenInvoice;
use serde::Serialize;

/// How long ago the last day to pay was, by days: `overdue-30` is 1 to 30 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    /// It is still to come, or today.
    NotDue,
    /// 1 to 30.
    #[serde(rename = "overdue-30")]
    Overdue30,
    /// 31 to 60.
    #[serde(rename = "overdue-60")]
    Overdue60,
    /// 61 to 90.
    #[serde(rename = "overdue-90")]
    Overdue90,
    /// More.
    OverdueLonger,
}

impl Age {
    /// Every age, youngest first.
    pub const ALL: [Age; 5] =
        [Age::NotDue, Age::Overdue30, Age::Overdue60, Age::Overdue90, Age::OverdueLonger];

    /// On a day, of what was to be paid until another.
    pub fn on(today: NaiveDate, due_on: NaiveDate) -> Age {
        match (today - due_on).num_days() {
            ..=0 => Age::NotDue,
            1..=30 => Age::Overdue30,
            31..=60 => Age::Overdue60,
            61..=90 => Age::Overdue90,
            _ => Age::OverdueLonger,
        }
    }
}

/// Every open invoice, and their sums by age.
#[derive(Debug, Clone, Serialize)]
pub struct Receivables {
    /// The day they are looked at.
    pub on: NaiveDate,
    /// The invoices, the one due first on top.
    pub invoices: Vec<AgedInvoice>,
    /// What is owed by age, youngest first.
    pub ages: Vec<(Age, Yen)>,
    /// What is owed in all.
    pub owed: Yen,
}

/// An open invoice with its age.
#[derive(Debug, Clone, Serialize)]
pub struct AgedInvoice {
    /// The invoice.
    #[serde(flatten)]
    pub invoice: OpenInvoice,
    /// How long it is overdue.
    pub age: Age,
    /// Days since the last day to pay; 0: it is not over.
    pub days_overdue: u32,
}

impl Gate {
    /// What is owed to the programme, invoice by invoice, with its age.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn receivables(&self, asker: &Asker) -> Result<Receivables, GateError> {
        self.read_books(asker, "receivables").await?;
        let on = self.inner.clock.today();
        let open = self.inner.registry.read().await?.open_invoices().await?;
        let aged = |invoice: OpenInvoice| AgedInvoice {
            age: Age::on(on, invoice.due_on),
            days_overdue: u32::try_from((on - invoice.due_on).num_days()).unwrap_or(0),
            invoice,
        };
        let invoices: Vec<AgedInvoice> = open.into_iter().map(aged).collect();
        let mut ages = Vec::with_capacity(Age::ALL.len());
        for age in Age::ALL {
            let of = invoices.iter().filter(|one| one.age == age).map(|one| one.invoice.owed);
            ages.push((age, Yen::sum(of)?));
        }
        let owed = Yen::sum(ages.iter().map(|(_, sum)| *sum))?;
        Ok(Receivables { on, invoices, ages, owed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_changes_on_the_day_after() {
        let due: NaiveDate = "2026-10-31".parse().unwrap();
        for (day, age) in [
            ("2026-10-31", Age::NotDue),
            ("2026-11-01", Age::Overdue30),
            ("2026-11-30", Age::Overdue30),
            ("2026-12-01", Age::Overdue60),
            ("2026-12-30", Age::Overdue60),
            ("2026-12-31", Age::Overdue90),
            ("2027-01-29", Age::Overdue90),
            ("2027-01-30", Age::OverdueLonger),
        ] {
            assert_eq!(Age::on(day.parse().unwrap(), due), age, "{day}");
        }
    }
}
