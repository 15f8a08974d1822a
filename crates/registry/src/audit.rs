//! The audit log: one line an act, each bound to the one before by a hash.
//!
//! Owns the lines' form and adding to the end. Never changes or deletes a line (the database refuses
//! it too), and no caller puts the name of a participant or a sample into one.
//!
//! A line's text is a JSON object with its keys in this order and no white space between them:
//! `{"seq":1,"at":"…","actor":"…","act":"…","subject":"…","outcome":"…","detail":{…}}`.
//! Its hash is SHA-256 over the hash of the line before (64 hexadecimal digits; 64 zeros before the
//! first line), a line feed, and the text, written in lower-case hexadecimal.

mod export;
mod verify;

pub use verify::{ChainFault, Verified};

use crate::error::Error;
use crate::instant;
use crate::registry::{Reads, Tx};
use crate::row::{self, Columns};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};

/// What stands before the first line.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Columns of a line.
const COLUMNS: usize = 9;
/// Lines that one statement adds at most. A statement is prepared once for each number of them.
const INSERTED_TOGETHER: usize = 32;

/// A line about to be written.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// When, RFC 3339.
    pub at: &'a str,
    /// Who: a user's id, or that of a system actor.
    pub actor: &'a str,
    /// The act, out of [`crate::ACTS`] or `system.…`.
    pub act: &'a str,
    /// What it was done to: a freeze, a batch, an institution, a receipt.
    pub subject: &'a str,
    /// How it ended: `done`, `answered`, `refused`, `failed`.
    pub outcome: &'a str,
    /// What an auditor needs to judge it: region, purpose, codes of the reasons, counts.
    pub detail: Value,
}

/// A line as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1 for the first, without gaps.
    pub seq: i64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// The act.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// How it ended.
    pub outcome: String,
    /// JSON text, exactly as hashed.
    pub detail: String,
    /// Hash of the line before.
    pub prev_hash: String,
    /// Hash of this line.
    pub hash: String,
}

/// The end of the chain: the last line and its hash stand for everything before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the last line; 0 when there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl Line {
    /// The text the hash covers.
    pub fn text(&self) -> String {
        let quoted = |text: &str| Value::from(text).to_string();
        format!(
            r#"{{"seq":{},"at":{},"actor":{},"act":{},"subject":{},"outcome":{},"detail":{}}}"#,
            self.seq,
            quoted(&self.at),
            quoted(&self.actor),
            quoted(&self.act),
            quoted(&self.subject),
            quoted(&self.outcome),
            // The stored text as it is: hashing a re-written form would hide a changed one.
            self.detail
        )
    }

    fn computed_hash(&self) -> String {
        sha256_hex(format!("{}\n{}", self.prev_hash, self.text()).as_bytes())
    }
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(row: &AnyRow) -> Result<Line, Error> {
    Ok(Line {
        seq: row.number("seq")?,
        at: row.text("at")?,
        actor: row.text("actor")?,
        act: row.text("act")?,
        subject: row.text("subject")?,
        outcome: row.text("outcome")?,
        detail: row.text("detail")?,
        prev_hash: row.text("prev_hash")?,
        hash: row.text("hash")?,
    })
}

impl Reads {
    /// The end of the chain.
    pub async fn audit_head(&mut self) -> Result<Head, Error> {
        let sql = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
        match sqlx::query(sql).fetch_optional(self.db()).await? {
            Some(row) => Ok(Head { seq: row.number("seq")?, hash: row.text("hash")? }),
            None => Ok(Head { seq: 0, hash: GENESIS.to_owned() }),
        }
    }

    /// Up to `count_max` lines after line `after`, in order: a page of the log.
    pub async fn audit_lines(&mut self, after: i64, count_max: u32) -> Result<Vec<Line>, Error> {
        let sql = "SELECT seq, at, actor, act, subject, outcome, detail, prev_hash, hash FROM audit \
            WHERE seq > $1 ORDER BY seq LIMIT $2";
        let query = sqlx::query(sql).bind(after).bind(i64::from(count_max));
        row::all(query.fetch_all(self.db()).await?, read)
    }

    /// Whether the log has a line by this actor.
    pub(crate) async fn has_acted(&mut self, actor: &str) -> Result<bool, Error> {
        let sql = "SELECT COUNT(*) FROM audit WHERE actor = $1";
        let lines: i64 = sqlx::query_scalar(sql).bind(actor).fetch_one(self.db()).await?;
        Ok(lines > 0)
    }
}

impl Tx {
    /// Adds a line at the end; it becomes durable with the act it is about. Returns its number.
    pub async fn audit(&mut self, entry: &Entry<'_>) -> Result<i64, Error> {
        self.audit_all(std::slice::from_ref(entry)).await
    }

    /// Adds lines at the end, in their order. Returns the number of the last; 0 when there is none.
    pub async fn audit_all(&mut self, entries: &[Entry<'_>]) -> Result<i64, Error> {
        let mut before = match &self.head {
            Some(head) => head.clone(),
            None => self.audit_head().await?,
        };
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut line = Line {
                seq: before.seq + 1,
                at: instant::utc(entry.at)?,
                actor: entry.actor.to_owned(),
                act: entry.act.to_owned(),
                subject: entry.subject.to_owned(),
                outcome: entry.outcome.to_owned(),
                detail: entry.detail.to_string(),
                prev_hash: before.hash,
                hash: String::new(),
            };
            line.hash = line.computed_hash();
            before = Head { seq: line.seq, hash: line.hash.clone() };
            lines.push(line);
        }
        for some in lines.chunks(INSERTED_TOGETHER) {
            insert(self.db(), some).await?;
        }
        if !lines.is_empty() {
            self.head = Some(before.clone());
        }
        Ok(if lines.is_empty() { 0 } else { before.seq })
    }
}

async fn insert(connection: &mut AnyConnection, lines: &[Line]) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO audit (seq, at, actor, act, subject, outcome, detail, prev_hash, hash) VALUES {}",
        row::marks(lines.len(), COLUMNS)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for line in lines {
        query = query
            .bind(line.seq)
            .bind(line.at.as_str())
            .bind(line.actor.as_str())
            .bind(line.act.as_str())
            .bind(line.subject.as_str())
            .bind(line.outcome.as_str())
            .bind(line.detail.as_str())
            .bind(line.prev_hash.as_str())
            .bind(line.hash.as_str());
    }
    query.execute(connection).await?;
    Ok(())
}
