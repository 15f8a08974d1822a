//! Genotype codec and counting kernels: arrays in, numbers out.
//!
//! Level 1: no I/O. The mask is part of the kernel: a sample that has no class is never looked at
//! beyond its presence, so a caller cannot learn about people outside its [`gj_model::SampleSet`].

pub mod block;
mod bytes;
pub mod call;
pub mod carriers;
pub mod cells;
pub mod classes;
pub mod erase;
pub mod hardy;
mod marks;
pub mod order;
pub mod poisson;
pub mod row;
pub mod sparse;
pub mod sums;
pub mod totals;
pub mod unrecorded;

pub use block::{Block, BlockEncoder};
pub use call::Call;
pub use carriers::{Person, carriers};
pub use cells::{Baseline, put_cells, read_cells};
pub use classes::Classes;
pub use classes::Histogram;
pub use erase::{ErasedOrder, ErasedRow, erase};
pub use order::Order;
pub use row::{CountedOrder, RowError, Scratch, decode, encode, tally};
pub use sparse::Sparse;
pub use sums::{Number, SummedOrder, Sums, Weights, sum};
pub use totals::{Totals, totals};
pub use unrecorded::Unrecorded;
