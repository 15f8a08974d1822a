//! Frequencies of sites as one Parquet table: `contig`, `position` (1-based), `reference`, `alternate`, then
//! for every group `AC`, `AN`, `AF`, `nhomalt`, `nhemi`, `npeople` under the keys that the VCF has. A hidden
//! count is null.

use super::{GroupIds, KEYS, SitesHead};
use arrow_array::builder::{Float64Builder, StringBuilder, UInt32Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use gj_model::{Cells, SiteFrequency};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows buffered and written together.
const GROUP_ROWS: usize = 16_384;
/// Where the frequency is among [`KEYS`].
const AF: usize = 2;

/// A table being written.
pub struct ParquetSites<W: Write + Send> {
    groups: GroupIds,
    schema: Arc<Schema>,
    writer: ArrowWriter<W>,
    buffered: Columns,
}

#[derive(Default)]
struct Columns {
    rows: usize,
    contigs: StringBuilder,
    positions: UInt32Builder,
    references: StringBuilder,
    alternates: StringBuilder,
    counts: Vec<[UInt32Builder; 5]>,
    frequencies: Vec<Float64Builder>,
}

impl<W: Write + Send> ParquetSites<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// What the writer says.
    pub fn new(out: W, head: SitesHead) -> io::Result<ParquetSites<W>> {
        let groups = GroupIds::of(head.groups.iter().map(String::as_str));
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        let mut fields = vec![
            text("contig"),
            Field::new("position", DataType::UInt32, false),
            text("reference"),
            text("alternate"),
        ];
        for (group, suffix) in groups.suffixes() {
            for (number, (key, .., meaning)) in KEYS.iter().enumerate() {
                let kind = if number == AF { DataType::Float64 } else { DataType::UInt32 };
                let about = HashMap::from([
                    ("group".to_owned(), group.to_owned()),
                    ("meaning".to_owned(), (*meaning).to_owned()),
                ]);
                fields.push(Field::new(format!("{key}{suffix}"), kind, true).with_metadata(about));
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let note = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
        let properties = WriterProperties::builder()
            .set_created_by(format!("genomics-japan-{}", env!("CARGO_PKG_VERSION")))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_key_value_metadata(Some(vec![
                note("gjFreeze", head.freeze),
                note("gjDigest", head.digest),
                note("gjSmallestCell", head.smallest_cell.to_string()),
            ]))
            .build();
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties)).map_err(io::Error::other)?;
        let buffered = Columns::of(groups.suffixes().count());
        Ok(ParquetSites { groups, schema, writer, buffered })
    }

    /// Adds a site.
    ///
    /// # Errors
    /// What the writer says.
    pub fn push(&mut self, site: &SiteFrequency) -> io::Result<()> {
        self.buffered.push(site, &self.groups);
        if self.buffered.rows >= GROUP_ROWS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let groups = self.groups.suffixes().count();
        let columns = std::mem::replace(&mut self.buffered, Columns::of(groups));
        if columns.rows == 0 {
            return Ok(());
        }
        let rows = RecordBatch::try_new(self.schema.clone(), columns.finish()).map_err(io::Error::other)?;
        self.writer.write(&rows).and_then(|()| self.writer.flush()).map_err(io::Error::other)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.writer.into_inner().map_err(io::Error::other)?.flush()
    }
}

impl Columns {
    fn of(groups: usize) -> Columns {
        Columns {
            counts: (0..groups).map(|_| Default::default()).collect(),
            frequencies: (0..groups).map(|_| Float64Builder::new()).collect(),
            ..Columns::default()
        }
    }

    fn push(&mut self, site: &SiteFrequency, groups: &GroupIds) {
        self.rows += 1;
        self.contigs.append_value(site.variant.contig.name());
        self.positions.append_value(site.variant.position.get());
        self.references.append_value(&site.variant.reference);
        self.alternates.append_value(&site.variant.alternate);
        for (at, (group, _)) in groups.suffixes().enumerate() {
            let cells = site.groups.get(group).copied().unwrap_or(Cells::default());
            let counts = [cells.ac, cells.an, cells.hom, cells.hemi, cells.people];
            self.counts[at].iter_mut().zip(counts).for_each(|(column, count)| column.append_option(count));
            self.frequencies[at].append_option(cells.frequency());
        }
    }

    fn finish(mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.contigs.finish()),
            Arc::new(self.positions.finish()),
            Arc::new(self.references.finish()),
            Arc::new(self.alternates.finish()),
        ];
        for (mut counts, mut frequency) in self.counts.into_iter().zip(self.frequencies) {
            let mut own: Vec<ArrayRef> =
                counts.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef).collect();
            own.insert(AF, Arc::new(frequency.finish()));
            columns.extend(own);
        }
        columns
    }
}
