//! Where a test's registry lives: a file of its own, or where `GJ_TEST_POSTGRES` names a server, a
//! database of its own there. The same stories run on both (`tools/with-postgres`).

use gj_registry::{Error, Registry};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone)]
pub enum Database {
    File(PathBuf),
    Server(String),
}

impl Database {
    pub async fn new(folder: &Path) -> Database {
        match std::env::var("GJ_TEST_POSTGRES") {
            Ok(server) => Database::on(&server).await,
            Err(_) => Database::File(folder.join("registry.sqlite")),
        }
    }

    async fn on(server: &str) -> Database {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("registry_{}_{number}", std::process::id());
        execute(server, &format!("CREATE DATABASE {name}")).await.unwrap();
        let (server, _) = server.rsplit_once('/').unwrap();
        Database::Server(format!("{server}/{name}"))
    }

    pub async fn create(&self) -> Result<Registry, Error> {
        match self {
            Database::File(path) => Registry::create(path).await,
            Database::Server(url) => Registry::create_on(url).await,
        }
    }

    /// As another process opens it.
    pub async fn open(&self) -> Result<Registry, Error> {
        match self {
            Database::File(path) => Registry::open(path).await,
            Database::Server(url) => Registry::open_on(url).await,
        }
    }

    pub fn is_file(&self) -> bool {
        matches!(self, Database::File(_))
    }

    pub fn url(&self) -> String {
        match self {
            Database::File(path) => format!("sqlite://{}", path.display()),
            Database::Server(url) => url.clone(),
        }
    }

    /// Statements past every method of the registry.
    pub async fn execute(&self, sql: &str) -> Result<(), sqlx::Error> {
        execute(&self.url(), sql).await
    }
}

async fn execute(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    use sqlx::Connection;
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url).await?;
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.map(drop);
    connection.close().await?;
    done
}
