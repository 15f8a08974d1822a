//! What the gate says when it does not answer.

use gj_ingest::SubmissionError;
use gj_model::{FreezeName, Reason};
use gj_store::StoreError;
use std::path::PathBuf;

/// A refusal: every reason, in both languages. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("refused: {}", self.codes())]
pub struct Refusal {
    /// The reasons.
    pub refused: Vec<Reason>,
}

impl Refusal {
    /// The codes of the reasons, comma separated.
    pub fn codes(&self) -> String {
        self.refused.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A rule of a programme file means nothing.
    #[error("{0}")]
    Programme(String),
    /// The files on disk say no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The registry says no.
    #[error(transparent)]
    Registry(#[from] gj_registry::Error),
    /// What was submitted says no.
    #[error(transparent)]
    Ingest(#[from] SubmissionError),
    /// Not a data directory of this program.
    #[error("`{0}` is not a data directory; make one with `gj init --data {0}`")]
    NotADirectory(PathBuf),
    /// `init` was interrupted there.
    #[error("`{0}` is half made: `gj init` did not finish; run it again")]
    HalfMade(PathBuf),
    /// A data directory that lost its marker.
    #[error(
        "`{0}` holds a registry, but its `gj-data.json` is missing; restore that file from a copy (docs/format.md says what is in it)"
    )]
    MarkerMissing(PathBuf),
    /// Something else lives there.
    #[error("`{0}` is not empty and not a data directory of gj; choose an empty or new folder")]
    Foreign(PathBuf),
    /// There is one already.
    #[error("`{0}` is a data directory already; nothing was changed")]
    Exists(PathBuf),
    /// The registry named is not the one of the directory.
    #[error(
        "the registry's database is not the one of `{0}`: its audit log lacks the line that `audit.head` names; name the right one in gj.toml, or restore both from the same day"
    )]
    OtherRegistry(PathBuf),
    /// Another process is writing.
    #[error("another `gj` is writing to `{0}`; wait for it to end, then try again")]
    Busy(PathBuf),
    /// The operating system refused.
    #[error("`{path}`: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A configuration file cannot be read.
    #[error("`{path}`: {what}")]
    Config {
        /// The file.
        path: PathBuf,
        /// Where and why.
        what: String,
    },
    /// An institution may not be called like the group of everybody.
    #[error("an institution cannot be called `all`, which means everybody; choose another id")]
    Reserved,
    /// A release of that name exists.
    #[error("a release named `{0}` exists already; a release is never changed, choose another name")]
    FreezeExists(FreezeName),
    /// Nothing to release.
    #[error("there are no genomes to release; submit some with `gj ingest`")]
    NothingToFreeze,
    /// The person is not known, or left before.
    #[error("{0}")]
    Participant(&'static str),
    /// A consent cannot be recorded as stated.
    #[error("{0}; nothing was changed")]
    Consent(String),
    /// A vocabulary cannot be read or loaded.
    #[error("{0}; nothing was changed")]
    Ontology(String),
    /// A set or layer of annotation cannot be as asked, or a file of one cannot be read.
    #[error("{0}; nothing was changed")]
    Annotation(String),
    /// A question about people cannot be as asked.
    #[error("{0}")]
    People(String),
    /// An approval or an extract cannot be as asked.
    #[error("{0}; nothing was changed")]
    Extract(String),
    /// An account cannot be as asked.
    #[error("{0}; nothing was changed")]
    Account(String),
    /// The provider of sign-in does not do.
    #[error("the provider of sign-in: {0}")]
    Provider(String),
    /// The books say no: a price, an amount, a number.
    #[error("{0}; nothing was changed")]
    Books(String),
    /// There is no such invoice or credit note that the asker may know of.
    #[error("there is no invoice or credit note `{0}` of your institution's")]
    NoPaper(String),
    /// An application or a step on it cannot be as asked.
    #[error("{0}; nothing was changed")]
    Application(String),
    /// There is no such application that the asker may know of.
    #[error("there is no application `{0}` that you take part in")]
    NoApplication(gj_model::ApplicationId),
    /// Somebody acted on the application after it was looked at.
    #[error("somebody acted on application `{0}` meanwhile; look at it again, nothing was changed")]
    Stale(gj_model::ApplicationId),
    /// An extract would replace a file.
    #[error("`{0}` exists already; choose another `--out`, or move it away")]
    TargetExists(PathBuf),
    /// An answer would be too long.
    #[error(
        "the region holds more than {limit} variants; ask for a shorter one (`limits.sites_max` in gj.toml)"
    )]
    TooManySites {
        /// The configured limit.
        limit: usize,
    },
    /// The facts changed between asking and answering, again and again.
    #[error("the release changed while the answer was made; try again")]
    Changed,
    /// A file of a release is not ready yet.
    #[error("the file is being made; ask again in a while")]
    Making,
    /// A file or an invariant of the data directory does not hold.
    #[error("{0}")]
    Inconsistent(String),
    /// A background task ended early.
    #[error("a task of the program ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl GateError {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> GateError {
        let path = path.into();
        move |source| GateError::Io { path, source }
    }
}
