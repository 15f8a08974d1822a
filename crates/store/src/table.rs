//! One sorted Parquet table: the columns every table begins with, and how a region of it is read.
//!
//! Columns `contig`, `position` (1-based), `reference`, `alternate`; rows ascend in that order, and a
//! row group never spans two contigs. Readable by any Parquet reader.

mod encoding;
mod grain;
mod single;
mod writer;

pub(crate) use grain::Grain;
pub(crate) use writer::{TableSeal, TableWriter};

use crate::error::StoreError;
use crate::sums::CheckedFile;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, UInt32Array};
use arrow_schema::ArrowError;
use gj_model::{Contig, Position, Region, Variant};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection, RowSelector,
};
use parquet::file::metadata::{PageIndexPolicy, RowGroupMetaData};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;
use std::path::Path;
use std::sync::Arc;

/// The columns that every table begins with.
const SITE_COLUMNS: [&str; 4] = ["contig", "position", "reference", "alternate"];
/// Where the positions are among them.
const POSITION: usize = 1;
/// Rows of a row group at most.
pub(crate) const GROUP_ROWS: usize = 16_384;
/// Bytes of buffered values at which a row group is closed early, so that memory stays bounded.
pub(crate) const GROUP_BYTES: usize = 64 << 20;

/// A table open for reading.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) file: CheckedFile,
    pub(crate) grain: Grain,
    metadata: ArrowReaderMetadata,
    groups: Arc<[Group]>,
}

impl Table {
    pub(crate) fn open(dir: &Path, name: &str, digest: &str) -> Result<Table, StoreError> {
        Table::open_of(dir, name, digest, Grain::Coarse)
    }

    /// The same with the grain that it was written with.
    pub(crate) fn open_of(dir: &Path, name: &str, digest: &str, grain: Grain) -> Result<Table, StoreError> {
        let data = dir.join(format!("{name}.parquet"));
        let sums = dir.join(format!("{name}.sums"));
        let file = CheckedFile::open_of(&data, &sums, digest, grain.stretch())?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let metadata =
            ArrowReaderMetadata::load(&file, options).map_err(|e| StoreError::damaged(&data, e))?;
        let groups: Option<Vec<Group>> = metadata.metadata().row_groups().iter().map(group_of).collect();
        let groups = groups.ok_or_else(|| StoreError::damaged(&data, "a row group has no statistics"))?;
        Ok(Table { file, grain, metadata, groups: groups.into() })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Bytes of some columns, as stored.
    pub(crate) fn column_bytes(&self, columns: &[&str]) -> u64 {
        let chunks = self.metadata.metadata().row_groups().iter().flat_map(|group| group.columns());
        let of = chunks.filter(|chunk| columns.contains(&chunk.column_path().parts()[0].as_str()));
        of.map(|chunk| chunk.compressed_size() as u64).sum()
    }

    /// Checks every byte of the file.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.file.check_all()
    }

    /// Reads the rows of a region, or all, `chunk` at a time at most: the site's columns, then those named.
    pub(crate) fn read(
        &self,
        region: Option<&Region>,
        chunk: usize,
        columns: &[&str],
    ) -> Result<Rows, StoreError> {
        let groups = region.map_or_else(|| (0..self.groups.len()).collect(), |region| self.groups_of(region));
        Ok(Rows {
            mask: self.mask(columns),
            table: self.clone(),
            groups: groups.into_iter(),
            group: None,
            chunk,
            region: region.copied(),
        })
    }

    /// The site's columns and those named. The contig is known of every row group: it is not read again.
    fn mask(&self, columns: &[&str]) -> ProjectionMask {
        let schema = self.metadata.metadata().file_metadata().schema_descr();
        ProjectionMask::columns(schema, SITE_COLUMNS[POSITION..].iter().chain(columns).copied())
    }

    /// Reads some rows of one row group.
    fn group(
        &self,
        group: usize,
        rows: Option<Vec<RowSelector>>,
        chunk: usize,
        mask: ProjectionMask,
    ) -> Result<ParquetRecordBatchReader, StoreError> {
        let file = self.file.clone();
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_batch_size(chunk)
            .with_projection(mask)
            .with_row_groups(vec![group]);
        if let Some(rows) = rows {
            builder = builder.with_row_selection(RowSelection::from(rows));
        }
        builder.build().map_err(|e| StoreError::damaged(self.path(), e))
    }

