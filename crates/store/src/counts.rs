//! The table of counts that a panel and a census share: written in order, read chunk by chunk.
//!
//! Beside the site stand the totals over all classes, plain columns for any Parquet reader, and the
//! counts of each class as one short string of bytes ([`gj_kernels::cells`]).

mod points;

use crate::counted::OfCounts;
use crate::error::StoreError;
use crate::manifest;
use crate::table::{GROUP_BYTES, GROUP_ROWS, Rows, Table, TableSeal, TableWriter};
use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BinaryArray, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};
use gj_kernels::{Baseline, RowError, put_cells, read_cells};
use gj_model::{Contig, Counts, Position, Region, ReleaseClass, Variant, Zone};
use std::path::Path;
use std::sync::Arc;

/// Compression of counts.
const ZSTD_LEVEL: i32 = 3;
const MEASURES: [&str; 5] = ["ac", "an", "hom", "hemi", "people"];

/// Where a site stands: contigs in karyotype order, then positions. Variants of one place share it.
pub(crate) type Place = u64;

pub(crate) fn place(contig: Contig, position: u32) -> Place {
    u64::from(contig.index()) << 32 | u64::from(position)
}

fn contig_of(place: Place) -> Option<Contig> {
    Contig::from_index((place >> 32) as u8)
}

/// What ploidy means at a place.
pub(crate) fn zone_of(place: Place) -> Zone {
    contig_of(place).map_or(Zone::Diploid, |contig| contig.zone(place as u32))
}

/// The variant of a place and alleles; `None` for a place that is none.
pub(crate) fn variant_of(place: Place, reference: &str, alternate: &str) -> Option<Variant> {
    Some(Variant {
        contig: contig_of(place)?,
        position: Position::new(place as u32)?,
        reference: reference.to_owned(),
        alternate: alternate.to_owned(),
    })
}

/// The baseline of classes and the people in each.
pub(crate) fn baseline(classes: &[ReleaseClass], people: &[u32]) -> Baseline {
    Baseline::new(classes.iter().map(|class| class.sex).zip(people.iter().copied()))
}

/// Writes a table of counts.
pub(crate) struct CountsWriter {
    table: TableWriter,
    baseline: Arc<Baseline>,
    place: Place,
    positions: Vec<u32>,
    references: StringBuilder,
    alternates: StringBuilder,
    totals: [Vec<u32>; 5],
    cells: BinaryBuilder,
    bytes: Vec<u8>,
}

impl CountsWriter {
    pub(crate) fn create<M: OfCounts>(
        dir: &Path,
        baseline: Arc<Baseline>,
    ) -> Result<CountsWriter, StoreError> {
        let total = |name: &str| Field::new(name, DataType::UInt32, false);
        let mut columns = MEASURES.map(total).to_vec();
        columns.push(Field::new("cells", DataType::Binary, false));
        Ok(CountsWriter {
            table: TableWriter::create_of(dir, M::TABLE, columns, (ZSTD_LEVEL, M::grain(M::NEWEST)))?,
            baseline,
            place: 0,
            positions: Vec::new(),
            references: StringBuilder::new(),
            alternates: StringBuilder::new(),
            totals: Default::default(),
            cells: BinaryBuilder::new(),
            bytes: Vec::new(),
        })
    }

    /// Adds a site with one entry a class.
    pub(crate) fn push(
        &mut self,
        place: Place,
        alleles: (&str, &str),
        counts: &[Counts],
    ) -> Result<(), StoreError> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        put_cells(counts, self.baseline.of(zone_of(place)), &mut bytes);
        let total = counts.iter().copied().sum();
        let pushed = self.push_cells(place, alleles, total, &bytes);
        self.bytes = bytes;
        pushed
    }

    /// Adds a site whose cells were written with the same baseline.
    pub(crate) fn push_cells(
        &mut self,
        place: Place,
        (reference, alternate): (&str, &str),
        total: Counts,
        cells: &[u8],
    ) -> Result<(), StoreError> {
        let buffered = self.cells.values_slice().len() + self.references.values_slice().len() * 2;
        let other_contig = place >> 32 != self.place >> 32;
        if other_contig || self.positions.len() >= GROUP_ROWS || buffered >= GROUP_BYTES {
            self.flush()?;
        } else if place < self.place {
            return Err(StoreError::Unsorted);
        }
        self.place = place;
        self.positions.push(place as u32);
        self.references.append_value(reference);
        self.alternates.append_value(alternate);
        let numbers = [total.ac, total.an, total.hom, total.hemi, total.people];
        self.totals.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number));
        self.cells.append_value(cells);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let Some(contig) = contig_of(self.place).filter(|_| !self.positions.is_empty()) else {
            return Ok(());
        };
        let names = std::iter::repeat_n(contig.name(), self.positions.len());
        let sites: [ArrayRef; 4] = [
            Arc::new(StringArray::from_iter_values(names)),
            Arc::new(UInt32Array::from(std::mem::take(&mut self.positions))),
            Arc::new(self.references.finish()),
            Arc::new(self.alternates.finish()),
        ];
        let totals = self.totals.each_mut().map(std::mem::take);
        let mut columns: Vec<ArrayRef> =
            totals.into_iter().map(|column| Arc::new(UInt32Array::from(column)) as ArrayRef).collect();
        columns.push(Arc::new(self.cells.finish()));
        self.table.write_group(sites, columns)
    }

    pub(crate) fn finish(mut self) -> Result<TableSeal, StoreError> {
        self.flush()?;
        self.table.finish()
    }
}

/// A table of counts open for reading.
#[derive(Debug, Clone)]
pub(crate) struct CountsTable {
    table: Table,
    format: u32,
    baseline: Arc<Baseline>,
}

