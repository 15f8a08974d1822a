//! What can go wrong in the registry, one variant for each thing a caller would do differently.
//!
//! Owns the messages. Never carries a participant's or a sample's name, nor a bound SQL value.

use crate::audit::ChainFault;
use crate::problems::Problems;
use crate::{postgres, sqlite};
use std::path::PathBuf;

/// Why the registry did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no registry where one was to be opened.
    #[error("no registry at `{0}`; restore it from a backup")]
    Missing(PathBuf),
    /// There is already a file where a registry was to be created.
    #[error("`{0}` already exists; choose an empty data directory")]
    Exists(PathBuf),
    /// The registry was written by a newer program.
    #[error("the registry has schema {found}, this program knows up to {known}; use a newer `gj`")]
    Newer {
        /// Schema of the file.
        found: i64,
        /// Newest schema this program knows.
        known: i64,
    },
    /// Another writer held the registry for too long.
    #[error("the registry is busy with another writer; try again")]
    Busy,
    /// A sample sheet was refused as a whole.
    #[error("sample sheet refused, nothing was registered: {0}")]
    Sheet(Problems),
    /// A file of phenotypes was refused as a whole.
    #[error("phenotypes refused, nothing was changed: {0}")]
    Phenotypes(Problems),
    /// A programme file was refused as a whole.
    #[error("programme refused, nothing was changed: {0}")]
    Programme(Problems),
    /// The named row does not exist.
    #[error("unknown {kind} `{id}`")]
    Unknown {
        /// Which noun.
        kind: &'static str,
        /// Its id; empty where the id is a person's.
        id: String,
    },
    /// The row exists already.
    #[error("{kind} `{id}` exists already; choose another name")]
    Taken {
        /// Which noun.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// A file with the same content was taken before.
    #[error("a file with this content is already in batch `{0}`; leave it out")]
    SourceTaken(String),
    /// The participant has withdrawn before.
    #[error("the participant has already withdrawn; see the receipt of that withdrawal")]
    AlreadyWithdrawn,
    /// The audit log is not what was written.
    #[error("audit log: {0}")]
    Chain(#[from] ChainFault),
    /// The database file is damaged.
    #[error("the registry is damaged: {0}; restore it from a backup")]
    Damaged(String),
    /// A stored value does not read back as what its column holds.
    #[error("the registry is damaged: a value of column `{0}` cannot be read; run `gj verify`")]
    Stored(&'static str),
    /// A time handed in is not a time.
    #[error("`{0}` is not a time; write RFC 3339, as in `2026-11-22T01:02:03Z`")]
    Time(String),
    /// A programme could not be written as TOML.
    #[error("the programme cannot be written as TOML: {0}")]
    Toml(#[from] toml::ser::Error),
    /// The file system failed.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The server, its address or its database does not do.
    #[error("the registry's server cannot be used: {0}")]
    Server(String),
    /// A database that was to become a registry holds something.
    #[error(
        "the registry's database is not empty: another directory uses it, or an `init` that did not finish did; name an empty one"
    )]
    ServerTaken,
    /// Another registry is in force.
    #[error("the registry was moved to `{0}`; start again what still has the old one open")]
    Moved(String),
    /// A copy that was never put in force.
    #[error(
        "the registry is an unfinished copy of `{0}`, which is in force; empty its database or remove its file before it is moved again"
    )]
    Arriving(String),
    /// A database that was to be a registry is none.
    #[error("the registry's database holds no registry; restore it from a backup, or name the right one")]
    ServerEmpty,
    /// The server does not answer.
    #[error("the registry's server does not answer ({0}); see that it runs, then try again")]
    Away(sqlx::Error),
    /// The disk under the database is full, or may not be written.
    #[error(
        "the registry cannot be read or written ({0}); make room on its disk, or let this user write there, then try again"
    )]
    Disk(sqlx::Error),
    /// The database failed.
    #[error("the registry database failed: {0}")]
    Database(sqlx::Error),
}

impl Error {
    /// An I/O error with what was being done.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Error {
        move |source| Error::Io { doing, source }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        match &error {
            sqlx::Error::PoolTimedOut => Error::Busy,
            sqlx::Error::Io(_) => Error::Away(error),
            sqlx::Error::Database(inner) => match inner.as_ref() {
                inner if sqlite::is_busy(inner) || postgres::is_busy(inner) => Error::Busy,
                inner if sqlite::is_disk(inner) || postgres::is_disk(inner) => Error::Disk(error),
                inner if postgres::is_away(inner) => Error::Away(error),
                _ => Error::Database(error),
            },
            _ => Error::Database(error),
        }
    }
}
