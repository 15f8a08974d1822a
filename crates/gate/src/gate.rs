//! The gate itself: one data directory, opened.

use crate::acts::init::folder;
use crate::annotations::Opened;
use crate::answered::Answered;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::GateError;
use crate::kept::Kept;
use gj_model::PanelId;
use gj_ontology::Library;
use gj_policy::Table;
use gj_registry::{Reads, Registry, Rule, Settings, anchor};
use gj_store::{Panel, Store, StoreError};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Name of the file that says "this is a data directory of gj", written last by `init`.
pub(crate) const MARKER: &str = "gj-data.json";
/// What the marker holds.
pub(crate) const MARKER_TEXT: &str = "{ \"programme\": \"genomics-japan\", \"format\": 1 }\n";
/// Says that `gj demo` made the directory; written by `init`, before the marker.
pub(crate) const DEMO: &str = "gj-demo.json";
/// Panels kept open at most.
const PANELS_OPEN_MAX: usize = 16;

/// One data directory. Cheap to clone; all clones share caches.
#[derive(Debug, Clone)]
pub struct Gate {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    pub(crate) store: Store,
    pub(crate) registry: Registry,
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) anchored: Mutex<Option<Instant>>,
    /// Whether rows about somebody who left may still stand in the registry's write-ahead log.
    pub(crate) log_holds_old_rows: AtomicBool,
    panels: Mutex<HashMap<PanelId, Arc<Panel>>>,
    pub(crate) kept: Kept,
    pub(crate) answered: Answered,
    /// Held while a file of a release is made.
    pub(crate) making: tokio::sync::Mutex<()>,
    /// The rules of the last day they were asked for.
    pub(crate) rules: Mutex<Option<CompiledRules>>,
    /// The vocabularies in use, by the numbers of their versions.
    pub(crate) library: tokio::sync::Mutex<Option<(Vec<i64>, Arc<Library>)>>,
    /// The people of the releases that were asked about last.
    pub(crate) cohorts: crate::people::Cohorts,
    /// Sets of annotation that are open.
    pub(crate) annotations: tokio::sync::Mutex<Opened>,
    /// Who was counted, by grant and by number.
    pub(crate) crowds: Mutex<crate::ledger::Crowds>,
    /// What anybody was shown, as far as it was looked at.
    pub(crate) shown: crate::ledger::Shown,
    /// People on their way to a provider of sign-in and back.
    #[cfg(feature = "oidc")]
    pub(crate) away: crate::provider::Away,
}

/// A table with what it was compiled from.
#[derive(Debug)]
pub(crate) struct CompiledRules {
    pub(crate) profile: String,
    pub(crate) rows: Vec<Rule>,
    pub(crate) table: Arc<Table>,
}

impl Gate {
    /// Opens a data directory made by [`Gate::init`].
    ///
    /// # Errors
    /// [`GateError::NotADirectory`] when it is none, [`GateError::HalfMade`] and
    /// [`GateError::MarkerMissing`] when it looks like one; otherwise what the registry or the files say.
    pub async fn open(dir: &Path, clock: Clock) -> Result<Gate, GateError> {
        Gate::open_on(dir, None, clock).await
    }

