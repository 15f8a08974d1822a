//! Everything that is PostgreSQL's own: the server's address, settings, who writes, checks, old rows.
//!
//! Never holds a query about a noun: those are plain SQL that SQLite reads as well. Never holds a
//! password: those come from `PGPASSWORD` or a password file.

use crate::error::Error;
use crate::row::Columns;
use crate::transfer::Shape;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgSslMode};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Connection, Transaction};
use std::net::IpAddr;
use std::time::Duration;

/// Starts a transaction that sees one moment; PostgreSQL fixes the moment at the first read.
pub(crate) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Refuses every change of an audit line after it was written.
pub(crate) const AUDIT_GUARD: &str = include_str!("../migrations/0002_audit_guard.postgres.sql");
/// Refuses every change of an entry, an invoice or a contribution after it was written.
pub(crate) const MONEY_GUARD: &str = include_str!("../migrations/0006_money_guard.postgres.sql");

// Read committed: the lock comes first, and nobody else writes from then on, so that every statement
// sees what the writer before left. A moment fixed earlier would miss it.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/// What the one writer of a database holds; any number that nobody else uses there.
const WRITER_LOCK: i64 = 0x676a_7265_6769_7374;
const VERSION_MIN: i64 = 130_000;
const READERS_MAX: u32 = 8;
const WAIT_S_MAX: u64 = 60;

// An acknowledged commit survives a power cut, whatever the server's default is.
const BOTH: &str = "SET client_min_messages = warning; SET lock_timeout = '60s'; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';";
const READER: &str = "SET default_transaction_read_only = on;";

/// Tables with rows about people that a withdrawal changes or deletes.
const ABOUT_PEOPLE: &str =
    "people, samples, person_diseases, person_terms, batch_samples, withdrawals, repair_steps";

/// Where a server is: checked, and without a password.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    url: String,
}

impl Server {
    /// # Errors
    /// [`Error::Server`] for an address that is none, holds a password, or would send rows unprotected
    /// over a network.
    pub(crate) fn parse(url: &str) -> Result<Server, Error> {
        // The parser's own message may repeat what was typed, a password too.
        let refused = |what: &str| Error::Server(what.to_owned());
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        if !matches!(scheme, "postgres" | "postgresql") {
            return Err(refused("its address is not like `postgres://USER@HOST/DATABASE`"));
        }
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let secret = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
        if secret || rest.split(['?', '&']).skip(1).any(|pair| pair.starts_with("password=")) {
            let what =
                "its address holds a password; put that into a password file (`~/.pgpass`) or PGPASSWORD";
            return Err(refused(what));
        }
        let options: PgConnectOptions =
            url.parse().map_err(|_| refused("its address is not like `postgres://USER@HOST/DATABASE`"))?;
        if options.get_database().is_none() {
            return Err(refused("its address names no database: `postgres://USER@HOST/DATABASE`"));
        }
        let near = options.get_socket().is_some() || is_loopback(options.get_host());
        if !near && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull) {
            let what = "it is on another machine, and the way there must be encrypted and checked; \
                add `?sslmode=verify-full&sslrootcert=FILE` to its address";
            return Err(refused(what));
        }
        Ok(Server { url: url.to_owned() })
    }

    /// The one connection that writes.
    ///
    /// # Errors
    /// [`Error::Server`] when the database sorts or encodes text otherwise than the registry needs.
    pub(crate) async fn open_writer(&self) -> Result<AnyPool, Error> {
        install_default_drivers();
        // The pool tries again for a minute whatever went wrong; a wrong name or password is told at once.
        let mut first = AnyConnection::connect_with(&self.options()?).await?;
        fit(&mut first).await?;
        first.close().await?;
        self.open(1, BOTH).await
    }

    /// The connections that read and cannot write.
    pub(crate) async fn open_readers(&self) -> Result<AnyPool, Error> {
        const SETTINGS: &str = READER;
        self.open(READERS_MAX, SETTINGS).await
    }

    async fn open(&self, connections_max: u32, settings: &'static str) -> Result<AnyPool, Error> {
        let pool = AnyPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(Duration::from_secs(WAIT_S_MAX))
            // A server may have been started anew meanwhile.
            .test_before_acquire(true)
            .after_connect(move |connection, _| {
                Box::pin(async move { sqlx::raw_sql(settings).execute(connection).await.map(drop) })
            });
        Ok(pool.connect_with(self.options()?).await?)
    }

    fn options(&self) -> Result<AnyConnectOptions, Error> {
        Ok(self.url.parse()?)
    }
}

