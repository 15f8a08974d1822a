//! Which database holds the registry, and the few things the two do differently.
//!
//! Owns the choice only: what each does is in `sqlite.rs` and `postgres.rs`. Never holds a statement
//! about a noun.

use crate::error::Error;
use crate::{postgres, sqlite};
use sqlx::{Any, AnyConnection, AnyPool, Transaction};

/// The database under a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// A file of this machine, read and written by this process.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// A transaction that sees one moment and cannot write.
    pub(crate) async fn begin_read(self, readers: &AnyPool) -> Result<Transaction<'static, Any>, Error> {
        let statement = match self {
            Engine::Sqlite => sqlite::BEGIN_READ,
            Engine::Postgres => postgres::BEGIN_READ,
        };
        Ok(readers.begin_with(statement).await?)
    }

    /// The one transaction that writes, once no other does.
    pub(crate) async fn begin_write(self, writer: &AnyPool) -> Result<Transaction<'static, Any>, Error> {
        match self {
            Engine::Sqlite => Ok(writer.begin_with(sqlite::BEGIN_WRITE).await?),
            Engine::Postgres => postgres::begin_write(writer).await,
        }
    }

    /// The statements that refuse every change of an audit line.
    pub(crate) fn audit_guard(self) -> &'static str {
        match self {
            Engine::Sqlite => sqlite::AUDIT_GUARD,
            Engine::Postgres => postgres::AUDIT_GUARD,
        }
    }

    /// The statements that refuse every change of the books.
    pub(crate) fn money_guard(self) -> &'static str {
        match self {
            Engine::Sqlite => sqlite::MONEY_GUARD,
            Engine::Postgres => postgres::MONEY_GUARD,
        }
    }

    pub(crate) async fn integrity(self, connection: &mut AnyConnection) -> Result<(), Error> {
        match self {
            Engine::Sqlite => sqlite::integrity(connection).await,
            Engine::Postgres => postgres::integrity(connection).await,
        }
    }

    pub(crate) async fn empty_log(self, writer: &AnyPool) -> Result<bool, Error> {
        match self {
            Engine::Sqlite => sqlite::empty_log(writer).await,
            Engine::Postgres => postgres::remove_old_rows(writer).await,
        }
    }
}
