//! Rows of budget lines by ministry and fiscal year, and of costs booked to them.

use super::yen;
use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_money::Yen;
use serde::Serialize;

/// A line of a ministry's budget for a fiscal year; what is left of it is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BudgetLine {
    /// Its id.
    pub id: String,
    /// Whose budget.
    pub ministry: String,
    /// The year it begins in.
    pub fiscal_year: i32,
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// The budget it stands in.
    pub source: String,
}

/// A cost booked to a budget line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostRow {
    /// Entry of the ledger.
    pub entry: u64,
    /// The budget line.
    pub budget_line: String,
    /// What kind: `sequencing`, `storage` …
    pub category: String,
    /// How much.
    pub amount: Yen,
    /// When.
    pub spent_on: NaiveDate,
    /// For what.
    pub what: String,
    /// The voucher.
    pub source: String,
}

impl Reads {
    /// Every budget line, by year and id.
    pub async fn budget_lines(&mut self) -> Result<Vec<BudgetLine>, Error> {
        let sql = "SELECT id, ministry, fiscal_year, name_ja, name_en, source FROM budget_lines \
            ORDER BY fiscal_year, id";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(BudgetLine {
                id: row.text("id")?,
                ministry: row.text("ministry")?,
                fiscal_year: i32::try_from(row.number("fiscal_year")?)
                    .map_err(|_| Error::Stored("fiscal_year"))?,
                name_ja: row.text("name_ja")?,
                name_en: row.text("name_en")?,
                source: row.text("source")?,
            })
        })
    }

    /// What was spent by category, without what was reversed.
    pub async fn costs_by_category(&mut self) -> Result<Vec<(String, Yen)>, Error> {
        let sql = "SELECT category, CAST(SUM(amount_yen) AS BIGINT) AS spent FROM costs c WHERE NOT EXISTS \
            (SELECT 1 FROM entries e WHERE e.reverses = c.entry) GROUP BY category ORDER BY category";
        let rows = sqlx::query(sql).fetch_all(self.db()).await?;
        row::all(rows, |row| Ok((row.text("category")?, yen(row, "spent")?)))
    }

    /// Costs booked to a budget line that were not reversed, newest first, at most `limit`.
    pub async fn costs_of(&mut self, line: &str, limit: u32) -> Result<Vec<CostRow>, Error> {
        let sql = "SELECT entry, budget_line, category, amount_yen, spent_on, what, source FROM costs c \
            WHERE budget_line = $1 AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.reverses = c.entry) \
            ORDER BY entry DESC LIMIT $2";
        let query = sqlx::query(sql).bind(line).bind(i64::from(limit));
        row::all(query.fetch_all(self.db()).await?, |row| {
            Ok(CostRow {
                entry: row.count("entry")?,
                budget_line: row.text("budget_line")?,
                category: row.text("category")?,
                amount: yen(row, "amount_yen")?,
                spent_on: row.parsed("spent_on")?,
                what: row.text("what")?,
                source: row.text("source")?,
            })
        })
    }

    /// Genomes that are held: samples in at least one batch.
    pub async fn genome_count(&mut self) -> Result<u64, Error> {
        let query = sqlx::query("SELECT COUNT(DISTINCT sample_key) AS genomes FROM batch_samples");
        query.fetch_one(self.db()).await?.count("genomes")
    }
}

impl Tx {
    /// Adds a budget line; one that is there stays as it is.
    pub async fn add_budget_line(&mut self, line: &BudgetLine) -> Result<(), Error> {
        let sql = "INSERT INTO budget_lines (id, ministry, fiscal_year, name_ja, name_en, source) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
        sqlx::query(sql)
            .bind(line.id.as_str())
            .bind(line.ministry.as_str())
            .bind(i64::from(line.fiscal_year))
            .bind(line.name_ja.as_str())
            .bind(line.name_en.as_str())
            .bind(line.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Records a cost.
    pub async fn insert_cost(&mut self, cost: &CostRow) -> Result<(), Error> {
        let sql = "INSERT INTO costs (entry, budget_line, category, amount_yen, spent_on, what, source) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        sqlx::query(sql)
            .bind(i64::try_from(cost.entry).map_err(|_| Error::Stored("entry"))?)
            .bind(cost.budget_line.as_str())
            .bind(cost.category.as_str())
            .bind(cost.amount.get())
            .bind(cost.spent_on.to_string())
            .bind(cost.what.as_str())
            .bind(cost.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }
}
