//! Copying a whole registry into another database: every table, row by row, checked by digest.
//!
//! Owns what is copied in which order, and the marks that say which of two registries is in force. Knows no
//! noun: tables, columns and references are read from the database. Never decides when to move.

use crate::engine::Engine;
use crate::error::Error;
use crate::migrate::VERSIONS_TABLE;
use crate::registry::{Registry, Tx};
use crate::{postgres, sqlite};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// Rows read at once.
const ROWS: usize = 5_000;
/// Says of a registry that another is in force: the one it was moved to, or, while it is being filled, the
/// one it is filled from.
const MARKS: &str = "registry_moves";
/// Tables of one engine alone, and those that say something about the database rather than its content.
const OWN: [&str; 4] = [VERSIONS_TABLE, "tables_rewritten", "revisions", MARKS];
/// A posting may only follow its entry: these two are written in turn.
const BOOK: (&str, &str) = ("entries", "postings");

/// One table, copied and read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedTable {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// SHA-256 over every column of every row, in the order of the key.
    pub digest: String,
}

/// A table as the database describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) name: String,
    /// Columns by place; whether each holds numbers.
    pub(crate) columns: Vec<(String, bool)>,
    /// Columns of the primary key, in its order.
    pub(crate) key: Vec<String>,
    /// Tables it refers to.
    pub(crate) parents: Vec<String>,
}

impl Shape {
    fn select(&self, rest: &str) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        format!("SELECT {} FROM {} {rest}", columns.join(", "), self.name)
    }

    /// By the order in which rows were added, where the books number them, else by the key.
    fn order(&self) -> String {
        let has = |name: &str| self.columns.iter().any(|(column, _)| column == name);
        let mut order: Vec<&str> = Vec::new();
        if has("sequence") && has("fiscal_year") {
            order.extend(["fiscal_year", "sequence"]);
        }
        order.extend(self.key.iter().map(String::as_str));
        if order.is_empty() {
            order.extend(self.columns.iter().map(|(name, _)| name.as_str()));
        }
        order.join(", ")
    }
}

/// A value as it is copied.
#[derive(Debug, Clone)]
enum Value {
    Number(Option<i64>),
    Text(Option<String>),
}

fn values(shape: &Shape, row: &AnyRow) -> Result<Vec<Value>, Error> {
    let value = |(place, (_, number)): (usize, &(String, bool))| {
        Ok(match number {
            true => Value::Number(row.try_get(place)?),
            false => Value::Text(row.try_get(place)?),
        })
    };
    shape.columns.iter().enumerate().map(value).collect()
}

