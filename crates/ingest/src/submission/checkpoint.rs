//! Checkpoints of a long submission: how far its spool is good, and where each file stands.
//!
//! A checkpoint is taken up only by the same request: the same bytes of the same files, institution,
//! people and options, with the same program. Whatever does not fit is begun anew, so that the batch is
//! always the one that an undisturbed run writes.

use super::spool::SpoolState;
use crate::file_rows::FileState;
use crate::report::ReadReport;
use gj_model::InstitutionId;
use gj_store::{Scratch, Spool, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How checkpoints are written; another number is not taken up.
const FORMAT: u32 = 1;

/// What makes two submissions the same.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) institution: &'a InstitutionId,
    /// Digests of the files, in order.
    pub(crate) sources: &'a [String],
    /// Registry keys of the samples in order; `None` is not read.
    pub(crate) keys: &'a [Option<i64>],
    pub(crate) options: &'a str,
}

impl Request<'_> {
    /// A digest of the request and of the program.
    fn digest(&self) -> String {
        let Request { institution, sources, keys, options } = self;
        let version = env!("CARGO_PKG_VERSION");
        let text = format!("{FORMAT} {version} {institution} {sources:?} {keys:?} {options}");
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }
}

/// A file whose rows are all in the spool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Finished {
    pub(crate) spool: SpoolState,
    pub(crate) report: ReadReport,
}

/// A file that is being read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Current {
    pub(crate) spool: SpoolState,
    pub(crate) file: FileState,
}

/// What the note in a spool says.
#[derive(Debug, Serialize, Deserialize)]
struct Checkpoint {
    request: String,
    finished: Vec<Finished>,
    current: Option<Current>,
}

/// The checkpoints of one submission.
pub(crate) struct Checkpoints {
    spool: Spool,
    every: Duration,
    last: Instant,
    note: Checkpoint,
    /// Whether there is a note, by whomever.
    is_noted: bool,
    /// So many of the first files of rows are on the disk.
    synced: usize,
}

impl Checkpoints {
    /// Takes up what an interrupted ingest of the same request left, if it is whole.
    pub(crate) fn open(
        store: &Store,
        request: &Request<'_>,
        every: Duration,
    ) -> Result<Checkpoints, StoreError> {
        let spool = store.spool(request.institution)?;
        let digest = request.digest();
        let note = spool.note().filter(|note: &Checkpoint| note.request == digest && is_whole(&spool, note));
        let is_noted = note.is_some();
        if !is_noted {
            spool.clear()?;
        }
        let note = note.unwrap_or(Checkpoint { request: digest, finished: Vec::new(), current: None });
        let synced = note.finished.len();
        Ok(Checkpoints { spool, every, last: Instant::now(), note, is_noted, synced })
    }

    /// The file of rows of a submitted file.
    pub(crate) fn rows(&self, number: usize) -> Result<Scratch, StoreError> {
        self.spool.rows(number)
    }

    /// A file whose rows were all in the spool when it was taken up.
    pub(crate) fn finished(&self, number: usize) -> Option<&Finished> {
        self.note.finished.get(number)
    }

    /// Where the first file that was not stood, to be asked once.
    pub(crate) fn take_current(&mut self) -> Option<Current> {
        self.note.current.take()
    }

    /// Bytes and rows read when it was taken up; `None` when it begins anew.
    pub(crate) fn taken_up(&self) -> Option<(u64, u64)> {
        let current = self.note.current.iter().map(|current| current.file.report());
        let reports: Vec<&ReadReport> =
            self.note.finished.iter().map(|file| &file.report).chain(current).collect();
        let sum = |of: fn(&ReadReport) -> u64| reports.iter().map(|report| of(report)).sum();
        self.is_noted.then(|| (sum(|report| report.bytes_read), sum(|report| report.rows)))
    }

    /// Whether the last checkpoint is old enough for another one.
    pub(crate) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.every
    }

    /// Writes down where a file stands.
    pub(crate) fn set_current(&mut self, current: Current) -> Result<(), StoreError> {
        self.note.current = Some(current);
        self.write()
    }

    /// Writes down that a file is read, if that is worth it.
    pub(crate) fn finish(&mut self, spool: SpoolState, report: ReadReport) -> Result<(), StoreError> {
        self.note.finished.push(Finished { spool, report });
        self.note.current = None;
        if self.is_noted || self.is_due() { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        // A short ingest of many files never comes here, and waits for no disk.
        let files = self.note.finished.len() + self.note.current.iter().len();
        for number in self.synced..files {
            self.spool.sync_rows(number)?;
        }
        self.synced = self.note.finished.len();
        self.spool.set_note(&self.note)?;
        self.is_noted = true;
        self.last = Instant::now();
        Ok(())
    }
}

/// Whether the rows on the disk are those the note speaks of, every byte.
fn is_whole(spool: &Spool, note: &Checkpoint) -> bool {
    let states =
        note.finished.iter().map(|file| &file.spool).chain(note.current.iter().map(|file| &file.spool));
    states.enumerate().all(|(number, state)| spool.rows(number).is_ok_and(|rows| state.is_in(&rows)))
}
