//! Vocabularies of diseases and phenotypes: MONDO, NANDO, the Human Phenotype Ontology.
//!
//! Level 1 of the river: text in, terms out. [`Draft`] reads the files of one version, whole or not at all;
//! [`Library`] knows of several vocabularies what is a kind of what; [`Spellings`] finds a term by any of
//! its names, in 漢字, kana of either width or Latin letters. It opens no file and decides nothing.
//!
//! ```
//! use gj_ontology::{Draft, Form, Library};
//! let mut draft = Draft::new("MONDO");
//! let text = "id\tsubject\tpredicate\tobject\n1\tMONDO:0000591\tbiolink:subclass_of\tMONDO:0004994\n";
//! draft.read("edges.tsv", text)?;
//! let library = Library::of(vec![draft.finish()?]);
//! assert_eq!(library.kinds("MONDO:0000591"), ["MONDO:0000591", "MONDO:0004994"]);
//! assert_eq!(Form::of(text), Some(Form::Edges));
//! # Ok::<(), gj_ontology::ReadError>(())
//! ```

mod curie;
mod draft;
mod error;
mod library;
mod read;
mod spelling;
mod term;

pub use curie::{curie, prefix};
pub use draft::Draft;
pub use error::ReadError;
pub use library::{Library, Standing};
pub use read::Form;
pub use spelling::{Spellings, fold};
pub use term::{Language, Match, MatchKind, Name, Term};