/// Every value behind its kind and length, so that no two rows read alike.
fn take_in(hasher: &mut Sha256, row: &[Value]) {
    for value in row {
        match value {
            Value::Number(Some(number)) => {
                hasher.update(b"n");
                hasher.update(number.to_le_bytes());
            }
            Value::Text(Some(text)) => {
                hasher.update(b"t");
                hasher.update((text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
            Value::Number(None) | Value::Text(None) => hasher.update(b"-"),
        }
    }
}

async fn insert(connection: &mut AnyConnection, shape: &Shape, rows: &[Vec<Value>]) -> Result<(), Error> {
    let width = shape.columns.len();
    // Both databases allow 32,766 values in a statement.
    for rows in rows.chunks((30_000 / width.max(1)).clamp(1, 100)) {
        let names: Vec<&str> = shape.columns.iter().map(|(name, _)| name.as_str()).collect();
        let mut sql = format!("INSERT INTO {} ({}) VALUES ", shape.name, names.join(", "));
        for row in 0..rows.len() {
            let marks: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            sql += &format!("{}({})", if row > 0 { ", " } else { "" }, marks.join(", "));
        }
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in rows.iter().flatten() {
            query = match value {
                Value::Number(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.clone()),
            };
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// A page of a table, by offset into its order.
async fn page(connection: &mut AnyConnection, shape: &Shape, from: u64) -> Result<Vec<Vec<Value>>, Error> {
    let sql = shape.select(&format!("ORDER BY {} LIMIT {ROWS} OFFSET {from}", shape.order()));
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter().map(|row| values(shape, row)).collect()
}

/// Tables in an order in which each stands behind those it refers to.
fn ordered(mut shapes: Vec<Shape>) -> Result<Vec<Shape>, Error> {
    shapes.retain(|shape| !OWN.contains(&shape.name.as_str()));
    let mut done: Vec<Shape> = Vec::new();
    while !shapes.is_empty() {
        let known = |name: &String, done: &[Shape]| done.iter().any(|shape| shape.name == *name);
        let ready = |shape: &Shape| shape.parents.iter().all(|p| *p == shape.name || known(p, &done));
        let Some(next) = shapes.iter().position(ready) else {
            return Err(Error::Damaged("tables refer to one another in a circle".to_owned()));
        };
        done.push(shapes.remove(next));
    }
    Ok(done)
}

async fn shapes(engine: Engine, connection: &mut AnyConnection) -> Result<Vec<Shape>, Error> {
    ordered(match engine {
        Engine::Sqlite => sqlite::shapes(connection).await?,
        Engine::Postgres => postgres::shapes(connection).await?,
    })
}

/// Reads a table again, page by page.
async fn digest(connection: &mut AnyConnection, shape: &Shape) -> Result<MovedTable, Error> {
    let (mut hasher, mut rows) = (Sha256::new(), 0);
    loop {
        let page = page(connection, shape, rows).await?;
        page.iter().for_each(|row| take_in(&mut hasher, row));
        rows += page.len() as u64;
        if page.len() < ROWS {
            let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(MovedTable { name: shape.name.clone(), rows, digest });
        }
    }
}

async fn copy(from: &mut AnyConnection, to: &mut AnyConnection, shape: &Shape) -> Result<(), Error> {
    let mut done = 0;
    loop {
        let page = page(from, shape, done).await?;
        insert(to, shape, &page).await?;
        done += page.len() as u64;
        if page.len() < ROWS {
            return Ok(());
        }
    }
}

/// The book's entries, each followed by its postings.
async fn copy_book(
    from: &mut AnyConnection,
    to: &mut AnyConnection,
    entries: &Shape,
    postings: &Shape,
) -> Result<(), Error> {
    let number = entries.columns.iter().position(|(name, _)| name == "number");
    let number = number.ok_or(Error::Stored("number"))?;
    let mut done = 0;
    loop {
        let page = page(from, entries, done).await?;
        for row in &page {
            let Value::Number(Some(entry)) = row[number] else { return Err(Error::Stored("number")) };
            insert(to, entries, std::slice::from_ref(row)).await?;
            let sql = postings.select("WHERE entry = $1 ORDER BY line");
            let lines = sqlx::query(AssertSqlSafe(sql)).bind(entry).fetch_all(&mut *from).await?;
            let lines: Result<Vec<_>, Error> = lines.iter().map(|row| values(postings, row)).collect();
            insert(to, postings, &lines?).await?;
        }
        done += page.len() as u64;
        if page.len() < ROWS {
            return Ok(());
        }
    }
}

/// A copy whose rows are those of its source, in no force until [`Transfer::commit`].
#[derive(Debug)]
pub struct Transfer {
    source: Tx,
    target: Tx,
    /// Every table that was copied.
    pub tables: Vec<MovedTable>,
}

impl Registry {
    /// Copies everything, as `change` sees it, into `target`, a registry just created: nobody else writes to
    /// either until the transfer is committed or dropped. Every table is then read again from both sides.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the two differ; the databases'. Then neither was changed.
    pub async fn transfer(&self, mut change: Tx, target: &Registry) -> Result<Transfer, Error> {
        let mut into = target.begin().await?;
        let tables = shapes(self.engine(), change.db()).await?;
        let there = shapes(target.engine(), into.db()).await?;
        if tables.iter().map(|shape| &shape.name).ne(there.iter().map(|shape| &shape.name)) {
            return Err(Error::Damaged("the two registries have different tables".to_owned()));
        }
        // What migrations wrote into a new registry stands in the old one as it is by now.
        for shape in there.iter().rev() {
            let count = format!("SELECT COUNT(*) FROM {}", shape.name);
            let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(into.db()).await?;
            if rows > 0 {
                let delete = format!("DELETE FROM {}", shape.name);
                sqlx::query(AssertSqlSafe(delete)).execute(into.db()).await?;
            }
        }
        let postings = tables.iter().find(|shape| shape.name == BOOK.1);
        for shape in &tables {
            match (shape.name.as_str(), postings) {
                (name, _) if name == BOOK.1 => {}
                (name, Some(postings)) if name == BOOK.0 => {
                    copy_book(change.db(), into.db(), shape, postings).await?;
                }
                _ => copy(change.db(), into.db(), shape).await?,
            }
        }
        let mut moved = Vec::with_capacity(tables.len());
        for shape in &tables {
            let (here, there) = (digest(change.db(), shape).await?, digest(into.db(), shape).await?);
            if here != there {
                let what = format!("table `{}` was not copied as it is", shape.name);
                return Err(Error::Damaged(what));
            }
            moved.push(here);
        }
        Ok(Transfer { source: change, target: into, tables: moved })
    }

    /// Where the registry was moved to, if it was: then it is never written to again.
    ///
    /// # Errors
    /// The database's.
    pub async fn moved_to(&self) -> Result<Option<String>, Error> {
        Ok(mark(self.read().await?.db(), "moved").await?)
    }

    /// Where the registry is being filled from, until [`Registry::arrive`].
    ///
    /// # Errors
    /// The database's.
    pub async fn arriving_from(&self) -> Result<Option<String>, Error> {
        Ok(mark(self.read().await?.db(), "arriving").await?)
    }

    /// Puts a registry in force whose source was moved to it.
    ///
    /// # Errors
    /// The database's.
    pub async fn arrive(&self) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM registry_moves WHERE kind = 'arriving'").execute(tx.db()).await?;
        tx.commit().await.map(drop)
    }
}

/// The mark of a kind, as it stands.
pub(crate) async fn mark(connection: &mut AnyConnection, kind: &str) -> Result<Option<String>, sqlx::Error> {
    let sql = "SELECT place FROM registry_moves WHERE kind = $1";
    sqlx::query_scalar(sql).bind(kind).fetch_optional(connection).await
}

async fn set_mark(tx: &mut Tx, kind: &str, place: &str) -> Result<(), Error> {
    let sql = "INSERT INTO registry_moves (kind, place) VALUES ($1, $2)";
    sqlx::query(sql).bind(kind).bind(place).execute(tx.db()).await?;
    Ok(())
}

impl Transfer {
    /// Makes the copy durable, then closes the source: from that commit on the copy is the registry. Before
    /// it the source is, whatever happens. `from` and `to` say where they are, without a password.
    ///
    /// # Errors
    /// The databases'.
    pub async fn commit(mut self, from: &str, to: &str) -> Result<Option<crate::audit::Head>, Error> {
        set_mark(&mut self.target, "arriving", from).await?;
        set_mark(&mut self.source, "moved", to).await?;
        self.target.commit().await?;
        // INVARIANT: the one commit that moves the registry.
        self.source.commit().await
    }
}