    /// The pages of a row group that may hold rows of the region.
    fn pages_of(&self, group: usize, region: &Region) -> Vec<RowSelector> {
        let metadata = self.metadata.metadata();
        let rows = metadata.row_group(group).num_rows() as usize;
        let whole = || vec![RowSelector::select(rows)];
        let (Some(index), Some(offsets)) = (metadata.column_index(), metadata.offset_index()) else {
            return whole();
        };
        let ColumnIndexMetaData::INT32(positions) = &index[group][POSITION] else { return whole() };
        let starts = offsets[group][POSITION].page_locations();
        let starts: Vec<usize> =
            starts.iter().map(|page| page.first_row_index as usize).chain([rows]).collect();
        let (bounds, mut pages) = (positions.min_values_iter().zip(positions.max_values_iter()), Vec::new());
        for ((min, max), span) in bounds.zip(starts.windows(2)) {
            let overlaps = match (min, max) {
                // Stored as signed numbers, though positions are not: none comes near the sign.
                (Some(min), Some(max)) => {
                    *min as u32 <= region.end.get() && *max as u32 >= region.start.get()
                }
                _ => true,
            };
            let length = span[1] - span[0];
            pages.push(if overlaps { RowSelector::select(length) } else { RowSelector::skip(length) });
        }
        pages
    }

    /// The row groups that may hold rows of the region: groups ascend, and none spans two contigs.
    fn groups_of(&self, region: &Region) -> Vec<usize> {
        let groups = &self.groups;
        let first = groups.partition_point(|g| (g.contig, g.last) < (region.contig, region.start.get()));
        let end = groups.partition_point(|g| (g.contig, g.first) <= (region.contig, region.end.get()));
        (first..end.max(first)).collect()
    }

    /// The pages that may hold rows at a position: row group, first row in it, number of rows.
    pub(crate) fn pages_at(&self, contig: Contig, position: Position) -> Vec<Page> {
        let region = Region { contig, start: position, end: position };
        let metadata = self.metadata.metadata();
        let mut pages = Vec::with_capacity(1);
        for group in self.groups_of(&region) {
            let rows = metadata.row_group(group).num_rows() as usize;
            let (Some(index), Some(offsets)) = (metadata.column_index(), metadata.offset_index()) else {
                pages.push(Page { group, first: 0, rows });
                continue;
            };
            let ColumnIndexMetaData::INT32(bounds) = &index[group][POSITION] else {
                pages.push(Page { group, first: 0, rows });
                continue;
            };
            // Pages ascend. Stored as signed numbers, though positions are not: none comes near the sign.
            let begin = bounds.max_values().partition_point(|max| (*max as u32) < position.get());
            let end = bounds.min_values().partition_point(|min| *min as u32 <= position.get());
            let starts = offsets[group][POSITION].page_locations();
            for (page, start) in starts.iter().enumerate().take(end).skip(begin) {
                let first = start.first_row_index as usize;
                let next = starts.get(page + 1).map_or(rows, |next| next.first_row_index as usize);
                pages.push(Page { group, first, rows: next.saturating_sub(first) });
            }
        }
        pages
    }

    /// Reads one page.
    pub(crate) fn page(&self, page: Page, columns: &[&str]) -> Result<Part, StoreError> {
        let rows = vec![RowSelector::skip(page.first), RowSelector::select(page.rows)];
        let mut reader = self.group(page.group, Some(rows), page.rows, self.mask(columns))?;
        let damaged = |e: &dyn std::fmt::Display| StoreError::damaged(self.path(), e);
        let rows = reader.next().transpose().map_err(|e| damaged(&e))?;
        let rows = rows.ok_or_else(|| damaged(&"a page is empty"))?;
        Ok(Part { contig: self.groups[page.group].contig, rows })
    }
}

/// A stretch of rows of one row group, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Page {
    group: usize,
    first: usize,
    rows: usize,
}

/// What a row group covers.
#[derive(Debug)]
struct Group {
    contig: Contig,
    first: u32,
    last: u32,
}

/// `None` when the statistics do not say, or say that rows of two contigs are mixed.
fn group_of(group: &RowGroupMetaData) -> Option<Group> {
    let Some(Statistics::ByteArray(contig)) = group.column(0).statistics() else { return None };
    let (name, last_name) = (contig.min_opt()?.data(), contig.max_opt()?.data());
    let contig = std::str::from_utf8(name).ok().filter(|_| name == last_name)?.parse().ok()?;
    let Some(Statistics::Int32(positions)) = group.column(POSITION).statistics() else { return None };
    // Stored as signed numbers, though positions are not: none comes near the sign.
    Some(Group { contig, first: *positions.min_opt()? as u32, last: *positions.max_opt()? as u32 })
}

/// Some rows of one contig, in columns.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) contig: Contig,
    /// The site's columns but the contig, then those asked for.
    rows: RecordBatch,
}