fn is_loopback(host: &str) -> bool {
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    // A path is a socket of this machine.
    host == "localhost" || host.starts_with('/') || plain.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether the database is one the registry can live in: recent, in UTF-8, sorting text by its bytes,
/// as SQLite does. Otherwise the same rows would be read in another order, and counted into files of
/// another digest.
async fn fit(connection: &mut AnyConnection) -> Result<(), Error> {
    let sql = "SELECT current_setting('server_version_num')::bigint AS version, \
        current_setting('server_encoding') AS encoding, \
        CASE WHEN 'Z' < 'a' AND 'z' < 'é' AND '~' < 'あ' AND '-b' < 'a' THEN 1::bigint ELSE 0::bigint END AS by_bytes";
    let row = sqlx::query(sql).fetch_one(connection).await?;
    if row.number("version")? < VERSION_MIN {
        return Err(Error::Server("it is older than PostgreSQL 13".to_owned()));
    }
    if row.text("encoding")? != "UTF8" || !row.flag("by_bytes")? {
        let what = "its text is not UTF-8 sorted by bytes; make the database with \
            `CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`";
        return Err(Error::Server(what.to_owned()));
    }
    Ok(())
}

/// Starts the one transaction that writes: whoever else does, in this process or another, waits.
pub(crate) async fn begin_write(writer: &AnyPool) -> Result<Transaction<'static, Any>, Error> {
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(WRITER_LOCK).execute(&mut *transaction).await?;
    Ok(transaction)
}

/// Whether there is a table of this name.
pub(crate) async fn has_table(connection: &mut AnyConnection, name: &str) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename::text = $1";
    let found: i64 = sqlx::query_scalar(sql).bind(name).fetch_one(connection).await?;
    Ok(found > 0)
}

/// Whether there is any table at all.
pub(crate) async fn is_empty(connection: &mut AnyConnection) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()";
    let found: i64 = sqlx::query_scalar(sql).fetch_one(connection).await?;
    Ok(found == 0)
}

/// The server's five-character code, when the error is a server's.
fn code(error: &dyn DatabaseError) -> Option<&str> {
    error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code)
}

/// Whether the server refused because another writer holds the lock, or it has no connection left.
pub(crate) fn is_busy(error: &dyn DatabaseError) -> bool {
    /// Lock not available, serialization failure, deadlock, too many connections.
    const BUSY: [&str; 4] = ["55P03", "40001", "40P01", "53300"];
    code(error).is_some_and(|code| BUSY.contains(&code))
}

/// Whether the server's disk is full or fails, or the server does not let anybody write.
pub(crate) fn is_disk(error: &dyn DatabaseError) -> bool {
    /// Disk full, I/O error, a standby that only reads, insufficient privilege.
    const FILE: [&str; 4] = ["53100", "58030", "25006", "42501"];
    code(error).is_some_and(|code| FILE.contains(&code))
}

/// Whether the server is there but lets nobody in just now: starting, stopping, or told to end us.
pub(crate) fn is_away(error: &dyn DatabaseError) -> bool {
    code(error).is_some_and(|code| matches!(code, "57P01" | "57P02" | "57P03"))
}

/// Writes the tables about people anew, so that their files hold no row any more that was deleted or
/// changed; returns whether they hold none now. Does nothing
/// when no withdrawal was finished since the last time.
///
/// What it cannot reach: the server's write-ahead log until it is recycled and overwritten, archives of
/// it, standbys that lag, backups, and blocks the file system freed (decision 24).
pub(crate) async fn remove_old_rows(writer: &AnyPool) -> Result<bool, Error> {
    let mut connection = writer.acquire().await?;
    let sql = "SELECT (SELECT COUNT(*) FROM withdrawals WHERE state = 'repaired') AS finished, \
        (SELECT MAX(withdrawals) FROM tables_rewritten) AS covered, \
        (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL) AS looking";
    let row = sqlx::query(sql).fetch_one(&mut *connection).await?;
    let finished = row.number("finished")?;
    if finished == row.number("covered")? {
        return Ok(true);
    }
    // Whoever looks at an earlier moment is still owed its rows: they would be copied.
    if row.number("looking")? > 0 {
        return Ok(false);
    }
    // Who reads for long is not waited for, and nobody waits behind us: another time.
    sqlx::raw_sql("SET lock_timeout = '100ms'").execute(&mut *connection).await?;
    let sql = format!("VACUUM (FULL) {ABOUT_PEOPLE}");
    let rewritten = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await;
    sqlx::raw_sql("SET lock_timeout = '60s'").execute(&mut *connection).await?;
    match rewritten.map_err(Error::from) {
        Ok(_) => {}
        Err(Error::Busy) => return Ok(false),
        Err(other) => return Err(other),
    }
    let sql = "UPDATE tables_rewritten SET withdrawals = $1";
    sqlx::query(sql).bind(finished).execute(&mut *connection).await?;
    // Lets the server reuse its log sooner; it may not allow this user to ask.
    let _ = sqlx::raw_sql("CHECKPOINT").execute(&mut *connection).await;
    Ok(true)
}

