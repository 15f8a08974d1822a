//! Why files are not a vocabulary.

/// What is wrong, with file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A line that does not read.
    #[error("`{file}`, line {line}: {what}")]
    Line {
        /// The file as named by the caller.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What was found, what was expected.
        what: String,
    },
    /// A file of none of the known forms.
    #[error(
        "`{0}` is of no known form; expected OBO, Turtle, a table of edges (KGX), of matches (SSSOM) or of translations (Babelon)"
    )]
    Form(String),
    /// The files together do not make a vocabulary.
    #[error("{0}")]
    Whole(String),
}