impl Part {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.num_rows()
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.get_array_memory_size()
    }

    /// A column by name, if the table has it and it was asked for.
    pub(crate) fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.rows.column_by_name(name)
    }

    /// The columns after the contig that were asked for, in the order of the table.
    pub(crate) fn columns(&self) -> &[ArrayRef] {
        self.rows.columns()
    }

    /// Those after the site's.
    pub(crate) fn others(&self) -> &[ArrayRef] {
        &self.columns()[SITE_COLUMNS.len() - POSITION..]
    }

    /// The sites of the rows.
    pub(crate) fn sites(&self) -> SiteColumns {
        SiteColumns {
            contig: self.contig,
            positions: self.rows.column(0).as_primitive::<UInt32Type>().clone(),
            references: self.rows.column(1).as_string::<i32>().clone(),
            alternates: self.rows.column(2).as_string::<i32>().clone(),
        }
    }
}

/// Rows of a table, with errors that name its file.
pub(crate) struct Rows {
    table: Table,
    mask: ProjectionMask,
    groups: std::vec::IntoIter<usize>,
    group: Option<(Contig, ParquetRecordBatchReader)>,
    chunk: usize,
    region: Option<Region>,
}

impl Rows {
    /// The next rows, at least one.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, StoreError> {
        loop {
            let Some((contig, reader)) = &mut self.group else {
                let Some(group) = self.groups.next() else { return Ok(None) };
                let pages = self.region.as_ref().map(|region| self.table.pages_of(group, region));
                let reader = self.table.group(group, pages, self.chunk, self.mask.clone())?;
                self.group = Some((self.table.groups[group].contig, reader));
                continue;
            };
            let next = reader.next().transpose();
            let next = next.map_err(|error: ArrowError| StoreError::damaged(self.table.path(), error))?;
            let Some(rows) = next else {
                self.group = None;
                continue;
            };
            // Rows ascend, so those of the region stand together.
            let rows = match &self.region {
                None => rows,
                Some(region) => {
                    let positions = rows.column(0).as_primitive::<UInt32Type>().values();
                    let start = positions.partition_point(|position| *position < region.start.get());
                    let end = positions.partition_point(|position| *position <= region.end.get());
                    rows.slice(start, end.saturating_sub(start))
                }
            };
            if rows.num_rows() > 0 {
                return Ok(Some(Part { contig: *contig, rows }));
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.table.path()
    }
}

/// The sites of some rows of one contig, in columns.
#[derive(Debug, Clone)]
pub struct SiteColumns {
    contig: Contig,
    positions: UInt32Array,
    pub(crate) references: StringArray,
    pub(crate) alternates: StringArray,
}

impl SiteColumns {
    /// Number of sites.
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    /// The contig of all rows.
    pub fn contig(&self) -> Contig {
        self.contig
    }

    /// 1-based positions.
    pub(crate) fn positions(&self) -> &[u32] {
        self.positions.values()
    }

    /// 1-based position.
    pub fn position(&self, row: usize) -> u32 {
        self.positions.value(row)
    }

    /// Reference allele.
    pub fn reference(&self, row: usize) -> &str {
        self.references.value(row)
    }

    /// Alternate allele.
    pub fn alternate(&self, row: usize) -> &str {
        self.alternates.value(row)
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let alleles = self.references.get_array_memory_size() + self.alternates.get_array_memory_size();
        self.positions.get_array_memory_size() + alleles
    }

    /// The row of a variant, where the sites are of its contig.
    pub(crate) fn find(&self, variant: &Variant) -> Option<usize> {
        let positions = self.positions.values();
        let wanted = variant.position.get();
        let first = positions.partition_point(|position| *position < wanted);
        let rows = (first..positions.len()).take_while(|row| positions[*row] == wanted);
        let mut rows = rows.filter(|row| {
            self.reference(*row) == variant.reference && self.alternate(*row) == variant.alternate
        });
        rows.next()
    }

    /// The variant of a row; an error names what is wrong with it.
    pub(crate) fn variant(&self, row: usize) -> Result<Variant, &'static str> {
        Ok(Variant {
            contig: self.contig,
            position: Position::new(self.position(row)).ok_or("a position is 0")?,
            reference: self.reference(row).to_owned(),
            alternate: self.alternate(row).to_owned(),
        })
    }
}

/// The variants of some rows.
pub(crate) fn variants(rows: &Part, path: &Path) -> Result<Vec<Variant>, StoreError> {
    let sites = rows.sites();
    (0..sites.len()).map(|row| sites.variant(row).map_err(|e| StoreError::damaged(path, e))).collect()
}
