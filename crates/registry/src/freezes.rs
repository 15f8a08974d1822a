//! Freezes: named, citable releases, the batches in each, and the panel that answers for it now.
//!
//! Owns the rows. The digest of a freeze is that of its day and never changes; the panel does, when
//! somebody withdraws. Never counts.

use crate::consent_changes::ConsentSpan;
use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use gj_model::{BatchId, FreezeName, PanelId};
use sqlx::any::AnyRow;

/// One freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// Its name, for citing.
    pub name: FreezeName,
    /// The panel that answers for it now.
    pub panel: PanelId,
    /// The panel counted on its day.
    pub first_panel: PanelId,
    /// The citable digest, as on its day.
    pub digest: String,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// People counted on its day.
    pub people: u64,
    /// Variants counted on its day.
    pub variants: u64,
    /// Whether the panel still answers.
    pub state: PanelState,
    /// Digest of which sample its panel counts in which class; `None` where an older program counted it.
    pub assignment: Option<String>,
    /// Which changes of consent were known when it was frozen, and when its panel was counted.
    pub consents: ConsentSpan,
    /// The batches in it, by id.
    pub batches: Vec<BatchId>,
}

/// A freeze about to be recorded; its panel is the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFreeze {
    /// Its name.
    pub name: FreezeName,
    /// The panel just counted.
    pub panel: PanelId,
    /// The citable digest.
    pub digest: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// People counted.
    pub people: u64,
    /// Variants counted.
    pub variants: u64,
    /// Digest of which sample is counted in which class.
    pub assignment: String,
    /// Changes of consent known when it was counted.
    pub consents: u64,
    /// The batches in it.
    pub batches: Vec<BatchId>,
}

/// Whether a panel counts exactly the people it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelState {
    /// It does.
    Current,
    /// Somebody withdrew, or allows less, since it was counted: recount before answering from it.
    Stale,
}

fn read(row: &AnyRow) -> Result<Freeze, Error> {
    Ok(Freeze {
        name: row.parsed("name")?,
        panel: row.parsed("panel_id")?,
        first_panel: row.parsed("first_panel_id")?,
        digest: row.text("digest")?,
        created_at: row.text("created_at")?,
        people: row.count("people_count")?,
        variants: row.count("variant_count")?,
        state: if row.flag("stale")? { PanelState::Stale } else { PanelState::Current },
        assignment: row.maybe_text("assignment")?,
        consents: ConsentSpan { since: row.count("consents_frozen")?, until: row.count("consents_counted")? },
        batches: Vec::new(),
    })
}

impl Reads {
    /// Every freeze, oldest first.
    pub async fn freezes(&mut self) -> Result<Vec<Freeze>, Error> {
        let sql = "SELECT name, panel_id, first_panel_id, digest, created_at, people_count, variant_count, stale, \
            assignment, consents_frozen, consents_counted FROM freezes ORDER BY created_at, name";
        let mut freezes = row::all(sqlx::query(sql).fetch_all(self.db()).await?, read)?;
        for freeze in &mut freezes {
            freeze.batches = self.freeze_batches(&freeze.name).await?;
        }
        Ok(freezes)
    }

    /// One freeze, if it exists.
    pub async fn freeze(&mut self, name: &FreezeName) -> Result<Option<Freeze>, Error> {
        let sql = "SELECT name, panel_id, first_panel_id, digest, created_at, people_count, variant_count, stale, \
            assignment, consents_frozen, consents_counted FROM freezes WHERE name = $1";
        let row = sqlx::query(sql).bind(name.as_str()).fetch_optional(self.db()).await?;
        let Some(row) = row else { return Ok(None) };
        let mut freeze = read(&row)?;
        freeze.batches = self.freeze_batches(name).await?;
        Ok(Some(freeze))
    }

    /// The freezes that hold a batch with a sample of the person, oldest first.
    pub async fn freezes_of_person(&mut self, person_key: i64) -> Result<Vec<FreezeName>, Error> {
        let sql = "SELECT name FROM freezes WHERE name IN (SELECT f.freeze_name FROM freeze_batches f \
            JOIN batch_samples b ON b.batch_id = f.batch_id JOIN samples s ON s.sample_key = b.sample_key \
            WHERE s.person_key = $1) ORDER BY created_at, name";
        let rows = sqlx::query(sql).bind(person_key).fetch_all(self.db()).await?;
        row::all(rows, |row| row.parsed("name"))
    }

    async fn freeze_batches(&mut self, name: &FreezeName) -> Result<Vec<BatchId>, Error> {
        let sql = "SELECT batch_id FROM freeze_batches WHERE freeze_name = $1 ORDER BY batch_id";
        let rows = sqlx::query(sql).bind(name.as_str()).fetch_all(self.db()).await?;
        row::all(rows, |row| row.parsed("batch_id"))
    }
}

impl Tx {
    /// Records a freeze with a current panel.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name exists: a citable name never means two things.
    pub async fn insert_freeze(&mut self, freeze: &NewFreeze) -> Result<(), Error> {
        if self.freeze(&freeze.name).await?.is_some() {
            return Err(Error::Taken { kind: "freeze", id: freeze.name.to_string() });
        }
        let sql = "INSERT INTO freezes (name, panel_id, first_panel_id, digest, created_at, people_count, \
            variant_count, stale, assignment, consents_frozen, consents_counted) \
            VALUES ($1, $2, $2, $3, $4, $5, $6, 0, $7, $8, $8)";
        sqlx::query(sql)
            .bind(freeze.name.as_str())
            .bind(freeze.panel.as_str())
            .bind(freeze.digest.as_str())
            .bind(instant::utc(&freeze.created_at)?)
            .bind(freeze.people as i64)
            .bind(freeze.variants as i64)
            .bind(freeze.assignment.as_str())
            .bind(freeze.consents as i64)
            .execute(self.db())
            .await?;
        for batch in &freeze.batches {
            sqlx::query("INSERT INTO freeze_batches (freeze_name, batch_id) VALUES ($1, $2)")
                .bind(freeze.name.as_str())
                .bind(batch.as_str())
                .execute(self.db())
                .await?;
        }
        Ok(())
    }

    /// Puts another panel behind a freeze, one that counts exactly those it may by the first `consents`
    /// changes of consent.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such freeze.
    pub async fn set_panel(
        &mut self,
        name: &FreezeName,
        panel: &PanelId,
        assignment: &str,
        consents: u64,
    ) -> Result<(), Error> {
        let sql = "UPDATE freezes SET panel_id = $2, stale = 0, assignment = $3, consents_counted = $4 \
            WHERE name = $1";
        let done = sqlx::query(sql)
            .bind(name.as_str())
            .bind(panel.as_str())
            .bind(assignment)
            .bind(consents as i64)
            .execute(self.db())
            .await?;
        match done.rows_affected() {
            0 => Err(Error::Unknown { kind: "freeze", id: name.to_string() }),
            _ => Ok(()),
        }
    }

    /// Marks every freeze that counts a person as stale, and names them, oldest first.
    pub async fn mark_stale(&mut self, person_key: i64) -> Result<Vec<FreezeName>, Error> {
        let freezes = self.freezes_of_person(person_key).await?;
        for name in &freezes {
            self.mark_freeze_stale(name).await?;
        }
        Ok(freezes)
    }

    /// Marks one freeze as stale.
    pub async fn mark_freeze_stale(&mut self, name: &FreezeName) -> Result<(), Error> {
        let sql = "UPDATE freezes SET stale = 1 WHERE name = $1";
        sqlx::query(sql).bind(name.as_str()).execute(self.db()).await?;
        Ok(())
    }
}
