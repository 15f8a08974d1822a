//! One sorted Parquet table: the columns every table begins with, and how a region of it is read.
//!
//! Columns `contig`, `position` (1-based), `reference`, `alternate`; rows ascend in that order, and a
//! row group never spans two contigs. Readable by any Parquet reader.

use crate::error::StoreError;
use crate::sums::{self, CheckedFile};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use gj_model::{Contig, Position, Region, Variant};
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::PageIndexPolicy;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group at most.
pub(crate) const GROUP_ROWS: usize = 16_384;
/// Rows of a page at most: what a single lookup decodes.
const PAGE_ROWS: usize = 512;
/// Bytes of buffered values at which a row group is closed early, so that memory stays bounded.
pub(crate) const GROUP_BYTES: usize = 64 << 20;

/// A table open for reading.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    file: CheckedFile,
    metadata: ArrowReaderMetadata,
}

impl Table {
    pub(crate) fn open(dir: &Path, name: &str, digest: &str) -> Result<Table, StoreError> {
        let data = dir.join(format!("{name}.parquet"));
        let file = CheckedFile::open(&data, &dir.join(format!("{name}.sums")), digest)?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
        let metadata =
            ArrowReaderMetadata::load(&file, options).map_err(|e| StoreError::damaged(&data, e))?;
        Ok(Table { file, metadata })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Checks every byte of the file.
    pub(crate) fn check_all(&self) -> Result<(), StoreError> {
        self.file.check_all()
    }

    /// Reads the rows of a region, or all, `chunk` at a time.
    pub(crate) fn read(&self, region: Option<&Region>, chunk: usize) -> Result<Rows, StoreError> {
        let mut builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone())
                .with_batch_size(chunk);
        if let Some(region) = region {
            let mask = ProjectionMask::leaves(builder.parquet_schema(), [1]);
            let (start, end) = (region.start.get(), region.end.get());
            let inside = ArrowPredicateFn::new(mask, move |batch: RecordBatch| {
                let positions = batch.column(0).as_primitive::<UInt32Type>();
                Ok(BooleanArray::from_unary(positions, |p| (start..=end).contains(&p)))
            });
            builder = builder
                .with_row_groups(self.groups_of(region))
                .with_row_filter(RowFilter::new(vec![Box::new(inside)]));
        }
        let reader = builder.build().map_err(|e| StoreError::damaged(self.path(), e))?;
        Ok(Rows { reader, path: self.path().to_owned() })
    }

    fn groups_of(&self, region: &Region) -> Vec<usize> {
        let groups = self.metadata.metadata().row_groups();
        let holds = |group: &parquet::file::metadata::RowGroupMetaData| {
            let contig = match group.column(0).statistics() {
                Some(Statistics::ByteArray(s)) => {
                    s.min_opt().map(|v| v.data() == region.contig.name().as_bytes())
                }
                _ => None,
            };
            let overlap = match group.column(1).statistics() {
                Some(Statistics::Int32(s)) => match (s.min_opt(), s.max_opt()) {
                    (Some(min), Some(max)) => {
                        Some(*min as u32 <= region.end.get() && *max as u32 >= region.start.get())
                    }
                    _ => None,
                },
                _ => None,
            };
            contig.unwrap_or(true) && overlap.unwrap_or(true)
        };
        groups.iter().enumerate().filter(|(_, group)| holds(group)).map(|(index, _)| index).collect()
    }
}

/// Record batches of a table, with errors that name its file.
pub(crate) struct Rows {
    reader: ParquetRecordBatchReader,
    path: PathBuf,
}

impl Rows {
    /// The next record batch.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, StoreError> {
        self.reader.next().transpose().map_err(|error: ArrowError| StoreError::damaged(&self.path, error))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The variants of a record batch.
pub(crate) fn variants(batch: &RecordBatch, path: &Path) -> Result<Vec<Variant>, StoreError> {
    let contigs = batch.column(0).as_string::<i32>();
    let positions = batch.column(1).as_primitive::<UInt32Type>();
    let (references, alternates) = (batch.column(2).as_string::<i32>(), batch.column(3).as_string::<i32>());
    (0..batch.num_rows())
        .map(|row| {
            let contig: Contig = contigs.value(row).parse().map_err(|e| StoreError::damaged(path, e))?;
            let position = Position::new(positions.value(row))
                .ok_or_else(|| StoreError::damaged(path, "a position is 0"))?;
            Ok(Variant {
                contig,
                position,
                reference: references.value(row).to_owned(),
                alternate: alternates.value(row).to_owned(),
            })
        })
        .collect()
}

/// Writes a table in order; the columns after the first four are the caller's.
pub(crate) struct TableWriter {
    dir: PathBuf,
    name: &'static str,
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    pending: Vec<Variant>,
    last: Option<Variant>,
    rows: u64,
}

/// What a finished table's manifest says of it.
pub(crate) struct TableSeal {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) sums: String,
}

