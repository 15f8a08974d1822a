//! A batch: the genotypes one institution submitted, never changed in place.
//!
//! Level 0 is what one submission brings, each row alone; level 1 is what compaction makes of it, rows
//! in haplotype-sorted blocks. Both read alike, always with the people who may be seen: counted
//! ([`Batch::counts`]), summed with weights ([`Batch::sums`]), as calls ([`Batch::calls`]), of one person
//! ([`Batch::person`]), or the carriers of one variant ([`Batch::carriers`]).

mod carriers;
mod erased;
mod person;
mod scan;
mod sums;
mod writer;

pub(crate) use erased::Erased;
pub use person::{PersonRows, PersonScan};
pub use scan::{CallRow, CountScan, Scan};
pub use sums::{SumScan, SummedRows};
pub use writer::{BatchSeal, BatchWriter, StagedBatch};

use crate::Store;
use crate::callability::Callability;
use crate::error::StoreError;
use crate::evidence::EvidenceTable;
use crate::manifest::{self, BatchManifest};
use crate::orders::{Layout, Orders};
use crate::table::{Part, Table};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{BinaryArray, UInt32Array};
use carriers::Pages;
use gj_model::{BatchId, SampleSet};
use std::sync::Arc;

const TABLE: &str = "genotypes";
/// Columns of a genotype row besides the site.
const PAYLOAD: [&str; 2] = ["payload", "block"];
/// What the calls of a row add up to, over everybody in the batch.
const TOTALS: [&str; 3] = ["ac", "an", "hom"];

impl Store {
    /// Opens a batch for reading.
    ///
    /// # Errors
    /// When a file is missing, damaged or newer than this program.
    pub fn batch(&self, id: &BatchId) -> Result<Batch, StoreError> {
        let dir = self.batch_dir(id);
        let (manifest, digest): (BatchManifest, String) =
            manifest::read(&dir, id.as_str(), manifest::FORMAT_BATCH)?;
        let table = Table::open(&dir, TABLE, &manifest.sums)?;
        let samples = manifest.samples.len();
        let layout = if manifest.format < 3 { Layout::Whole } else { Layout::Differences };
        let open =
            |orders: &manifest::Orders| Orders::open(&dir, &orders.lengths, &orders.sums, samples, layout);
        let orders = manifest.orders.as_ref().map(open).transpose()?.map(Arc::new);
        let callability = manifest.callability.as_ref().map(|section| Callability::open(&dir, section));
        let evidence = manifest.evidence.as_ref().map(|section| EvidenceTable::open(&dir, section));
        let (callability, evidence) = (callability.transpose()?, evidence.transpose()?);
        Ok(Batch {
            id: id.clone(),
            manifest: Arc::new(manifest),
            digest,
            table,
            orders,
            pages: Arc::default(),
            callability,
            evidence,
        })
    }
}

/// A batch open for reading. Cheap to clone; clones share caches.
#[derive(Debug, Clone)]
pub struct Batch {
    id: BatchId,
    manifest: Arc<BatchManifest>,
    digest: String,
    table: Table,
    orders: Option<Arc<Orders>>,
    pages: Arc<Pages>,
    pub(crate) callability: Option<Callability>,
    pub(crate) evidence: Option<EvidenceTable>,
}

impl Batch {
    /// Its id.
    pub fn id(&self) -> &BatchId {
        &self.id
    }

    /// Its manifest.
    pub fn manifest(&self) -> &BatchManifest {
        &self.manifest
    }

    /// Digest of its manifest.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Number of sample columns.
    pub fn samples(&self) -> usize {
        self.manifest.samples.len()
    }

    /// Whether its rows are in haplotype-sorted blocks.
    pub fn is_sorted(&self) -> bool {
        self.orders.is_some()
    }

    /// Checks every byte of its files against their sums.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the file and the place.
    pub fn check(&self) -> Result<(), StoreError> {
        self.table.check_all()?;
        self.callability.as_ref().map_or(Ok(()), Callability::check_all)?;
        self.evidence.as_ref().map_or(Ok(()), EvidenceTable::check_all)?;
        self.orders.as_ref().map_or(Ok(()), |orders| orders.check_all())
    }

    /// Stored bytes, by what they are for.
    pub fn sizes(&self) -> [(&'static str, u64); 4] {
        let orders = self.manifest.orders.iter().flat_map(|orders| &orders.lengths);
        let bytes = |columns: &[&str]| self.table.column_bytes(columns);
        let parts = [bytes(&PAYLOAD), orders.map(|length| u64::from(*length)).sum(), bytes(&TOTALS)];
        let all = self.manifest.genotype_bytes();
        [
            ("genotypes", parts[0]),
            ("orders", parts[1]),
            ("totals", parts[2]),
            ("sites, origins and indexes", all - parts.iter().sum::<u64>()),
        ]
    }

    pub(crate) fn check_people(&self, given: usize) -> Result<(), StoreError> {
        let batch = self.samples();
        if given == batch { Ok(()) } else { Err(StoreError::WrongPeople { given, batch }) }
    }

    /// Everybody but the columns whose people have left.
    pub fn everybody(&self) -> SampleSet {
        let mut people = SampleSet::all(self.samples());
        let gone = self.manifest.samples.iter().enumerate().filter(|(_, key)| **key == 0);
        gone.for_each(|(column, _)| people.remove(column));
        people
    }
}

/// The genotype columns of some rows.
struct Genotypes {
    payloads: BinaryArray,
    /// Level 0 has none.
    blocks: Option<UInt32Array>,
}

impl Genotypes {
    fn of(rows: &Part) -> Genotypes {
        let payloads = rows.column("payload").map(|column| column.as_binary::<i32>().clone());
        let blocks = rows.column("block").map(|column| column.as_primitive::<UInt32Type>().clone());
        // A table without payloads has no rows to give.
        Genotypes { payloads: payloads.unwrap_or_else(|| BinaryArray::new_null(rows.len())), blocks }
    }

    fn payload(&self, row: usize) -> &[u8] {
        self.payloads.value(row)
    }

    /// The block of a row that has one.
    fn block(&self, row: usize) -> Option<u32> {
        use arrow_array::Array;
        self.blocks.as_ref().filter(|blocks| blocks.is_valid(row)).map(|blocks| blocks.value(row))
    }
}
