//! One submission: several files of one institution become one immutable batch, or nothing does.
//!
//! Files may hold different regions of the same people, different people of the same regions, or
//! overlap. Two phases keep memory bounded whatever the files' contig order: every file is read to its
//! verified end and its rows spooled to disk by contig, then the spools are merged contig by contig,
//! together with what earlier batches hold of the same people. Nothing is published before both end.
//!
//! Never looks at names of samples except to hand them to the caller, who knows the roster.

mod checkpoint;
mod complete;
mod coverage;
mod error;
mod held;
mod merge;
mod spool;

pub use error::SubmissionError;

use crate::error::IngestError;
use crate::file_rows::{FileRows, ReadOptions};
use crate::report::ReadReport;
use checkpoint::{Checkpoints, Current, Request};
use complete::Completion;
use coverage::{CoverageSpool, FileCover};
use gj_model::{Contig, InstitutionId};
use gj_store::{Batch, BatchSeal, Store};
use held::Held;
use merge::Merge;
use serde::Serialize;
use spool::{SpoolReader, SpoolWriter, spool_file};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Rows of a batch written between two words about it.
const TELL_EVERY_ROWS: u64 = 4_096;

/// Files whose headers are read and whose samples are known.
pub struct Submission {
    paths: Vec<PathBuf>,
    /// Sizes of the files. They are opened again to be read: a thousand open files, one a person, would
    /// hold gigabytes of buffers.
    sizes: Vec<u64>,
    options: ReadOptions,
    names: Vec<String>,
    /// For each file: the position in `names` of each of its sample columns.
    columns: Vec<Vec<usize>>,
    checkpoint_every: Option<Duration>,
}

/// What the caller decided about each name of [`Submission::names`].
#[derive(Debug, Clone)]
pub struct Roster {
    /// Registry keys, in the order of the names; `None`: the person's genotypes are not read.
    pub keys: Vec<Option<i64>>,
    /// Earlier batches that hold samples of this submission.
    pub earlier: Vec<Batch>,
}

/// What a submission did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SubmissionReport {
    /// Files read.
    pub files: usize,
    /// Samples in the batch.
    pub samples: usize,
    /// Samples of the files that were left out as the caller asked.
    pub samples_left_out: usize,
    /// Rows (split variants) written.
    pub rows: u64,
    /// Rows of these files that another of them, or an earlier batch, held already with the same calls.
    pub rows_held_already: u64,
    /// Sums over the files.
    pub read: ReadReport,
}

impl SubmissionReport {
    /// Adds what was read from one file.
    fn add(&mut self, read: &ReadReport) {
        self.read.absorb(read);
        self.read.bytes_read += read.bytes_read;
        self.read.bytes_total += read.bytes_total;
    }
}

/// Told how far an ingest is; called from the reading thread.
pub trait Progress: Send + Sync {
    /// An interrupted ingest of the same files is taken up where it was that far.
    fn resuming(&self, done: u64, total: u64, rows: u64);
    /// `done` of `total` bytes of the submitted files, `rows` rows so far.
    fn reading(&self, done: u64, total: u64, rows: u64);
    /// Everything is read; `rows` of at most `total` rows of the batch are written.
    fn writing(&self, rows: u64, total: u64);
}

/// No progress shown.
impl Progress for () {
    fn resuming(&self, _done: u64, _total: u64, _rows: u64) {}
    fn reading(&self, _done: u64, _total: u64, _rows: u64) {}
    fn writing(&self, _rows: u64, _total: u64) {}
}

