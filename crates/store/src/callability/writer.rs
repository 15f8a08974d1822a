//! Writing the callability of a batch, and carrying it over to one written anew.

use super::{Piece, Stretch, Stretches, TABLE, settle, tiles};
use crate::batch::{Batch, BatchWriter};
use crate::error::StoreError;
use crate::manifest::{self, Section};
use crate::sums;
use arrow_array::{ArrayRef, RecordBatch, StringArray, UInt8Array, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use gj_model::Contig;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Stretches of a row group at most.
const GROUP_ROWS: usize = 65_536;
/// Stretches of a page at most.
const PAGE_ROWS: usize = 4_096;

/// Writes stretches in ascending order.
pub struct CallabilityWriter {
    path: PathBuf,
    sums: PathBuf,
    writer: ArrowWriter<File>,
    schema: Arc<Schema>,
    pending: Vec<Stretch>,
    last: Option<Stretch>,
    rows: u64,
}

impl CallabilityWriter {
    pub(crate) fn create(dir: &Path) -> Result<CallabilityWriter, StoreError> {
        let path = dir.join(format!("{TABLE}.parquet"));
        let number = |name| Field::new(name, DataType::UInt32, false);
        let schema = Arc::new(Schema::new(vec![
            Field::new("contig", DataType::Utf8, false),
            number("start"),
            number("end"),
            Field::new("call", DataType::UInt8, false),
            number("first"),
            number("last"),
        ]));
        let level = ZstdLevel::try_new(3).unwrap_or_default();
        let mut properties = WriterProperties::builder()
            .set_created_by(manifest::tool())
            .set_compression(Compression::ZSTD(level))
            .set_statistics_enabled(EnabledStatistics::Page)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_data_page_row_count_limit(PAGE_ROWS)
            .set_write_batch_size(PAGE_ROWS);
        for name in ["start", "end", "first", "last"] {
            let column = ColumnPath::from(name);
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
        let file = File::create_new(&path).map_err(StoreError::io(&path))?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties.build()));
        let writer = writer.map_err(failed(&path))?;
        let sums = dir.join(format!("{TABLE}.sums"));
        Ok(CallabilityWriter { path, sums, writer, schema, pending: Vec::new(), last: None, rows: 0 })
    }

    /// Adds stretches.
    ///
    /// # Errors
    /// [`StoreError::Unsorted`] unless they strictly ascend; otherwise when the disk refuses.
    pub fn push(&mut self, stretches: &[Stretch]) -> Result<(), StoreError> {
        for stretch in stretches {
            if self.last.is_some_and(|last| last >= *stretch) {
                return Err(StoreError::Unsorted);
            }
            if self.last.is_some_and(|last| last.contig != stretch.contig) || self.pending.len() >= GROUP_ROWS
            {
                self.flush()?;
            }
            self.last = Some(*stretch);
            self.pending.push(*stretch);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.pending);
        let numbers = |of: fn(&Stretch) -> u32| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(rows.iter().map(of)))
        };
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(rows.iter().map(|s| s.contig.name()))),
            numbers(|s| s.start),
            numbers(|s| s.end),
            Arc::new(UInt8Array::from_iter_values(rows.iter().map(|s| s.call.code()))),
            numbers(|s| s.first),
            numbers(|s| s.last),
        ];
        self.rows += rows.len() as u64;
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|e| StoreError::damaged(&self.path, e))?;
        self.writer.write(&batch).and_then(|()| self.writer.flush()).map_err(failed(&self.path))
    }

    pub(crate) fn finish(mut self) -> Result<Section, StoreError> {
        if !self.pending.is_empty() {
            self.flush()?;
        }
        let file = self.writer.into_inner().map_err(failed(&self.path))?;
        file.sync_all().map_err(StoreError::io(&self.path))?;
        let bytes = file.metadata().map_err(StoreError::io(&self.path))?.len();
        Ok(Section { rows: self.rows, bytes, sums: sums::write_sums(&self.path, &self.sums)? })
    }
}

/// A failed write, most often a full disk.
fn failed(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> StoreError {
    let path = path.to_owned();
    move |error| StoreError::Io { path, source: std::io::Error::other(error.to_string()) }
}

/// Carries the callability of batches over to the one being written. `columns` gives, for each sample of
/// an input, its column there; columns that nothing is carried to read as gone.
pub(crate) fn rewrite(
    inputs: &[(&Batch, Vec<Option<usize>>)],
    samples: usize,
    writer: &mut BatchWriter,
) -> Result<(), StoreError> {
    let mut sources = vec![0; samples];
    let mut readers = Vec::new();
    for (batch, columns) in inputs {
        let Some(callability) = &batch.callability else { continue };
        columns.iter().flatten().for_each(|column| sources[*column] += 1);
        let stretches = callability.read(None, batch.samples())?;
        readers.push(Carried { stretches, columns, ready: Vec::new(), ended: false });
    }
    if readers.is_empty() {
        return Ok(());
    }
    for contig in Contig::all() {
        for tile in tiles(contig) {
            let mut pieces = Vec::new();
            for reader in &mut readers {
                reader.take(contig, tile.1, &mut pieces)?;
            }
            writer.callability()?.push(&settle(contig, tile, pieces, &sources))?;
        }
    }
    Ok(())
}

/// A callability being carried over.
struct Carried<'a> {
    stretches: Stretches,
    columns: &'a [Option<usize>],
    /// Stretches read ahead, the next one last.
    ready: Vec<Stretch>,
    ended: bool,
}

impl Carried<'_> {
    /// Takes the stretches of a contig up to the end of a tile.
    fn take(&mut self, contig: Contig, end: u32, pieces: &mut Vec<Piece>) -> Result<(), StoreError> {
        loop {
            while let Some(stretch) = self.ready.pop_if(|next| (next.contig, next.start) <= (contig, end)) {
                let columns = &self.columns[stretch.first as usize..=stretch.last as usize];
                let piece = |column: &usize| Piece {
                    sample: *column as u32,
                    start: stretch.start,
                    end: stretch.end,
                    call: stretch.call,
                };
                pieces.extend(columns.iter().flatten().map(piece));
            }
            if self.ended || !self.ready.is_empty() {
                return Ok(());
            }
            match self.stretches.next_stretches()? {
                Some(mut stretches) => {
                    stretches.reverse();
                    self.ready = stretches;
                }
                None => self.ended = true,
            }
        }
    }
}
