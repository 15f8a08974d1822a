//! The revision: a number that moves with every transaction that may change what a decision rests on; and a second
//! one, that moves with what anybody was shown.
//!
//! Owns the numbers. Whoever holds something computed from the registry knows by them whether that still
//! holds, also when another process wrote. Never says what changed.

use crate::audit::{GENESIS, Head};
use crate::error::Error;
use crate::registry::{Reads, Registry, Tx};
use crate::row::Columns;
use sqlx::AnyConnection;

/// A moment of the registry as far as decisions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(i64);

/// The revisions that a transaction sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revisions {
    /// Of what decisions rest on.
    pub decisions: Revision,
    /// Of what anybody was shown.
    pub shown: Revision,
}

impl Registry {
    /// The revision now: a statement of its own, without the cost of a transaction.
    ///
    /// # Errors
    /// [`Error::Busy`] when every reading connection stays in use.
    pub async fn revision(&self) -> Result<Revision, Error> {
        read(&mut *self.readers().acquire().await?).await
    }

    /// Starts a transaction for answers and refusals: it may add audit lines and what is written beside
    /// them for the record, but nothing that a decision rests on. The revision stays.
    ///
    /// # Errors
    /// As [`Registry::begin`].
    pub async fn begin_answers(&self) -> Result<(Tx, Revisions), Error> {
        let mut tx = self.begin_unchecked().await?;
        // One statement instead of four: for each, another thread is woken, which is most of what a group costs.
        let sql = "SELECT number, shown, COALESCE(seq, 0) AS seq, COALESCE(hash, '') AS hash, \
            COALESCE((SELECT place FROM registry_moves WHERE kind = 'moved'), '') AS place \
            FROM revisions LEFT JOIN (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1) AS ends ON TRUE";
        let row = sqlx::query(sql).fetch_one(tx.db()).await?;
        let place = row.text("place")?;
        if !place.is_empty() {
            return Err(Error::Moved(place));
        }
        tx.head = Some(match row.number("seq")? {
            0 => Head { seq: 0, hash: GENESIS.to_owned() },
            seq => Head { seq, hash: row.text("hash")? },
        });
        let (decisions, shown) = (Revision(row.number("number")?), Revision(row.number("shown")?));
        Ok((tx, Revisions { decisions, shown }))
    }
}

impl Reads {
    /// The revision of the moment that is read.
    ///
    /// # Errors
    /// The database's.
    pub async fn revision(&mut self) -> Result<Revision, Error> {
        read(self.db()).await
    }

    /// The revision of what anybody was shown, at the moment that is read.
    ///
    /// # Errors
    /// The database's.
    pub async fn revision_of_shown(&mut self) -> Result<Revision, Error> {
        let sql = "SELECT shown FROM revisions";
        Ok(Revision(sqlx::query_scalar(sql).fetch_one(self.db()).await?))
    }
}

impl Tx {
    /// Moves the revision on; seen by others once the transaction commits.
    pub(crate) async fn move_revision(&mut self) -> Result<(), Error> {
        sqlx::query("UPDATE revisions SET number = number + 1").execute(self.db()).await?;
        Ok(())
    }

    /// Moves on the revision of what anybody was shown; returns it.
    pub(crate) async fn move_shown(&mut self) -> Result<Revision, Error> {
        let sql = "UPDATE revisions SET shown = shown + 1 RETURNING shown";
        Ok(Revision(sqlx::query_scalar(sql).fetch_one(self.db()).await?))
    }
}

async fn read(connection: &mut AnyConnection) -> Result<Revision, Error> {
    Ok(Revision(sqlx::query_scalar("SELECT number FROM revisions").fetch_one(connection).await?))
}
