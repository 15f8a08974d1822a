//! The door of the registry: opening it, one moment to read, one transaction to write.
//!
//! Owns the connections and who may write when. Never holds a statement about a noun: those are in
//! the noun's own file.

use crate::audit::Head;
use crate::engine::Engine;
use crate::error::Error;
use crate::postgres::{self, Server};
use crate::{migrate, sqlite, transfer};
use sqlx::{Any, AnyConnection, AnyPool, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::Path;

/// An open registry. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Registry {
    readers: AnyPool,
    /// INVARIANT: one connection, so that writers of this process queue in order of arrival.
    writer: AnyPool,
    engine: Engine,
}

/// The registry as it was at one moment, whatever is written meanwhile.
#[derive(Debug)]
pub struct Reads {
    transaction: Transaction<'static, Any>,
}

/// A running change: reads its own writes, commits as a whole, and is undone when dropped.
#[derive(Debug)]
pub struct Tx {
    reads: Reads,
    pub(crate) head: Option<Head>,
}

impl Registry {
    /// Creates a registry in a file that must not exist yet, readable by its owner only.
    ///
    /// # Errors
    /// [`Error::Exists`] when there is a file already.
    pub async fn create(path: &Path) -> Result<Registry, Error> {
        sqlite::create_file(path)?;
        Registry::open(path).await
    }

    /// Opens a registry and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no file, [`Error::Newer`] when a newer program wrote it.
    pub async fn open(path: &Path) -> Result<Registry, Error> {
        if !path.is_file() {
            return Err(Error::Missing(path.to_owned()));
        }
        let writer = sqlite::open_writer(path).await?;
        migrate::run(&writer, Engine::Sqlite).await?;
        let readers = sqlite::open_readers(path).await?;
        Ok(Registry { readers, writer, engine: Engine::Sqlite })
    }

    /// Creates a registry in an empty database of a PostgreSQL server, `postgres://USER@HOST/DATABASE`.
    /// What an earlier try left there before it was interrupted is used.
    ///
    /// # Errors
    /// [`Error::ServerTaken`] when the database holds something else, [`Error::Server`] when it or its
    /// address does not do.
    pub async fn create_on(url: &str) -> Result<Registry, Error> {
        let server = Server::parse(url)?;
        let writer = server.open_writer().await?;
        let (empty, ours) = {
            let mut connection = writer.acquire().await?;
            let empty = postgres::is_empty(&mut connection).await?;
            (empty, postgres::has_table(&mut connection, migrate::VERSIONS_TABLE).await?)
        };
        writer.close().await;
        if !empty && !ours {
            return Err(Error::ServerTaken);
        }
        let registry = Registry::start(&server).await?;
        if registry.read().await?.settings().await?.is_some() {
            registry.close().await;
            return Err(Error::ServerTaken);
        }
        Ok(registry)
    }

    /// Opens the registry in a database of a PostgreSQL server and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::ServerEmpty`] when there is none, [`Error::Server`] when the database or its address
    /// does not do, [`Error::Newer`] when a newer program wrote it.
    pub async fn open_on(url: &str) -> Result<Registry, Error> {
        let server = Server::parse(url)?;
        let registry = Registry::start(&server).await?;
        if registry.read().await?.settings().await?.is_none() {
            registry.close().await;
            return Err(Error::ServerEmpty);
        }
        Ok(registry)
    }

    async fn start(server: &Server) -> Result<Registry, Error> {
        let writer = server.open_writer().await?;
        migrate::run(&writer, Engine::Postgres).await?;
        let readers = server.open_readers().await?;
        Ok(Registry { readers, writer, engine: Engine::Postgres })
    }

    /// The registry at this moment.
    ///
    /// # Errors
    /// [`Error::Busy`] when every reading connection stays in use.
    pub async fn read(&self) -> Result<Reads, Error> {
        Ok(Reads { transaction: self.engine.begin_read(&self.readers).await? })
    }

    /// Starts a change, once no other writer of this or another process is at work. When it commits, what
    /// was decided before no longer counts (see [`crate::Revision`]).
    ///
    /// # Errors
    /// [`Error::Busy`] when another writer does not finish in time.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let mut tx = self.begin_unchecked().await?;
        // Looked at under the write lock: whoever has it open since before learns that it was moved.
        if let Some(place) = transfer::mark(tx.db(), "moved").await? {
            return Err(Error::Moved(place));
        }
        tx.move_revision().await?;
        Ok(tx)
    }

    /// A change before anybody looked whether the registry was moved.
    pub(crate) async fn begin_unchecked(&self) -> Result<Tx, Error> {
        let transaction = self.engine.begin_write(&self.writer).await?;
        Ok(Tx { reads: Reads { transaction }, head: None })
    }

    /// Checks the database itself: references between tables; of a file also its pages and indices.
    ///
    /// # Errors
    /// [`Error::Damaged`] with the first finding.
    pub async fn integrity(&self) -> Result<(), Error> {
        self.engine.integrity(self.read().await?.db()).await
    }

    /// Removes what still stands of deleted rows: in a file's write-ahead log, which holds pages as they
    /// were before, or in a server's tables; `false` when a reader of this or another process is in the way.
    ///
    /// # Errors
    /// The database's.
    pub async fn empty_log(&self) -> Result<bool, Error> {
        self.engine.empty_log(&self.writer).await
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn readers(&self) -> &AnyPool {
        &self.readers
    }

    /// Waits for running work and closes the connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Reads {
    pub(crate) fn db(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl Tx {
    /// Makes the change durable. Returns the end of the audit chain when the change wrote to it or began with it:
    /// hand it to [`crate::anchor::write`].
    ///
    /// # Errors
    /// The database's; then nothing of the change is kept.
    pub async fn commit(self) -> Result<Option<Head>, Error> {
        self.reads.transaction.commit().await?;
        Ok(self.head)
    }
}

impl Deref for Tx {
    type Target = Reads;

    fn deref(&self) -> &Reads {
        &self.reads
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Reads {
        &mut self.reads
    }
}
