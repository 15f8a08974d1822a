//! Payments: what an institution has paid for, and the days that covers.
//!
//! Owns the rows. Never decides who has to pay.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::InstitutionId;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// One payment received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Its number.
    pub id: String,
    /// Who paid.
    pub institution: InstitutionId,
    /// When the money arrived.
    #[serde(deserialize_with = "date::read")]
    pub paid_on: NaiveDate,
    /// First day of use it covers.
    #[serde(deserialize_with = "date::read")]
    pub covers_from: NaiveDate,
    /// Last day of use it covers.
    #[serde(deserialize_with = "date::read")]
    pub covers_to: NaiveDate,
    /// Whole yen, without consumption tax.
    pub amount_yen: i64,
    /// What was paid for.
    pub what: String,
    /// Where the amount comes from.
    pub source: String,
}

fn read(row: &AnyRow) -> Result<Payment, Error> {
    Ok(Payment {
        id: row.text("id")?,
        institution: row.parsed("institution")?,
        paid_on: row.parsed("paid_on")?,
        covers_from: row.parsed("covers_from")?,
        covers_to: row.parsed("covers_to")?,
        amount_yen: row.number("amount_yen")?,
        what: row.text("what")?,
        source: row.text("source")?,
    })
}

impl Reads {
    /// Every payment, by id.
    pub async fn payments(&mut self) -> Result<Vec<Payment>, Error> {
        let sql = "SELECT id, institution, paid_on, covers_from, covers_to, amount_yen, what, source \
            FROM payments ORDER BY id";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)
    }

    /// The institution's payments that cover a day, by id.
    pub async fn payments_covering(
        &mut self,
        institution: &InstitutionId,
        today: NaiveDate,
    ) -> Result<Vec<Payment>, Error> {
        let sql = "SELECT id, institution, paid_on, covers_from, covers_to, amount_yen, what, source \
            FROM payments WHERE institution = $1 AND paid_on <= $2 AND covers_from <= $2 AND covers_to >= $2 \
            ORDER BY id";
        let query = sqlx::query(sql).bind(institution.as_str()).bind(today.to_string());
        row::all(query.fetch_all(self.db()).await?, read)
    }
}

impl Tx {
    /// Records a payment, or brings its row up to date.
    pub async fn put_payment(&mut self, payment: &Payment) -> Result<(), Error> {
        let sql = "INSERT INTO payments (id, institution, paid_on, covers_from, covers_to, amount_yen, what, \
            source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
            institution = excluded.institution, paid_on = excluded.paid_on, \
            covers_from = excluded.covers_from, covers_to = excluded.covers_to, \
            amount_yen = excluded.amount_yen, what = excluded.what, source = excluded.source";
        sqlx::query(sql)
            .bind(payment.id.as_str())
            .bind(payment.institution.as_str())
            .bind(payment.paid_on.to_string())
            .bind(payment.covers_from.to_string())
            .bind(payment.covers_to.to_string())
            .bind(payment.amount_yen)
            .bind(payment.what.as_str())
            .bind(payment.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    pub(crate) async fn remove_payment(&mut self, id: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM payments WHERE id = $1").bind(id).execute(self.db()).await?;
        Ok(())
    }
}
