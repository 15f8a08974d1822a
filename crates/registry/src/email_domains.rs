//! Domains of the e-mail addresses of institutions, with their days.
//!
//! Owns the rows. Never decides whose address counts.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::InstitutionId;

/// A domain of an institution's e-mail addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailDomain {
    /// In small letters.
    pub domain: String,
    /// First day it holds.
    pub valid_from: NaiveDate,
    /// Last day it holds; `None`: no end is known.
    pub valid_to: Option<NaiveDate>,
    /// Where it is on record.
    pub source: String,
}

impl Reads {
    /// An institution's domains that hold on a day, by name.
    pub async fn email_domains(
        &mut self,
        institution: &InstitutionId,
        today: NaiveDate,
    ) -> Result<Vec<EmailDomain>, Error> {
        let sql = "SELECT domain, valid_from, valid_to, source FROM institution_domains \
            WHERE institution = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY domain";
        let query = sqlx::query(sql).bind(institution.as_str()).bind(today.to_string());
        row::all(query.fetch_all(self.db()).await?, |row| {
            Ok(EmailDomain {
                domain: row.text("domain")?,
                valid_from: row.parsed("valid_from")?,
                valid_to: row.maybe_date("valid_to")?,
                source: row.text("source")?,
            })
        })
    }
}

impl Tx {
    /// Records a domain, or brings the one of the same first day up to date.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such institution.
    pub async fn put_email_domain(
        &mut self,
        institution: &InstitutionId,
        domain: &EmailDomain,
    ) -> Result<(), Error> {
        if self.institution(institution).await?.is_none() {
            return Err(Error::Unknown { kind: "institution", id: institution.to_string() });
        }
        let sql = "INSERT INTO institution_domains (institution, domain, valid_from, valid_to, source) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (institution, domain, valid_from) DO UPDATE SET \
            valid_to = excluded.valid_to, source = excluded.source";
        sqlx::query(sql)
            .bind(institution.as_str())
            .bind(domain.domain.to_ascii_lowercase())
            .bind(domain.valid_from.to_string())
            .bind(domain.valid_to.map(|day| day.to_string()))
            .bind(domain.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }
}