impl TableWriter {
    pub(crate) fn create(
        dir: &Path,
        name: &'static str,
        columns: Vec<Field>,
    ) -> Result<TableWriter, StoreError> {
        let mut fields = vec![
            Field::new("contig", DataType::Utf8, false),
            Field::new("position", DataType::UInt32, false),
            Field::new("reference", DataType::Utf8, false),
            Field::new("alternate", DataType::Utf8, false),
        ];
        fields.extend(columns);
        let schema = Arc::new(Schema::new(fields));
        let position = ColumnPath::from("position");
        let level = ZstdLevel::try_new(3).unwrap_or_default();
        let properties = WriterProperties::builder()
            .set_created_by(crate::manifest::tool())
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_data_page_row_count_limit(PAGE_ROWS)
            .set_write_batch_size(PAGE_ROWS)
            .set_column_dictionary_enabled(position.clone(), false)
            .set_column_encoding(position, Encoding::DELTA_BINARY_PACKED)
            .set_column_dictionary_enabled(ColumnPath::from("payload"), false)
            .set_column_dictionary_enabled(ColumnPath::from("cells"), false)
            .set_column_statistics_enabled(ColumnPath::from("cells"), EnabledStatistics::None)
            .build();
        let path = dir.join(format!("{name}.parquet"));
        let file = File::create_new(&path).map_err(StoreError::io(&path))?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(failed(&path))?;
        Ok(TableWriter {
            dir: dir.to_owned(),
            name,
            writer,
            schema,
            pending: Vec::new(),
            last: None,
            rows: 0,
        })
    }

    fn path(&self) -> PathBuf {
        self.dir.join(format!("{}.parquet", self.name))
    }

    /// Whether the rows buffered so far must be flushed before a row of `contig` with `bytes` buffered.
    pub(crate) fn is_full(&self, next: &Variant, bytes: usize) -> bool {
        let other_contig = self.pending.last().is_some_and(|last| last.contig != next.contig);
        other_contig || self.pending.len() >= GROUP_ROWS || bytes >= GROUP_BYTES
    }

    /// Buffers a row's variant; the caller buffers its own columns.
    pub(crate) fn push(&mut self, variant: Variant) -> Result<(), StoreError> {
        if self.last.as_ref().is_some_and(|last| *last >= variant) {
            return Err(StoreError::Unsorted);
        }
        self.last = Some(variant.clone());
        self.pending.push(variant);
        Ok(())
    }

    /// Writes the buffered rows as one row group, with the caller's columns for them.
    pub(crate) fn flush(&mut self, columns: Vec<ArrayRef>) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.pending);
        let sites: [ArrayRef; 4] = [
            Arc::new(StringArray::from_iter_values(rows.iter().map(|v| v.contig.name()))),
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|v| v.position.get()))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|v| v.reference.as_str()))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|v| v.alternate.as_str()))),
        ];
        self.write_group(sites, columns)
    }

    /// Writes a row group of one contig given as columns; the caller has seen to the order.
    pub(crate) fn write_group(
        &mut self,
        sites: [ArrayRef; 4],
        columns: Vec<ArrayRef>,
    ) -> Result<(), StoreError> {
        let path = self.path();
        self.rows += sites[0].len() as u64;
        let mut all = sites.to_vec();
        all.extend(columns);
        let batch =
            RecordBatch::try_new(self.schema.clone(), all).map_err(|e| StoreError::damaged(&path, e))?;
        self.writer.write(&batch).and_then(|()| self.writer.flush()).map_err(failed(&path))
    }

    /// Ends the file, syncs it and writes its sums.
    pub(crate) fn finish(self) -> Result<TableSeal, StoreError> {
        let path = self.path();
        let file = self.writer.into_inner().map_err(failed(&path))?;
        file.sync_all().map_err(StoreError::io(&path))?;
        let bytes = file.metadata().map_err(StoreError::io(&path))?.len();
        let sums = sums::write_sums(&path, &self.dir.join(format!("{}.sums", self.name)))?;
        Ok(TableSeal { rows: self.rows, bytes, sums })
    }
}

/// A failed write, most often a full disk.
fn failed(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> StoreError {
    let path = path.to_owned();
    move |error| StoreError::Io { path, source: std::io::Error::other(error.to_string()) }
}
