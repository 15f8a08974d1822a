//! Budgets: allotted by ministry and fiscal year, spent line by line, never more than there is.

use super::{BOOK, line, wrong};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use gj_money::{Account, FiscalYear, Yen, booking};
use gj_registry::money::{BudgetLine, CostRow};
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;

/// Money a ministry allots.
#[derive(Debug, Clone)]
pub struct Allotment {
    /// The line; an id that is not there yet makes a new one.
    pub line: BudgetLine,
    /// How much is added.
    pub amount: Yen,
}

/// A cost to be booked.
#[derive(Debug, Clone)]
pub struct CostRequest {
    /// The budget line.
    pub line: String,
    /// What kind: `sequencing`, `storage` …
    pub category: String,
    /// How much.
    pub amount: Yen,
    /// For what; one line.
    pub what: String,
    /// The voucher; one line.
    pub source: String,
}

/// A budget line with what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct BudgetReport {
    /// The line.
    #[serde(flatten)]
    pub line: BudgetLine,
    /// Spent.
    pub spent: Yen,
    /// Left.
    pub left: Yen,
    /// The newest costs booked to it that were not undone.
    pub costs: Vec<CostRow>,
}

/// Costs shown of a budget line at most.
const COSTS_MAX: u32 = 20;

impl Gate {
    /// Allots money to a budget line; returns the entry.
    ///
    /// # Errors
    /// A refusal; a line that is there with another ministry or year.
    pub async fn allot(&self, asker: &Asker, allotment: &Allotment) -> Result<u64, GateError> {
        let Allotment { line: wanted, amount } = allotment;
        self.authorise(asker, BOOK, &wanted.id).await?;
        for (what, text) in [
            ("the id", &wanted.id),
            ("the ministry", &wanted.ministry),
            ("the Japanese name", &wanted.name_ja),
            ("the English name", &wanted.name_en),
            ("the source", &wanted.source),
        ] {
            line(what, text)?;
        }
        if FiscalYear::beginning_in(wanted.fiscal_year).is_none() {
            return wrong(format!("`{}` is not a fiscal year", wanted.fiscal_year));
        }
        let mut tx = self.inner.registry.begin().await?;
        let there = tx.budget_lines().await?.into_iter().find(|line| line.id == wanted.id);
        if there.is_some_and(|line| {
            (line.ministry, line.fiscal_year) != (wanted.ministry.clone(), wanted.fiscal_year)
        }) {
            return wrong(format!("`{}` is another ministry's or year's line", wanted.id));
        }
        tx.add_budget_line(wanted).await?;
        let entry = booking::allotted(self.inner.clock.today(), &wanted.id, *amount)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        let detail = json!({
            "ministry": wanted.ministry,
            "fiscal_year": wanted.fiscal_year,
            "amount": amount,
            "source": wanted.source,
            "entry": entry,
        });
        self.note_money(&mut tx, (asker, BOOK), (&wanted.id, "allotted"), detail).await?;
        self.commit(tx).await?;
        Ok(entry)
    }

    /// Books a cost to a budget line of the current fiscal year or an earlier one; returns the entry.
    ///
    /// # Errors
    /// A refusal; an unknown line; more than is left of it.
    pub async fn spend(&self, asker: &Asker, cost: &CostRequest) -> Result<u64, GateError> {
        self.authorise(asker, BOOK, &cost.line).await?;
        for (what, text) in
            [("the category", &cost.category), ("what it was for", &cost.what), ("the voucher", &cost.source)]
        {
            line(what, text)?;
        }
        let today = self.inner.clock.today();
        let mut tx = self.inner.registry.begin().await?;
        let Some(budget) = tx.budget_lines().await?.into_iter().find(|line| line.id == cost.line) else {
            return wrong(format!("there is no budget line `{}`", cost.line.escape_debug()));
        };
        if budget.fiscal_year > FiscalYear::of(today).year() {
            return wrong(format!("budget line `{}` is of a year to come", cost.line));
        }
        let left = tx.balance(Account::BudgetLeft, &cost.line).await?;
        let entry = booking::spent(today, &cost.line, left, cost.amount, &cost.what)?;
        let entry = tx.book(&entry, asker.name(), &self.inner.clock.at()).await?;
        let row = CostRow {
            entry,
            budget_line: cost.line.clone(),
            category: cost.category.clone(),
            amount: cost.amount,
            spent_on: today,
            what: cost.what.clone(),
            source: cost.source.clone(),
        };
        tx.insert_cost(&row).await?;
        let detail = json!({ "amount": cost.amount, "category": cost.category, "voucher": cost.source, "entry": entry });
        self.note_money(&mut tx, (asker, BOOK), (&cost.line, "spent"), detail).await?;
        self.commit(tx).await?;
        Ok(entry)
    }

    /// Every budget line with what was spent and what is left.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn budgets(&self, asker: &Asker) -> Result<Vec<BudgetReport>, GateError> {
        self.read_books(asker, "budgets").await?;
        let mut reads = self.inner.registry.read().await?;
        let spent: HashMap<String, Yen> = reads.balances(Account::Cost).await?.into_iter().collect();
        let left: HashMap<String, Yen> = reads.balances(Account::BudgetLeft).await?.into_iter().collect();
        let of = |sums: &HashMap<String, Yen>, id: &str| sums.get(id).copied().unwrap_or_default();
        let mut reports = Vec::new();
        for line in reads.budget_lines().await? {
            let costs = reads.costs_of(&line.id, COSTS_MAX).await?;
            reports.push(BudgetReport {
                spent: of(&spent, &line.id),
                left: of(&left, &line.id),
                line,
                costs,
            });
        }
        Ok(reports)
    }
}
