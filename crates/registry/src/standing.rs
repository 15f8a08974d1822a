//! How those who ask stand: trainings of users, agreements of institutions, sanctions against either.
//!
//! Owns the rows. Never decides what they are needed for: that is policy.

use crate::error::Error;
use crate::programme::date;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::{InstitutionId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

/// A training that a user completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Who.
    pub user: UserId,
    /// Which.
    pub name: String,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day: certificates expire.
    #[serde(deserialize_with = "date::read")]
    pub valid_to: NaiveDate,
    /// The certificate.
    pub source: String,
}

/// An agreement that an institution signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Who.
    pub institution: InstitutionId,
    /// About which dataset, signed by its contributor; empty: the consortium's, about all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dataset: String,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Digest of what was signed.
    pub digest: String,
    /// Where it is kept.
    pub source: String,
}

/// A sanction after a breach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sanction {
    /// The institution.
    pub institution: InstitutionId,
    /// Its user; empty: everybody of the institution.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// First day.
    #[serde(deserialize_with = "date::read")]
    pub valid_from: NaiveDate,
    /// Last day; open when absent.
    #[serde(default, deserialize_with = "date::read_maybe", skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The decision.
    pub source: String,
}

fn training(row: &AnyRow) -> Result<Training, Error> {
    Ok(Training {
        user: row.parsed("user_id")?,
        name: row.text("name")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.parsed("valid_to")?,
        source: row.text("source")?,
    })
}

fn agreement(row: &AnyRow) -> Result<Agreement, Error> {
    Ok(Agreement {
        institution: row.parsed("institution")?,
        dataset: row.text("dataset")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        digest: row.text("digest")?,
        source: row.text("source")?,
    })
}

fn sanction(row: &AnyRow) -> Result<Sanction, Error> {
    Ok(Sanction {
        institution: row.parsed("institution")?,
        user: row.text("user_id")?,
        valid_from: row.parsed("valid_from")?,
        valid_to: row.maybe_date("valid_to")?,
        source: row.text("source")?,
    })
}

impl Reads {
    /// Every training, by user, name and first day.
    pub async fn trainings(&mut self) -> Result<Vec<Training>, Error> {
        let sql = "SELECT user_id, name, valid_from, valid_to, source FROM trainings \
            ORDER BY user_id, name, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, training)
    }

    /// Every training of one user.
    pub async fn trainings_of(&mut self, user: &UserId) -> Result<Vec<Training>, Error> {
        let sql = "SELECT user_id, name, valid_from, valid_to, source FROM trainings WHERE user_id = $1 \
            ORDER BY name, valid_from";
        row::all(sqlx::query(sql).bind(user.as_str()).fetch_all(self.db()).await?, training)
    }

    /// Every agreement, by institution, dataset and first day.
    pub async fn agreements(&mut self) -> Result<Vec<Agreement>, Error> {
        let sql = "SELECT institution, dataset, valid_from, valid_to, digest, source FROM agreements \
            ORDER BY institution, dataset, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, agreement)
    }

    /// Every agreement of one institution.
    pub async fn agreements_of(&mut self, institution: &InstitutionId) -> Result<Vec<Agreement>, Error> {
        let sql = "SELECT institution, dataset, valid_from, valid_to, digest, source FROM agreements \
            WHERE institution = $1 ORDER BY dataset, valid_from";
        row::all(sqlx::query(sql).bind(institution.as_str()).fetch_all(self.db()).await?, agreement)
    }

    /// Every sanction, by institution, user and first day.
    pub async fn sanctions(&mut self) -> Result<Vec<Sanction>, Error> {
        let sql = "SELECT institution, user_id, valid_from, valid_to, source FROM sanctions \
            ORDER BY institution, user_id, valid_from";
        row::all(sqlx::query(sql).fetch_all(self.db()).await?, sanction)
    }

    /// Every sanction against one institution or any of its users: the programme's, and those that ended an
    /// application.
    pub async fn sanctions_of(&mut self, institution: &InstitutionId) -> Result<Vec<Sanction>, Error> {
        let sql = "SELECT institution, user_id, valid_from, valid_to, source FROM sanctions \
            WHERE institution = $1 UNION ALL \
            SELECT u.institution, s.user_id, s.valid_from, s.valid_to, s.source FROM application_sanctions s \
            JOIN users u ON u.id = s.user_id WHERE u.institution = $1 ORDER BY user_id, valid_from";
        row::all(sqlx::query(sql).bind(institution.as_str()).fetch_all(self.db()).await?, sanction)
    }
}

impl Tx {
    /// Records a training, or brings the one of the same first day up to date.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such user.
    pub async fn put_training(&mut self, training: &Training) -> Result<(), Error> {
        if self.user(&training.user).await?.is_none() {
            return Err(Error::Unknown { kind: "user", id: training.user.to_string() });
        }
        let sql = "INSERT INTO trainings (user_id, name, valid_from, valid_to, source) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (user_id, name, valid_from) DO UPDATE SET valid_to = excluded.valid_to, \
            source = excluded.source";
        sqlx::query(sql)
            .bind(training.user.as_str())
            .bind(training.name.as_str())
            .bind(training.valid_from.to_string())
            .bind(training.valid_to.to_string())
            .bind(training.source.as_str())
            .execute(self.db())
            .await?;
        Ok(())
    }

    pub(crate) async fn replace_trainings(&mut self, trainings: &[Training]) -> Result<(), Error> {
        sqlx::query("DELETE FROM trainings").execute(self.db()).await?;
        for training in trainings {
            let sql = "INSERT INTO trainings (user_id, name, valid_from, valid_to, source) \
                VALUES ($1, $2, $3, $4, $5)";
            sqlx::query(sql)
                .bind(training.user.as_str())
                .bind(training.name.as_str())
                .bind(training.valid_from.to_string())
                .bind(training.valid_to.to_string())
                .bind(training.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn replace_agreements(&mut self, agreements: &[Agreement]) -> Result<(), Error> {
        sqlx::query("DELETE FROM agreements").execute(self.db()).await?;
        for agreement in agreements {
            let sql = "INSERT INTO agreements (institution, dataset, valid_from, valid_to, digest, source) \
                VALUES ($1, $2, $3, $4, $5, $6)";
            sqlx::query(sql)
                .bind(agreement.institution.as_str())
                .bind(agreement.dataset.as_str())
                .bind(agreement.valid_from.to_string())
                .bind(agreement.valid_to.map(|day| day.to_string()))
                .bind(agreement.digest.as_str())
                .bind(agreement.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn replace_sanctions(&mut self, sanctions: &[Sanction]) -> Result<(), Error> {
        sqlx::query("DELETE FROM sanctions").execute(self.db()).await?;
        for sanction in sanctions {
            let sql = "INSERT INTO sanctions (institution, user_id, valid_from, valid_to, source) \
                VALUES ($1, $2, $3, $4, $5)";
            sqlx::query(sql)
                .bind(sanction.institution.as_str())
                .bind(sanction.user.as_str())
                .bind(sanction.valid_from.to_string())
                .bind(sanction.valid_to.map(|day| day.to_string()))
                .bind(sanction.source.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }
}