impl Submission {
    /// Opens the files and reads their headers.
    ///
    /// # Errors
    /// What a header says, with file and line; [`SubmissionError::SameFile`].
    pub fn open(paths: &[PathBuf], options: &ReadOptions) -> Result<Submission, SubmissionError> {
        let mut submission = Submission {
            paths: paths.to_vec(),
            sizes: Vec::new(),
            options: options.clone(),
            names: Vec::new(),
            columns: Vec::new(),
            checkpoint_every: None,
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        for path in paths {
            let file = FileRows::open(path, options)?;
            if file.samples().is_empty() {
                return Err(SubmissionError::NoSamples { file: path.clone() });
            }
            let columns = file.samples().iter().map(|name| {
                *known.entry(name.clone()).or_insert_with(|| {
                    submission.names.push(name.clone());
                    submission.names.len() - 1
                })
            });
            submission.columns.push(columns.collect());
            submission.sizes.push(file.report().bytes_total);
        }
        Ok(submission)
    }

    /// Distinct sample names of all files, in order of appearance.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a name first appears: the file, and its 1-based sample column there.
    pub fn place_of(&self, name: usize) -> (&Path, usize) {
        let found = self.columns.iter().zip(&self.paths).find_map(|(columns, path)| {
            columns.iter().position(|n| *n == name).map(|column| (path.as_path(), column + 1))
        });
        found.unwrap_or((Path::new(""), 0))
    }

    /// Writes down every so often how far reading is, so that after a crash the same submission goes on
    /// from there. The `sources` of [`Submission::write`] must then be the files' digests, in order.
    pub fn checkpoint_every(&mut self, every: Duration) {
        self.checkpoint_every = Some(every);
    }

    /// Reads everything and writes one batch. Blocks; uses rayon's pool.
    ///
    /// # Errors
    /// What a file says with file and line; a conflict with an earlier batch; the disk. Nothing is
    /// left behind but, after a crash, an unreferenced staging folder and a spool to go on with.
    pub fn write(
        self,
        store: &Store,
        institution: InstitutionId,
        roster: &Roster,
        sources: Vec<String>,
        progress: &dyn Progress,
    ) -> Result<(BatchSeal, SubmissionReport), SubmissionError> {
        let kept: Vec<usize> = (0..self.names.len()).filter(|name| roster.keys[*name].is_some()).collect();
        if kept.is_empty() {
            return Err(SubmissionError::NobodyLeft);
        }
        let samples: Vec<i64> = kept.iter().filter_map(|name| roster.keys[*name]).collect();
        let mut report = SubmissionReport {
            files: self.paths.len(),
            samples: samples.len(),
            samples_left_out: self.names.len() - samples.len(),
            ..SubmissionReport::default()
        };
        let options = self.options.identity();
        let request =
            Request { institution: &institution, sources: &sources, keys: &roster.keys, options: &options };
        let checkpoints = self.checkpoint_every.map(|every| Checkpoints::open(store, &request, every));
        let mut checkpoints = checkpoints.transpose()?;
        let mut coverage = CoverageSpool::new(store)?;
        let spools = self.spool(store, &kept, &mut coverage, &mut report, progress, &mut checkpoints)?;
        let coverage = coverage.finish(&self.paths, samples.len())?;
        let total = report.read.rows;
        progress.writing(0, total);
        let mut held = Held::new(&roster.earlier, &samples);
        let mut writer = store.new_batch(samples.len())?;
        for contig in Contig::all() {
            let mut merge = Merge::new(&spools, contig, samples.len())?;
            let mut earlier = held.contig(contig, coverage.as_ref())?;
            let mut completion =
                coverage.as_ref().map(|coverage| coverage.contig(contig)).map(Completion::new);
            while let Some(mut row) = merge.next_row()? {
                if let Some(completion) = &mut completion
                    && !completion.complete(&mut row, samples.len(), writer.callability()?)?
                {
                    continue;
                }
                if earlier.take_out(&mut row)? {
                    row.write(&mut writer)?;
                    report.rows += 1;
                    if report.rows.is_multiple_of(TELL_EVERY_ROWS) {
                        progress.writing(report.rows, total);
                    }
                } else {
                    report.rows_held_already += 1;
                }
            }
            if let Some(completion) = completion {
                completion.finish(writer.callability()?)?;
            }
            report.rows_held_already += merge.repeated();
        }
        if report.rows == 0 && coverage.is_none() {
            return Err(if report.rows_held_already > 0 {
                SubmissionError::NothingNew
            } else {
                SubmissionError::NoVariants
            });
        }
        Ok((writer.finish(institution, samples, sources)?, report))
    }

    /// Opens a file again to read it whole.
    fn reopen(&self, path: &Path, columns: &[usize]) -> Result<FileRows, SubmissionError> {
        let file = FileRows::open(path, &self.options)?;
        if !columns.iter().map(|name| &self.names[*name]).eq(file.samples()) {
            let found = "its samples changed while it was read".to_owned();
            return Err(IngestError::Damaged { file: path.to_owned(), found }.into());
        }
        Ok(file)
    }

    /// Phase one: every file to its end, its rows on disk by contig.
    fn spool(
        &self,
        store: &Store,
        kept: &[usize],
        coverage: &mut CoverageSpool,
        report: &mut SubmissionReport,
        progress: &dyn Progress,
        checkpoints: &mut Option<Checkpoints>,
    ) -> Result<Vec<SpoolReader>, SubmissionError> {
        let mut position = vec![None; self.names.len()];
        kept.iter().enumerate().for_each(|(at, name)| position[*name] = Some(at));
        let total: u64 = self.sizes.iter().sum();
        if let Some((done, rows)) = checkpoints.as_ref().and_then(Checkpoints::taken_up) {
            progress.resuming(done, total, rows);
        }
        let mut spools = Vec::new();
        for (number, (path, columns)) in self.paths.iter().zip(&self.columns).enumerate() {
            let in_file: Vec<usize> =
                (0..columns.len()).filter(|c| position[columns[*c]].is_some()).collect();
            let in_batch: Vec<usize> = in_file.iter().filter_map(|c| position[columns[*c]]).collect();
            let (done, rows) = (report.read.bytes_total, report.read.rows);
            let mut cover = coverage.file(&in_batch);
            let spool = if let Some(checkpoints) = checkpoints
                && let Some(finished) = checkpoints.finished(number)
            {
                report.add(&finished.report);
                SpoolReader::finished(checkpoints.rows(number)?, &finished.spool, in_batch.clone())
            } else {
                let mut file = self.reopen(path, columns)?;
                file.keep(in_file);
                let tell =
                    |read: &ReadReport| progress.reading(done + read.bytes_read, total, rows + read.rows);
                let spool = read_file(&mut file, number, store, checkpoints, &mut cover, tell)?;
                report.add(file.report());
                cover.finish(file.report())?;
                spool.finish(in_batch.clone())?
            };
            spools.push(spool);
        }
        Ok(spools)
    }
}

/// Reads one file into its spool, and what it covers with it, from where an interrupted ingest stood if there was one.
fn read_file(
    file: &mut FileRows,
    number: usize,
    store: &Store,
    checkpoints: &mut Option<Checkpoints>,
    cover: &mut FileCover<'_>,
    tell: impl Fn(&ReadReport),
) -> Result<SpoolWriter, SubmissionError> {
    let Some(noted) = checkpoints else {
        let mut spool = SpoolWriter::new(store.scratch_file()?, None)?;
        spool_file(file, &mut spool, cover, |file, _| {
            tell(file.report());
            Ok(())
        })?;
        return Ok(spool);
    };
    let rows = noted.rows(number)?;
    let mut spool = match noted.take_current() {
        None => SpoolWriter::new(rows, None)?,
        Some(Current { spool, file: state }) => {
            file.resume(state)?;
            SpoolWriter::new(rows, Some(spool))?
        }
    };
    spool_file(file, &mut spool, cover, |file, spool| {
        tell(file.report());
        if noted.is_due()
            && let Some(file) = file.state()
        {
            noted.set_current(Current { spool: spool.state()?, file })?;
        }
        Ok(())
    })?;
    if file.is_gvcf() {
        // What its records cover is not in the spool: an ingest of gVCFs that is interrupted begins anew.
        *checkpoints = None;
    } else {
        noted.finish(spool.state()?, file.report().clone())?;
    }
    Ok(spool)
}
