//! Extracts: which genotypes may be written out for whom until when, what was written, and who was in it.
//!
//! Owns the rows. An approval is never changed but for its revocation. The secret that pseudonyms are
//! made with leaves only through [`Reads::extract_secret`]. Never decides whether one may be written.

use crate::error::Error;
use crate::instant;
use crate::lists::{self, ITEMS_A_STATEMENT_MAX};
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use chrono::NaiveDate;
use gj_model::{ExtractId, FreezeName, InstitutionId, Purpose, Region, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// Its id.
    pub id: ExtractId,
    /// The release whose people it is of.
    pub freeze: FreezeName,
    /// Who may write it and receives it.
    pub recipient: UserId,
    /// What for.
    pub purpose: Purpose,
    /// Where; ascending, without overlap.
    pub regions: Vec<Region>,
    /// People of these strata only; empty: of all.
    pub strata: Vec<String>,
    /// People of these contributors only; empty: of all.
    pub institutions: Vec<InstitutionId>,
    /// Whether the files tell the sex of each person.
    pub tells_sex: bool,
    /// Last day on which it may be written.
    pub valid_to: NaiveDate,
    /// The committee's decision, as cited.
    pub reference: String,
    /// Who approved.
    pub approved_by: UserId,
    /// When, RFC 3339 in UTC.
    pub approved_at: String,
    /// When it was revoked, RFC 3339 in UTC.
    pub revoked_at: Option<String>,
}

/// One writing of an extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Writing {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// In which format.
    pub format: String,
    /// People in it.
    pub people: u64,
    /// Sites in it.
    pub sites: u64,
    /// Digest of each file, by its suffix.
    pub files: BTreeMap<String, String>,
}

const COLUMNS: &str = "SELECT id, freeze_name, recipient, purpose, regions, strata, institutions, tells_sex, \
    valid_to, reference, approved_by, approved_at, revoked_at FROM extracts";

fn json<T: DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, Error> {
    serde_json::from_str(&row.text(column)?).map_err(|_| Error::Stored(column))
}

fn read(row: &AnyRow) -> Result<Extract, Error> {
    let regions = row.text("regions")?;
    let region = |text: &str| text.parse().map_err(|_| Error::Stored("regions"));
    Ok(Extract {
        id: row.parsed("id")?,
        freeze: row.parsed("freeze_name")?,
        recipient: row.parsed("recipient")?,
        purpose: row.parsed("purpose")?,
        regions: regions.split(',').map(region).collect::<Result<_, _>>()?,
        strata: json(row, "strata")?,
        institutions: json(row, "institutions")?,
        tells_sex: row.flag("tells_sex")?,
        valid_to: row.parsed("valid_to")?,
        reference: row.text("reference")?,
        approved_by: row.parsed("approved_by")?,
        approved_at: row.text("approved_at")?,
        revoked_at: row.maybe_text("revoked_at")?,
    })
}

impl Reads {
    /// Every approval, oldest first.
    pub async fn extracts(&mut self) -> Result<Vec<Extract>, Error> {
        let sql = format!("{COLUMNS} ORDER BY approved_at, id");
        row::all(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db()).await?, read)
    }

    /// One approval, if it exists.
    pub async fn extract(&mut self, id: &ExtractId) -> Result<Option<Extract>, Error> {
        let sql = format!("{COLUMNS} WHERE id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.as_str());
        query.fetch_optional(self.db()).await?.as_ref().map(read).transpose()
    }

    /// The secret its pseudonyms are made with, in hexadecimal. Never for a message or a log.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such extract.
    pub async fn extract_secret(&mut self, id: &ExtractId) -> Result<String, Error> {
        let query = sqlx::query_scalar("SELECT secret FROM extracts WHERE id = $1").bind(id.as_str());
        let found: Option<String> = query.fetch_optional(self.db()).await?;
        found.ok_or_else(|| unknown(id))
    }

    /// What was written under an approval, oldest first.
    pub async fn extract_writings(&mut self, id: &ExtractId) -> Result<Vec<Writing>, Error> {
        let sql = "SELECT written_at, format, people_count, site_count, files FROM extract_writings \
            WHERE extract_id = $1 ORDER BY number";
        let rows = sqlx::query(sql).bind(id.as_str()).fetch_all(self.db()).await?;
        row::all(rows, |row| {
            Ok(Writing {
                at: row.text("written_at")?,
                format: row.text("format")?,
                people: row.count("people_count")?,
                sites: row.count("site_count")?,
                files: json(row, "files")?,
            })
        })
    }

    /// The extracts that were written with a person in them, by id.
    pub async fn extracts_of_person(&mut self, person_key: i64) -> Result<Vec<ExtractId>, Error> {
        let sql = "SELECT extract_id FROM extract_people WHERE person_key = $1 ORDER BY extract_id";
        let rows = sqlx::query(sql).bind(person_key).fetch_all(self.db()).await?;
        row::all(rows, |row| row.parsed("extract_id"))
    }

    /// People in an extract who have withdrawn since, or no longer allow its use, by number.
    pub async fn extract_leavers(&mut self, id: &ExtractId) -> Result<Vec<i64>, Error> {
        let sql = "SELECT p.person_key FROM extract_people e JOIN people p ON p.person_key = e.person_key \
            WHERE e.extract_id = $1 AND (p.withdrawn_at IS NOT NULL OR p.person_key IN \
            (SELECT c.person_key FROM consent_changes c JOIN consent_change_extracts x ON x.receipt = c.receipt \
            WHERE x.extract_id = $1)) ORDER BY p.person_key";
        Ok(sqlx::query_scalar(sql).bind(id.as_str()).fetch_all(self.db()).await?)
    }

    /// Whether anything was approved for a user: such an account stays.
    pub(crate) async fn receives_extracts(&mut self, user: &str) -> Result<bool, Error> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM extracts WHERE recipient = $1").bind(user);
        let extracts: i64 = query.fetch_one(self.db()).await?;
        Ok(extracts > 0)
    }
}

