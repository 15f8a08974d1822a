//! Rows of contributions, of the discounts given for them, and of the head starts they brought.

use super::{document, json, maybe_day, number, yen};
use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::InstitutionId;
use gj_money::{Contribution, PriorityWindow, Yen};
use sqlx::any::AnyRow;

fn read(row: &AnyRow) -> Result<Contribution, Error> {
    Ok(Contribution {
        id: row.text("id")?,
        institution: row.text("institution")?,
        kind: row.parsed("kind")?,
        value: yen(row, "value_yen")?,
        given_on: row.parsed("given_on")?,
        datasets: document(row, "datasets")?,
        discount_basis_points: number(row, "discount_basis_points")?,
        discount_limit: yen(row, "discount_limit_yen")?,
        discount_to: row.parsed("discount_to")?,
        priority_to: row.maybe_date("priority_to")?,
        source: row.text("source")?,
    })
}

const COLUMNS: &str = "SELECT id, institution, kind, value_yen, given_on, datasets, discount_basis_points, \
    discount_limit_yen, discount_to, priority_to, source FROM contributions";

impl Reads {
    /// Whether a contribution of that number exists.
    pub async fn contribution_exists(&mut self, id: &str) -> Result<bool, Error> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM contributions WHERE id = $1").bind(id);
        let found: i64 = query.fetch_one(self.db()).await?;
        Ok(found > 0)
    }

    /// An institution's contributions, oldest first.
    pub async fn contributions_of(
        &mut self,
        institution: &InstitutionId,
    ) -> Result<Vec<Contribution>, Error> {
        let sql = format!("{COLUMNS} WHERE institution = $1 ORDER BY given_on, id");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(institution.as_str());
        row::all(query.fetch_all(self.db()).await?, read)
    }

    /// Yen that a contribution took off invoices which were not taken back whole.
    pub async fn discount_used(&mut self, contribution: &str) -> Result<Yen, Error> {
        let sql = "SELECT CAST(COALESCE(SUM(amount_yen), 0) AS BIGINT) FROM invoice_discounts d \
            WHERE contribution = $1 AND NOT EXISTS (SELECT 1 FROM credit_notes n WHERE n.invoice = d.invoice \
            AND n.leaves_net_yen = 0)";
        Ok(Yen::new(sqlx::query_scalar(sql).bind(contribution).fetch_one(self.db()).await?))
    }

    /// Every head start a contribution brought, by dataset and institution; each has a hard end.
    pub async fn contribution_windows(&mut self) -> Result<Vec<PriorityWindow>, Error> {
        let sql = "SELECT contribution, dataset, institution, valid_from, valid_to, source \
            FROM contribution_windows ORDER BY dataset, institution, valid_from, contribution";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(PriorityWindow {
                contribution: row.text("contribution")?,
                institution: row.text("institution")?,
                dataset: row.text("dataset")?,
                valid_from: row.parsed("valid_from")?,
                valid_to: row.parsed("valid_to")?,
                source: row.text("source")?,
            })
        })
    }
}

impl Tx {
    /// Records a contribution and its head starts.
    pub async fn insert_contribution(&mut self, contribution: &Contribution) -> Result<(), Error> {
        let sql = "INSERT INTO contributions (id, institution, kind, value_yen, given_on, datasets, \
            discount_basis_points, discount_limit_yen, discount_to, priority_to, source) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        sqlx::query(sql)
            .bind(contribution.id.as_str())
            .bind(contribution.institution.as_str())
            .bind(contribution.kind.name())
            .bind(contribution.value.get())
            .bind(contribution.given_on.to_string())
            .bind(json(&contribution.datasets, "datasets")?)
            .bind(i64::from(contribution.discount_basis_points))
            .bind(contribution.discount_limit.get())
            .bind(contribution.discount_to.to_string())
            .bind(maybe_day(contribution.priority_to))
            .bind(contribution.source.as_str())
            .execute(self.db())
            .await?;
        for window in contribution.windows() {
            let sql = "INSERT INTO contribution_windows (contribution, dataset, institution, valid_from, valid_to, \
                source) VALUES ($1, $2, $3, $4, $5, $6)";
            sqlx::query(sql)
                .bind(window.contribution.as_str())
                .bind(window.dataset.as_str())
                .bind(window.institution.as_str())
                .bind(window.valid_from.to_string())
                .bind(window.valid_to.to_string())
                .bind(window.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