    /// The same with the registry in the database of a server, whatever `gj.toml` says.
    ///
    /// # Errors
    /// As [`Gate::open`]; [`GateError::OtherRegistry`] for the registry of another directory.
    pub async fn open_on(dir: &Path, registry: Option<&str>, clock: Clock) -> Result<Gate, GateError> {
        match std::fs::read_to_string(dir.join(MARKER)) {
            Ok(text) if text == MARKER_TEXT => {
                // A killed `init` may have left its sign beside a whole directory. It is no reason not to
                // open one that cannot be written to.
                let _ = folder::finish(dir);
            }
            Ok(_) => {
                let what =
                    format!("{MARKER} is not one this program wrote; use the `gj` that made the directory");
                return Err(GateError::Config { path: dir.join(MARKER), what });
            }
            Err(error) => return Err(unmarked(dir, error)),
        }
        let mut config = Config::load(&dir.join("gj.toml"))?;
        if config.provider.is_some() && cfg!(not(feature = "oidc")) {
            let what = "[provider] needs a `gj` built with its feature `oidc`".to_owned();
            return Err(GateError::Config { path: dir.join("gj.toml"), what });
        }
        let mut open = open_registry(dir, registry.or(config.registry.as_deref())).await?;
        if let Some(place) = open.moved_to().await? {
            open.close().await;
            if registry.is_some() {
                return Err(gj_registry::Error::Moved(place).into());
            }
            // A crash came between the move and the line in `gj.toml`.
            config = crate::acts::registry::finish(dir, &place).await?;
            open = open_registry(dir, config.registry.as_deref()).await?;
        }
        if let Some(place) = open.arriving_from().await? {
            open.close().await;
            return Err(gj_registry::Error::Arriving(place).into());
        }
        let registry = open;
        let inner = Inner {
            dir: dir.to_owned(),
            store: Store::open(dir)?,
            registry,
            config,
            clock,
            anchored: Mutex::new(None),
            // An earlier process may have died before it emptied the log.
            log_holds_old_rows: AtomicBool::new(true),
            panels: Mutex::new(HashMap::new()),
            kept: Kept::default(),
            answered: Answered::default(),
            making: tokio::sync::Mutex::default(),
            #[cfg(feature = "oidc")]
            away: crate::provider::Away::default(),
            rules: Mutex::new(None),
            library: tokio::sync::Mutex::default(),
            cohorts: crate::people::Cohorts::default(),
            annotations: tokio::sync::Mutex::default(),
            crowds: Mutex::default(),
            shown: crate::ledger::Shown::default(),
        };
        Ok(Gate { inner: Arc::new(inner) })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Anchors the last lines of the audit log and closes the registry; what is acknowledged is on disk
    /// with or without this.
    pub async fn close(&self) {
        if let Ok(mut reads) = self.inner.registry.read().await
            && let Ok(head) = reads.audit_head().await
            && let Err(error) = anchor::write(&self.anchor_path(), &head)
        {
            tracing::warn!(%error, "the audit anchor stays behind");
        }
        self.inner.registry.close().await;
    }

    /// The programme's own rows: every data directory has them.
    pub(crate) async fn settings(&self, reads: &mut Reads) -> Result<Settings, GateError> {
        let missing = || GateError::Inconsistent("the registry holds no programme".to_owned());
        reads.settings().await?.ok_or_else(missing)
    }

    pub(crate) fn anchor_path(&self) -> PathBuf {
        anchor_path(&self.inner.dir)
    }

    /// An open panel, from the cache if it is there.
    pub(crate) fn panel(&self, id: &PanelId) -> Result<Arc<Panel>, StoreError> {
        if let Some(panel) = self.cached().get(id) {
            return Ok(panel.clone());
        }
        let panel = Arc::new(self.inner.store.panel(id)?);
        let mut cache = self.cached();
        if cache.len() >= PANELS_OPEN_MAX {
            cache.clear();
        }
        cache.insert(id.clone(), panel.clone());
        Ok(panel)
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, HashMap<PanelId, Arc<Panel>>> {
        // A poisoned cache is still a cache: entries are inserted whole.
        self.inner.panels.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn open_registry(dir: &Path, url: Option<&str>) -> Result<Registry, GateError> {
    match url {
        Some(url) => own_registry(dir, url).await,
        None => Ok(Registry::open(&registry_path(dir)).await?),
    }
}

/// Why a folder without a readable marker is not opened, with what to do about it.
fn unmarked(dir: &Path, error: std::io::Error) -> GateError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {}
        _ => return GateError::io(dir.join(MARKER))(error),
    }
    // INVARIANT: who lost a marker is never told to run `init`.
    if dir.join(folder::UNDER_WAY).exists() {
        GateError::HalfMade(dir.to_owned())
    } else if registry_path(dir).exists() || anchor_path(dir).exists() {
        GateError::MarkerMissing(dir.to_owned())
    } else {
        GateError::NotADirectory(dir.to_owned())
    }
}

pub(crate) fn anchor_path(dir: &Path) -> PathBuf {
    dir.join("audit.head")
}

/// A server's registry, if it is this directory's: its audit log holds the line the directory anchored.
/// With another's, a sweep would remove every genotype as unreferenced.
pub(crate) async fn own_registry(dir: &Path, url: &str) -> Result<Registry, GateError> {
    // Read first: whoever writes meanwhile moves both on.
    let anchored = anchor::read(&anchor_path(dir))?;
    let registry = Registry::open_on(url).await?;
    if let Some(head) = anchored {
        let line = registry.read().await?.audit_lines(head.seq - 1, 1).await?;
        if line.first().is_none_or(|line| line.seq != head.seq || line.hash != head.hash) {
            registry.close().await;
            return Err(GateError::OtherRegistry(dir.to_owned()));
        }
    }
    Ok(registry)
}

pub(crate) fn registry_path(dir: &Path) -> PathBuf {
    dir.join("registry.sqlite")
}
