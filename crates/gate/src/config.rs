//! `gj.toml` in the data directory: every limit, named.

use crate::error::GateError;
use serde::Deserialize;
use std::path::Path;

/// The configuration; every field has a default, so that the file may be missing or partial.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The PostgreSQL database with the registry, `postgres://USER@HOST/DATABASE`, never with a password;
    /// without one, the file `registry.sqlite`.
    pub registry: Option<String>,
    /// What one answer or act may cost.
    pub limits: Limits,
    /// When batches are compacted.
    pub compaction: Compaction,
    /// Taking in genomes.
    pub ingest: Ingest,
    /// Signing in on the portal.
    pub sign_in: SignIn,
    /// What the Beacon says of itself, and to whom how much.
    pub beacon: Beacon,
    /// Who vouches for identities by OpenID Connect; nobody without it.
    pub provider: Option<Provider>,
}

/// What the Beacon says of itself, and to whom how much.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Beacon {
    /// Sites whose pages may read answers in a browser, `https://…`; this server's own may always.
    pub origins: Vec<String>,
    /// `dev`, `test` or `prod`.
    pub environment: Environment,
    /// How much is told at most: of all that fit a question, the lowest holds.
    pub ceilings: Vec<Ceiling>,
}

/// For what the Beacon is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Being set up.
    #[default]
    Dev,
    /// Stable, with data that are not real.
    Test,
    /// Stable, with real data.
    Prod,
}

/// How much is told at most; what is not named fits any.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// Account.
    #[serde(default)]
    pub user: Option<String>,
    /// Release or dataset.
    #[serde(default)]
    pub dataset: Option<String>,
    /// Entry type: `genomicVariant`, `individual` …
    #[serde(default)]
    pub entry_type: Option<String>,
    /// The most that is told.
    pub granularity: Granularity,
}

/// How much of an answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    /// Whether there is anything.
    Boolean,
    /// How much there is.
    Count,
    /// What it is.
    Record,
}

/// A provider of OpenID Connect. The only thing this program ever connects to by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its issuer, `https://…`; every address it names must be on the same host.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// File with the secret it gave us, in the data directory or with its whole path.
    #[serde(default)]
    pub client_secret_file: Option<String>,
    /// Our own address, `https://…`, to which it sends people back.
    pub own_address: String,
    /// The claim that names the account of an identity seen for the first time.
    #[serde(default)]
    pub account_claim: AccountClaim,
    /// Domains of which people must have a verified e-mail address; any when empty.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// What the button on the sign-in page says.
    pub name_ja: String,
    /// The same in English.
    pub name_en: String,
}

/// How an identity finds its account the first time; from then on it is linked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountClaim {
    /// Not at all: only identities linked before come in.
    #[default]
    None,
    /// By the account's name.
    PreferredUsername,
    /// By the account's e-mail address, if the provider verified it.
    Email,
}

/// How people sign in on the portal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Whether every request comes through a proxy that adds the client's address to `X-Forwarded-For`:
    /// failures are then counted by that address, and without a proxy anybody could make addresses up.
    pub behind_proxy: bool,
}

/// How genomes are taken in.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// Seconds between two checkpoints, from which an interrupted ingest goes on.
    pub checkpoint_seconds: u64,
}

impl Default for Ingest {
    fn default() -> Ingest {
        Ingest { checkpoint_seconds: 60 }
    }
}

/// When batches are compacted, and how many at a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compaction {
    /// Whether `gj serve` compacts in the background.
    pub background: bool,
    /// Seconds between two looks.
    pub every_seconds: u64,
    /// In the background: batches as they came that make it worthwhile …
    pub batches_min: usize,
    /// … or their bytes.
    pub bytes_min: u64,
    /// People of a compacted batch at most, unless one came with more.
    pub people_max: u64,
    /// Bytes of genotypes read for one compacted batch at most, unless one came with more.
    pub bytes_max: u64,
    /// Threads; 0: half of the cores.
    pub threads: usize,
}

impl Default for Compaction {
    fn default() -> Compaction {
        Compaction {
            background: true,
            every_seconds: 60,
            batches_min: 8,
            bytes_min: 256 << 20,
            people_max: 10_000,
            bytes_max: 8 << 30,
            threads: 0,
        }
    }
}

impl Compaction {
    /// Threads to compact with.
    pub(crate) fn threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if self.threads > 0 { self.threads } else { (cores / 2).max(1) }
    }
}

/// Limits of one answer or act.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Variants in one answer at most.
    pub sites_max: usize,
    /// Bytes of a request body at most.
    pub body_bytes_max: usize,
    /// Seconds a request may take.
    pub request_seconds_max: u64,
    /// Bytes of files of releases kept for download at most; the newest always is.
    pub downloads_bytes_max: u64,
    /// Seconds an act that writes genotype files waits for another that does.
    pub writer_wait_seconds_max: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            sites_max: 200_000,
            body_bytes_max: 1 << 20,
            request_seconds_max: 30,
            downloads_bytes_max: 32 << 30,
            writer_wait_seconds_max: 60,
        }
    }
}

impl Config {
    /// Reads the text of a `gj.toml`.
    ///
    /// # Errors
    /// What is wrong with it, when it holds a field that does not exist or a value of another form.
    pub fn read(text: &str) -> Result<Config, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// Reads `gj.toml`; a missing file is the default.
    ///
    /// # Errors
    /// When the file cannot be read, or holds a field that does not exist.
    pub fn load(path: &Path) -> Result<Config, GateError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Config::read(&text).map_err(|what| GateError::Config { path: path.to_owned(), what }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
            Err(error) => Err(GateError::io(path)(error)),
        }
    }
}