impl CountsTable {
    pub(crate) fn new(table: Table, format: u32, baseline: Baseline) -> CountsTable {
        CountsTable { table, format, baseline: Arc::new(baseline) }
    }

    /// What its cells are relative to; `None` in a table of lists.
    pub(crate) fn baseline(&self) -> Option<&Arc<Baseline>> {
        (self.format != manifest::PANEL_LISTS).then_some(&self.baseline)
    }

    /// Number of classes.
    pub(crate) fn classes(&self) -> usize {
        self.baseline.classes()
    }

    /// Checks every byte.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.table.check_all()
    }

    /// Reads the sites of a region, or all, `chunk` at a time.
    pub(crate) fn read(&self, region: Option<&Region>, chunk: usize) -> Result<CountRows, StoreError> {
        self.read_columns(region, chunk, MEASURES.len())
    }

    /// The same without the totals over all classes, where the counts of each are enough.
    pub(crate) fn read_cells(&self, region: Option<&Region>, chunk: usize) -> Result<CountRows, StoreError> {
        let is_lists = self.format == manifest::PANEL_LISTS;
        self.read_columns(region, chunk, if is_lists { MEASURES.len() } else { 0 })
    }

    fn read_columns(
        &self,
        region: Option<&Region>,
        chunk: usize,
        totals: usize,
    ) -> Result<CountRows, StoreError> {
        let columns: Vec<&str> = MEASURES.into_iter().take(totals).chain(["cells"]).collect();
        Ok(CountRows {
            rows: self.table.read(region, chunk, &columns)?,
            format: self.format,
            totals,
            baseline: self.baseline.clone(),
        })
    }
}

/// Chunks of a table of counts.
pub(crate) struct CountRows {
    rows: Rows,
    format: u32,
    /// How many of the totals are read: all or none.
    totals: usize,
    baseline: Arc<Baseline>,
}

impl CountRows {
    /// The next chunk; `None` at the end.
    pub(crate) fn next_chunk(&mut self) -> Result<Option<Chunk>, StoreError> {
        let Some(rows) = self.rows.next()? else { return Ok(None) };
        let counts = if self.format == manifest::PANEL_LISTS {
            let classes = self.baseline.classes();
            let lists = [0, 1, 2, 3, 4].map(|measure| rows.others()[measure].as_fixed_size_list().values());
            Columns::Lists(lists.map(|list| list.as_primitive().clone()), classes)
        } else {
            let total = |measure: usize| rows.others()[measure].as_primitive().clone();
            let totals = (self.totals > 0).then(|| [0, 1, 2, 3, 4].map(total));
            let cells = rows.others()[self.totals].as_binary::<i32>().clone();
            Columns::Cells { cells, totals, baseline: self.baseline.clone() }
        };
        let sites = rows.sites();
        Ok(Some(Chunk {
            places: sites.positions().iter().map(|position| place(rows.contig, *position)).collect(),
            references: sites.references,
            alternates: sites.alternates,
            counts,
        }))
    }

    pub(crate) fn path(&self) -> &Path {
        self.rows.path()
    }
}

/// Some sites with their counts.
pub(crate) struct Chunk {
    pub(crate) places: Vec<Place>,
    references: StringArray,
    alternates: StringArray,
    counts: Columns,
}

enum Columns {
    /// Five lists with one number a class.
    Lists([UInt32Array; 5], usize),
    Cells {
        cells: BinaryArray,
        /// Where they were read.
        totals: Option<[UInt32Array; 5]>,
        baseline: Arc<Baseline>,
    },
    /// Counted just now.
    Counted(Vec<Vec<Counts>>),
}

impl Chunk {
    /// A chunk of sites counted just now.
    pub(crate) fn counted(sites: Vec<crate::CountedSite>) -> Chunk {
        Chunk {
            places: sites.iter().map(|(v, _)| place(v.contig, v.position.get())).collect(),
            references: StringArray::from_iter_values(sites.iter().map(|(v, _)| v.reference.as_str())),
            alternates: StringArray::from_iter_values(sites.iter().map(|(v, _)| v.alternate.as_str())),
            counts: Columns::Counted(sites.into_iter().map(|(_, counts)| counts).collect()),
        }
    }

    /// Reference and alternate allele of a row.
    pub(crate) fn alleles(&self, row: usize) -> (&str, &str) {
        (self.references.value(row), self.alternates.value(row))
    }

    /// The row's bytes and totals, where it is stored as cells and both were read.
    pub(crate) fn cells(&self, row: usize) -> Option<(&[u8], Counts)> {
        match &self.counts {
            Columns::Cells { cells, totals: Some(totals), .. } => {
                Some((cells.value(row), numbers(totals, row)))
            }
            _ => None,
        }
    }

    /// Gives `each` the counts of every class with a call.
    pub(crate) fn each(&self, row: usize, mut each: impl FnMut(usize, Counts)) -> Result<(), RowError> {
        match &self.counts {
            Columns::Lists(lists, classes) => {
                for class in 0..*classes {
                    each(class, numbers(lists, row * classes + class));
                }
            }
            Columns::Cells { cells, baseline, .. } => {
                read_cells(cells.value(row), baseline.of(zone_of(self.places[row])), each)?;
            }
            Columns::Counted(counts) => {
                counts[row].iter().enumerate().for_each(|(class, counts)| each(class, *counts));
            }
        }
        Ok(())
    }
}

fn numbers(columns: &[UInt32Array; 5], at: usize) -> Counts {
    let [ac, an, hom, hemi, people] = columns.each_ref().map(|column| column.value(at));
    Counts { ac, an, hom, hemi, people }
}