/// Every table, with its columns, key and references.
pub(crate) async fn shapes(connection: &mut AnyConnection) -> Result<Vec<Shape>, Error> {
    let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await?;
    let mut shapes = Vec::new();
    for name in names {
        let sql = "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns \
            WHERE table_schema = current_schema() AND table_name::text = $1 ORDER BY ordinal_position";
        let rows = sqlx::query(sql).bind(name.as_str()).fetch_all(&mut *connection).await?;
        let column = |row| Ok((Columns::text(row, "name")?, Columns::text(row, "kind")? == "bigint"));
        let columns = rows.iter().map(column).collect::<Result<_, Error>>()?;
        let sql = "SELECT a.attname::text FROM pg_index i \
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) \
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
            WHERE i.indrelid = to_regclass($1) AND i.indisprimary ORDER BY k.place";
        let key = sqlx::query_scalar(sql).bind(name.as_str()).fetch_all(&mut *connection).await?;
        let sql = "SELECT DISTINCT confrelid::regclass::text FROM pg_constraint \
            WHERE contype = 'f' AND conrelid = to_regclass($1) ORDER BY 1";
        let parents = sqlx::query_scalar(sql).bind(name.as_str()).fetch_all(&mut *connection).await?;
        shapes.push(Shape { name, columns, key, parents });
    }
    Ok(shapes)
}

/// Checks that every row a row refers to is there, and that the guard of the audit log is in place.
pub(crate) async fn integrity(connection: &mut AnyConnection) -> Result<(), Error> {
    let sql = "SELECT COUNT(*) FROM pg_trigger WHERE tgrelid = to_regclass('audit') \
        AND tgname::text LIKE 'audit_refuses%' AND tgenabled::text IN ('O', 'A')";
    let guards: i64 = sqlx::query_scalar(sql).fetch_one(&mut *connection).await?;
    if guards != 4 {
        return Err(Error::Damaged("the triggers that guard the audit log are not all there".to_owned()));
    }
    let sql = "SELECT t.tgrelid::regclass::text AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
        WHERE c.relnamespace::regnamespace::text = quote_ident(current_schema()) \
        AND t.tgenabled::text NOT IN ('O', 'A') LIMIT 1";
    if let Some(row) = sqlx::query(sql).fetch_optional(&mut *connection).await? {
        return Err(Error::Damaged(format!("a trigger of table `{}` is switched off", row.text("name")?)));
    }
    let sql = "SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent, \
        string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND ') AS matching, \
        string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') AS present \
        FROM pg_constraint c CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (child, parent) \
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.child \
        JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.parent \
        WHERE c.contype = 'f' AND c.connamespace::regnamespace::text = quote_ident(current_schema()) \
        GROUP BY c.oid, c.conrelid, c.confrelid ORDER BY 1, 2";
    for row in sqlx::query(sql).fetch_all(&mut *connection).await? {
        let (child, parent) = (row.text("child")?, row.text("parent")?);
        let (matching, present) = (row.text("matching")?, row.text("present")?);
        let sql = format!(
            "SELECT 1::bigint FROM {child} c WHERE {present} AND NOT EXISTS \
            (SELECT 1 FROM {parent} p WHERE {matching}) LIMIT 1"
        );
        if sqlx::query(AssertSqlSafe(sql)).fetch_optional(&mut *connection).await?.is_some() {
            return Err(Error::Damaged(format!(
                "a row of table `{child}` refers to one that does not exist"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str, because: &str) {
        let said = Server::parse(url).unwrap_err().to_string();
        assert!(said.contains(because) && !said.contains("hunter2"), "{url}: {said}");
    }

    #[test]
    fn an_address_holds_no_password_and_crosses_no_network_unprotected() {
        for url in
            ["postgres://gj@127.0.0.1:5433/gj", "postgresql://gj@localhost/gj", "postgres://gj@[::1]/gj"]
        {
            Server::parse(url).unwrap();
        }
        Server::parse("postgres://gj@db.example.jp/gj?sslmode=verify-full").unwrap();
        refused("postgres://gj:hunter2@127.0.0.1/gj", "password");
        refused("postgres://gj@127.0.0.1/gj?password=hunter2", "password");
        refused("postgres://gj@db.example.jp/gj", "verify-full");
        refused("postgres://gj@db.example.jp/gj?sslmode=require", "verify-full");
        refused("postgres://gj@127.0.0.1", "names no database");
        refused("registry.sqlite", "postgres://");
        refused("mysql://gj@127.0.0.1/gj", "postgres://");
    }
}
