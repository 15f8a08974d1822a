//! Genotype codec and counting kernels: arrays in, numbers out.
//!
//! Level 1: no I/O. The mask is part of the kernel: a sample that has no class is never looked at
//! beyond its presence, so a caller cannot learn about people outside its [`gj_model::SampleSet`].

pub mod block;
mod bytes;
pub mod call;
pub mod classes;
pub mod row;
pub mod unrecorded;

pub use block::{Block, BlockEncoder, Order};
pub use call::Call;
pub use classes::Classes;
pub use classes::Histogram;
pub use row::{CountedOrder, RowError, Scratch, decode, encode, tally};
pub use unrecorded::Unrecorded;
