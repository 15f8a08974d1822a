//! Why a file of gene models is refused: file, line, what was found, what was expected.

/// A file that is not taken. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A line that cannot be read.
    #[error("{file}, line {line}: {found}; expected {expected}")]
    Line {
        /// The file's name as the caller gave it.
        file: String,
        /// 1-based line.
        line: usize,
        /// What is there.
        found: String,
        /// What should be there.
        expected: &'static str,
    },
    /// A transcript whose parts contradict each other.
    #[error("{file}: transcript `{transcript}` {found}; mend the file or leave the transcript out")]
    Transcript {
        /// The file's name as the caller gave it.
        file: String,
        /// The transcript's id.
        transcript: String,
        /// What is wrong with it.
        found: String,
    },
    /// A file without a single transcript of a primary contig.
    #[error(
        "{file} holds no transcript on chr1–chr22, chrX, chrY or chrM; expected gene models of GRCh38 in {expected}"
    )]
    Empty {
        /// The file's name as the caller gave it.
        file: String,
        /// The form it was read as.
        expected: &'static str,
    },
}
