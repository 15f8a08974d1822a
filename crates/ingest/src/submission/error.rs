//! Why a whole submission is refused.

use crate::error::IngestError;
use gj_store::StoreError;
use std::path::PathBuf;

/// Why nothing of a submission was taken. Samples are named by file and column, never by name.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// A file, or a line of it.
    #[error(transparent)]
    File(#[from] IngestError),
    /// The data directory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file without genotypes.
    #[error("`{}` has no sample columns; genotypes of people are expected, one column each", file.display())]
    NoSamples {
        /// The file as typed.
        file: PathBuf,
    },
    /// A file that was taken before, or is given twice.
    #[error("`{}` was submitted before (batch `{batch}`); nothing was changed", file.display())]
    SameFile {
        /// The file as typed.
        file: PathBuf,
        /// Where it is.
        batch: String,
    },
    /// Samples that nobody registered.
    #[error(
        "`{}` sample column {column}: the sample is not registered by this institution ({count} such \
         columns in all); add them to the sample sheet with `gj import-samples`, or take them out of the file",
        file.display()
    )]
    UnknownSample {
        /// The file as typed.
        file: PathBuf,
        /// 1-based column of the first one.
        column: usize,
        /// How many.
        count: usize,
    },
    /// Samples whose people did not allow research, or have left.
    #[error(
        "`{}` sample column {column}: the person has not consented to `research`, or has withdrawn ({count} \
         such columns in all); take them out of the file, or leave them unread with `--skip-unconsented`",
        file.display()
    )]
    MissingConsent {
        /// The file as typed.
        file: PathBuf,
        /// 1-based column of the first one.
        column: usize,
        /// How many.
        count: usize,
    },
    /// A person's call differs between files, or from an earlier batch.
    #[error(
        "{place}: {count} of the samples have another genotype here in {other}; submit one call per sample \
         and variant"
    )]
    Conflict {
        /// `contig-position-ref-alt`.
        place: String,
        /// How many samples differ.
        count: usize,
        /// The other place.
        other: String,
    },
    /// A plain file among gVCFs.
    #[error(
        "`{}` is no gVCF (no record has `<NON_REF>` or `<*>`), other files of this submission are: what an \
         absent record means differs; submit the two kinds apart",
        file.display()
    )]
    Mixed {
        /// The file as typed.
        file: PathBuf,
    },
    /// A contig of a person in two batches, one of them of gVCFs.
    #[error(
        "{contig}: {count} of the samples have calls there in batch `{batch}` already; where gVCFs are \
         concerned a contig of a person comes in one batch: leave these samples, or this contig, out"
    )]
    CoveredBefore {
        /// The contig.
        contig: gj_model::Contig,
        /// How many samples.
        count: usize,
        /// The earlier batch.
        batch: String,
    },
    /// Everybody was left out.
    #[error("no sample is left to read: all people of the files have not consented or have withdrawn")]
    NobodyLeft,
    /// Only what is there already.
    #[error("every call of these files is held already; nothing was changed")]
    NothingNew,
    /// No variant at all.
    #[error("the files hold no variant that can be collected; nothing was changed")]
    NoVariants,
}