impl Tx {
    /// Records an approval with the secret of its pseudonyms.
    ///
    /// # Errors
    /// [`Error::Taken`] when the id exists.
    pub async fn insert_extract(&mut self, extract: &Extract, secret: &str) -> Result<(), Error> {
        if self.extract(&extract.id).await?.is_some() {
            return Err(Error::Taken { kind: "extract", id: extract.id.to_string() });
        }
        let regions: Vec<String> = extract.regions.iter().map(ToString::to_string).collect();
        let sql = "INSERT INTO extracts (id, freeze_name, recipient, purpose, regions, strata, institutions, \
            tells_sex, valid_to, reference, approved_by, approved_at, secret) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        sqlx::query(sql)
            .bind(extract.id.as_str())
            .bind(extract.freeze.as_str())
            .bind(extract.recipient.as_str())
            .bind(extract.purpose.to_string())
            .bind(regions.join(","))
            .bind(serde_json::json!(extract.strata).to_string())
            .bind(serde_json::json!(extract.institutions).to_string())
            .bind(i64::from(extract.tells_sex))
            .bind(extract.valid_to.to_string())
            .bind(extract.reference.as_str())
            .bind(extract.approved_by.as_str())
            .bind(instant::utc(&extract.approved_at)?)
            .bind(secret)
            .execute(self.db())
            .await?;
        Ok(())
    }

    /// Takes an approval back; the first revocation holds.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such extract that is not revoked.
    pub async fn revoke_extract(&mut self, id: &ExtractId, by: &str, at: &str) -> Result<(), Error> {
        let sql = "UPDATE extracts SET revoked_by = $2, revoked_at = $3 WHERE id = $1 AND revoked_at IS NULL";
        let query = sqlx::query(sql).bind(id.as_str()).bind(by).bind(instant::utc(at)?);
        match query.execute(self.db()).await?.rows_affected() {
            0 => Err(unknown(id)),
            _ => Ok(()),
        }
    }

    /// Records a writing and the people in it, so that a withdrawal can name the extract.
    pub async fn insert_writing(
        &mut self,
        id: &ExtractId,
        people: &[i64],
        writing: &Writing,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO extract_writings (extract_id, number, written_at, format, people_count, \
            site_count, files) SELECT $1, COUNT(*) + 1, $2, $3, $4, $5, $6 FROM extract_writings \
            WHERE extract_id = $1";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(instant::utc(&writing.at)?)
            .bind(writing.format.as_str())
            .bind(writing.people as i64)
            .bind(writing.sites as i64)
            .bind(serde_json::json!(writing.files).to_string())
            .execute(self.db())
            .await?;
        for keys in people.chunks(ITEMS_A_STATEMENT_MAX) {
            let list = lists::items(2, keys.len());
            let sql = format!(
                "INSERT INTO extract_people (extract_id, person_key) SELECT $1, person_key FROM people \
                WHERE person_key IN ({list}) ON CONFLICT DO NOTHING"
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id.as_str());
            for key in keys {
                query = query.bind(*key);
            }
            query.execute(self.db()).await?;
        }
        Ok(())
    }
}

fn unknown(id: &ExtractId) -> Error {
    Error::Unknown { kind: "extract", id: id.to_string() }
}
