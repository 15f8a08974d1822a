//! One question, one file.
//!
//! Level 4: asks the gate, computes on a view, hands the finding back to be released. The only crate
//! that may open a [`gj_gate::View`]; never sees a file, a registry row or a person's name.

pub mod frequency;
pub mod statistics;
pub mod table;
pub mod variant;
