//! Everything that is SQLite's own: opening the file, its settings, its checks, its triggers.
//!
//! Never holds a query about a noun: those are plain SQL that PostgreSQL reads as well.

use crate::error::Error;
use crate::folder;
use crate::row::Columns;
use crate::transfer::Shape;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;
use sqlx::{AnyConnection, AnyPool, Connection, Row};
use std::path::Path;
use std::time::Duration;

/// Starts a transaction that sees one moment; SQLite fixes the moment at the first read.
pub(crate) const BEGIN_READ: &str = "BEGIN";
/// Starts a transaction that holds the only write lock from its first statement.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
/// Refuses every change of an audit line after it was written.
pub(crate) const AUDIT_GUARD: &str = include_str!("../migrations/0002_audit_guard.sqlite.sql");
/// Refuses every change of an entry, an invoice or a contribution after it was written.
pub(crate) const MONEY_GUARD: &str = include_str!("../migrations/0006_money_guard.sqlite.sql");

const READERS_MAX: u32 = 8;
const WAIT_S_MAX: u64 = 60;

// secure_delete: deleted rows are overwritten. FULL: a commit that was acknowledged survives a power cut, not only the end of the process.
const WRITER: &str = "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;";
const READER: &str = "PRAGMA busy_timeout = 60000; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;";

/// Makes the empty file, for its owner only.
pub(crate) fn create_file(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|_| folder::sync_of(path)).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
        _ => Error::Io { doing: "create the registry file", source },
    })
}

/// The one connection that writes.
pub(crate) async fn open_writer(path: &Path) -> Result<AnyPool, Error> {
    open(path, 1, WRITER).await
}

/// The connections that read and cannot write.
pub(crate) async fn open_readers(path: &Path) -> Result<AnyPool, Error> {
    open(path, READERS_MAX, READER).await
}

async fn open(path: &Path, connections_max: u32, settings: &'static str) -> Result<AnyPool, Error> {
    install_default_drivers();
    let absolute = std::path::absolute(path).map_err(Error::io("find the registry file"))?;
    let options: AnyConnectOptions = url(&absolute).parse()?;
    // The pool tries again for a minute whatever went wrong; a full or read-only disk is told at once.
    let mut first = AnyConnection::connect_with(&options).await?;
    sqlx::raw_sql(settings).execute(&mut first).await?;
    first.close().await?;
    let pool = AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(Duration::from_secs(WAIT_S_MAX))
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(settings).execute(connection).await.map(drop) })
        });
    Ok(pool.connect_with(options).await?)
}

/// The path as a URL, with every byte escaped that a URL would read as its own.
fn url(path: &Path) -> String {
    let mut url = String::from("sqlite://");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                url.push(char::from(*byte))
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url + "?mode=rw"
}

/// SQLite's primary code, the low byte of what it says, when the error is SQLite's.
fn code(error: &dyn DatabaseError) -> Option<u32> {
    error.try_downcast_ref::<SqliteError>()?;
    error.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}

/// Whether the database refused because another writer holds it.
pub(crate) fn is_busy(error: &dyn DatabaseError) -> bool {
    const SQLITE_BUSY: u32 = 5;
    code(error) == Some(SQLITE_BUSY)
}

/// Moves everything from the write-ahead log into the file and empties the log, unless somebody reads;
/// returns whether it is empty now.
pub(crate) async fn empty_log(pool: &AnyPool) -> Result<bool, Error> {
    let mut connection = pool.acquire().await?;
    // Who reads for long is not waited for: the log is emptied another time.
    sqlx::query("PRAGMA busy_timeout = 100").execute(&mut *connection).await?;
    let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
    sqlx::query("PRAGMA busy_timeout = 60000").execute(&mut *connection).await?;
    let busy: i64 = emptied?.try_get(0)?;
    Ok(busy == 0)
}

/// Whether the database could not be opened, read or written as a file.
pub(crate) fn is_disk(error: &dyn DatabaseError) -> bool {
    /// Read-only, I/O error, full, cannot open.
    const FILE: [u32; 4] = [8, 10, 13, 14];
    code(error).is_some_and(|code| FILE.contains(&code))
}

/// Every table, with its columns, key and references.
pub(crate) async fn shapes(connection: &mut AnyConnection) -> Result<Vec<Shape>, Error> {
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
    let mut shapes = Vec::new();
    for name in names {
        let sql = "SELECT name, type AS kind, pk FROM pragma_table_info($1) ORDER BY cid";
        let rows = sqlx::query(sql).bind(name.as_str()).fetch_all(&mut *connection).await?;
        let (mut columns, mut key) = (Vec::new(), Vec::new());
        for row in &rows {
            let (column, kind, place) = (row.text("name")?, row.text("kind")?, row.number("pk")?);
            if place > 0 {
                key.push((place, column.clone()));
            }
            columns.push((column, kind == "BIGINT"));
        }
        key.sort();
        let sql = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1) ORDER BY 1";
        let parents = sqlx::query_scalar(sql).bind(name.as_str()).fetch_all(&mut *connection).await?;
        shapes.push(Shape { name, columns, key: key.into_iter().map(|(_, name)| name).collect(), parents });
    }
    Ok(shapes)
}

/// Reads the whole file: pages, indices, references between tables.
pub(crate) async fn integrity(connection: &mut AnyConnection) -> Result<(), Error> {
    let findings = sqlx::query("PRAGMA integrity_check(1)").fetch_all(&mut *connection).await?;
    for finding in &findings {
        let text: String = finding.try_get(0)?;
        if text != "ok" {
            return Err(Error::Damaged(text));
        }
    }
    match sqlx::query("PRAGMA foreign_key_check").fetch_optional(connection).await? {
        None => Ok(()),
        Some(row) => {
            let table: String = row.try_get(0)?;
            Err(Error::Damaged(format!("a row of table `{table}` refers to one that does not exist")))
        }
    }
}
