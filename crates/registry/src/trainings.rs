//! Training certificates of users, and the e-mail domains of institutions: both with their days.
//!
//! Owns the rows. Never decides what a missing one forbids.

use crate::error::Error;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::{InstitutionId, UserId};

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// Which training.
    pub training: String,
    /// First day it holds.
    pub valid_from: NaiveDate,
    /// Last day it holds.
    pub valid_to: NaiveDate,
    /// Where it is on record.
    pub source: String,
}

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
    /// A user's certificates, by training and first day.
    pub async fn trainings(&mut self, user: &UserId) -> Result<Vec<Training>, Error> {
        let sql = "SELECT training, valid_from, valid_to, source FROM user_trainings WHERE user_id = $1 \
            ORDER BY training, valid_from";
        row::all(sqlx::query(sql).bind(user.as_str()).fetch_all(self.db()).await?, |row| {
            Ok(Training {
                training: row.text("training")?,
                valid_from: row.parsed("valid_from")?,
                valid_to: row.parsed("valid_to")?,
                source: row.text("source")?,
            })
        })
    }

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
    /// Records a certificate, or brings the one of the same first day up to date.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such user.
    pub async fn put_training(&mut self, user: &UserId, training: &Training) -> Result<(), Error> {
        if self.user(user).await?.is_none() {
            return Err(Error::Unknown { kind: "user", id: user.to_string() });
        }
        let sql = "INSERT INTO user_trainings (user_id, training, valid_from, valid_to, source) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, training, valid_from) DO UPDATE SET \
            valid_to = excluded.valid_to, source = excluded.source";
        sqlx::query(sql)
            .bind(user.as_str())
            .bind(training.training.as_str())
            .bind(training.valid_from.to_string())
            .bind(training.valid_to.to_string())
            .bind(training.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

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
