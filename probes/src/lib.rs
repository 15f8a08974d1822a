//! What must hold of every reader whatever bytes it is given: the bodies of the fuzz targets.
//!
//! Each probe takes any bytes and panics where a reader does something else than read right or refuse.
//! `fuzz/` runs them under libFuzzer, `tests/corpus.rs` over the inputs that are checked in.

pub mod cells;
pub mod inflate;
pub mod input;
pub mod manifest;
pub mod order;
pub mod packing;
pub mod place;
pub mod programme;
pub mod record;
pub mod row;
pub mod sheet;
pub mod submitted;

/// A probe.
pub type Probe = fn(&[u8]);

/// Every probe by the name of its fuzz target and of the folder of its inputs.
pub const PROBES: [(&str, Probe); 13] = [
    ("bcf", submitted::bcf),
    ("bcf_record", record::bcf),
    ("cells", cells::probe),
    ("inflate", inflate::probe),
    ("manifest", manifest::probe),
    ("order", order::probe),
    ("packing", packing::probe),
    ("place", place::probe),
    ("programme", programme::probe),
    ("row", row::probe),
    ("sheet", sheet::probe),
    ("vcf", submitted::vcf),
    ("vcf_record", record::vcf),
];
