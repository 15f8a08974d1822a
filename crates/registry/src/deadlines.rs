//! Deadlines of the life cycle of applications: dated rows with a source, kept like rules.
//!
//! Owns the rows. What falls due when is computed in casework.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_casework::{Act, State};
use serde::{Deserialize, Serialize};

/// One deadline in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// A state, a report, `clear-publication` or `sanction`.
    pub what: String,
    /// Days from entering the state, or from the day a report refers to.
    pub days: u32,
    /// Days before the due day from which one is reminded.
    pub remind_days: u32,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
}

/// Whether a deadline can be set for something.
pub(crate) fn can_be_due(what: &str) -> bool {
    let acts =
        [Act::ReportYearly, Act::ReportFinal, Act::ReportDeletion, Act::ClearPublication, Act::Sanction];
    what.parse::<State>().is_ok() || acts.iter().any(|act| act.name() == what)
}

impl Reads {
    /// Every deadline in every period, by what and first day.
    pub async fn deadlines(&mut self) -> Result<Vec<Deadline>, Error> {
        let sql = "SELECT what, days, remind_days, valid_from, valid_to, source FROM application_deadlines \
            ORDER BY what, valid_from";
        let days = |row: &sqlx::any::AnyRow, column: &'static str| {
            u32::try_from(row.number(column)?).map_err(|_| Error::Stored(column))
        };
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, |row| {
            Ok(Deadline {
                what: row.text("what")?,
                days: days(row, "days")?,
                remind_days: days(row, "remind_days")?,
                valid_from: row.parsed("valid_from")?,
                valid_to: row.maybe_date("valid_to")?,
                source: row.text("source")?,
            })
        })
    }
}

impl Tx {
    pub(crate) async fn replace_deadlines(&mut self, deadlines: &[Deadline]) -> Result<(), Error> {
        sqlx::query("DELETE FROM application_deadlines").execute(self.db()).await?;
        let sql = "INSERT INTO application_deadlines (what, days, remind_days, valid_from, valid_to, source) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        for deadline in deadlines {
            sqlx::query(sql)
                .bind(deadline.what.as_str())
                .bind(i64::from(deadline.days))
                .bind(i64::from(deadline.remind_days))
                .bind(deadline.valid_from.to_string())
                .bind(deadline.valid_to.map(|day| day.to_string()))
                .bind(deadline.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}

impl From<Deadline> for gj_casework::Deadline {
    fn from(row: Deadline) -> gj_casework::Deadline {
        let Deadline { what, days, remind_days, valid_from, valid_to, source } = row;
        gj_casework::Deadline { what, days, remind_days, valid_from, valid_to, source }
    }
}
