//! Writing a table in order, one row group at a time.

use super::{GROUP_BYTES, GROUP_ROWS, Grain};
use crate::error::StoreError;
use crate::sums;
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use gj_model::Variant;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Writes a table in order; the columns after the first four are the caller's.
pub(crate) struct TableWriter {
    dir: PathBuf,
    name: &'static str,
    grain: Grain,
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    pending: Vec<Variant>,
    /// The last row that was flushed.
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
        compression: i32,
    ) -> Result<TableWriter, StoreError> {
        TableWriter::create_of(dir, name, columns, (compression, Grain::Coarse))
    }

    /// The same with a grain.
    pub(crate) fn create_of(
        dir: &Path,
        name: &'static str,
        columns: Vec<Field>,
        (compression, grain): (i32, Grain),
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
        let level = ZstdLevel::try_new(compression).unwrap_or_default();
        let properties = WriterProperties::builder()
            .set_created_by(crate::manifest::tool())
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_data_page_row_count_limit(grain.page_rows())
            .set_write_batch_size(grain.page_rows())
            .set_column_dictionary_enabled(position.clone(), false)
            .set_column_encoding(position, Encoding::DELTA_BINARY_PACKED)
            .set_column_dictionary_enabled(ColumnPath::from("payload"), false)
            .set_column_dictionary_enabled(ColumnPath::from("ac"), false)
            .set_column_dictionary_enabled(ColumnPath::from("cells"), false)
            .set_column_statistics_enabled(ColumnPath::from("cells"), EnabledStatistics::None);
        let properties = grain.of_sites(properties).build();
        let path = dir.join(format!("{name}.parquet"));
        let file = File::create_new(&path).map_err(StoreError::io(&path))?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(failed(&path))?;
        Ok(TableWriter {
            dir: dir.to_owned(),
            name,
            grain,
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
        if self.pending.last().or(self.last.as_ref()).is_some_and(|last| *last >= variant) {
            return Err(StoreError::Unsorted);
        }
        self.pending.push(variant);
        Ok(())
    }

    /// Writes the buffered rows as one row group, with the caller's columns for them.
    pub(crate) fn flush(&mut self, columns: Vec<ArrayRef>) -> Result<(), StoreError> {
        let rows = &mut self.pending;
        let sites: [ArrayRef; 4] = [
            Arc::new(StringArray::from_iter_values(rows.iter().map(|v| v.contig.name()))),
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(|v| v.position.get()))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|v| v.reference.as_str()))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|v| v.alternate.as_str()))),
        ];
        self.last = rows.pop().or(self.last.take());
        rows.clear();
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
        let sums = self.dir.join(format!("{}.sums", self.name));
        let sums = sums::write_sums_of(&path, &sums, self.grain.stretch())?;
        Ok(TableSeal { rows: self.rows, bytes, sums })
    }
}

/// A failed write, most often a full disk.
fn failed(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> StoreError {
    let path = path.to_owned();
    move |error| StoreError::Io { path, source: std::io::Error::other(error.to_string()) }
}
