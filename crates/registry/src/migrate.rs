//! The schema's versions, applied in order, each in one transaction.
//!
//! A released migration never changes; a new need is a new file. Never runs one twice, and never
//! touches a registry written by a newer program.

use crate::engine::Engine;
use crate::error::Error;
use crate::postgres;
use sqlx::{AnyConnection, AnyPool};

/// INVARIANT: entry `n` brings the schema from version `n` to `n + 1`.
const MIGRATIONS: [&str; 18] = [
    include_str!("../migrations/0001_registry.sql"),
    AUDIT_GUARD,
    include_str!("../migrations/0003_censuses.sql"),
    include_str!("../migrations/0004_extracts.sql"),
    include_str!("../migrations/0005_rights.sql"),
    include_str!("../migrations/0006_money.sql"),
    MONEY_GUARD,
    include_str!("../migrations/0007_applications.sql"),
    include_str!("../migrations/0008_accounts.sql"),
    include_str!("../migrations/0009_consents.sql"),
    include_str!("../migrations/0010_casework.sql"),
    include_str!("../migrations/0011_ontologies_and_participants.sql"),
    include_str!("../migrations/0012_moves.sql"),
    include_str!("../migrations/0013_annotation.sql"),
    include_str!("../migrations/0014_phenotypes.sql"),
    include_str!("../migrations/0015_exposure.sql"),
    include_str!("../migrations/0016_revisions.sql"),
    include_str!("../migrations/0017_revisions_shown.sql"),
];

/// These stand for the statements of the engine: triggers have no form both read.
const AUDIT_GUARD: &str = "audit guard";
const MONEY_GUARD: &str = "money guard";

/// The table that says which migrations were applied.
pub(crate) const VERSIONS_TABLE: &str = "schema_versions";
const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT NOT NULL PRIMARY KEY)";

/// Brings the schema up to date.
///
/// # Errors
/// [`Error::Newer`] when the registry has a version this program does not know.
pub(crate) async fn run(writer: &AnyPool, engine: Engine) -> Result<(), Error> {
    let known = MIGRATIONS.len() as i64;
    make_versions(writer, engine).await?;
    // Looked at without the write lock first: opening never waits behind a long import.
    while version(&mut *writer.acquire().await?).await? != known {
        let mut tx = engine.begin_write(writer).await?;
        // Looked at again under the lock: of two programs opening at once, one applies each step.
        let found = version(&mut tx).await?;
        if found > known {
            return Err(Error::Newer { found, known });
        }
        let next = usize::try_from(found).ok().and_then(|next| MIGRATIONS.get(next));
        let Some(migration) = next else { continue };
        let migration = match *migration {
            AUDIT_GUARD => engine.audit_guard(),
            MONEY_GUARD => engine.money_guard(),
            same_for_both => same_for_both,
        };
        sqlx::raw_sql(migration).execute(&mut *tx).await?;
        sqlx::query("INSERT INTO schema_versions (version) VALUES ($1)")
            .bind(found + 1)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn make_versions(writer: &AnyPool, engine: Engine) -> Result<(), Error> {
    if engine == Engine::Sqlite {
        sqlx::query(VERSIONS).execute(writer).await?;
        return Ok(());
    }
    // Two programs that make a table at once can fail on a server, even with `IF NOT EXISTS`; and a
    // registry that has it is opened without waiting for a writer.
    if !postgres::has_table(&mut *writer.acquire().await?, VERSIONS_TABLE).await? {
        let mut tx = engine.begin_write(writer).await?;
        sqlx::query(VERSIONS).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn version(connection: &mut AnyConnection) -> Result<i64, Error> {
    let sql = "SELECT COALESCE(MAX(version), 0) FROM schema_versions";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}
