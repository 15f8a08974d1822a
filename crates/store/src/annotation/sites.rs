//! What is known of variants elsewhere: one row a variant, sorted by place.

use super::AnnotationFiles;
use super::places;
use super::sorter::Sorter;
use crate::Store;
use crate::error::StoreError;
use crate::manifest::Section;
use crate::table::{Part, Table, TableWriter};
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BinaryArray, StringArray};
use arrow_schema::{DataType, Field};
use gj_model::{Contig, Position, Region, Variant};
use std::path::Path;
use std::sync::Arc;

pub(super) const TABLE: &str = "known";
const COLUMNS: [&str; 4] = ["rs", "cards", "filters", "cells"];
const LEVEL: i32 = 9;
/// Rows read at a time.
const CHUNK: usize = 1024;

/// A population's counts at a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationCounts {
    /// Alternate alleles.
    pub ac: u32,
    /// Alleles called.
    pub an: u32,
    /// People with two alternate alleles, where the file says.
    pub hom: Option<u32>,
}

/// What a set knows of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    /// The variant.
    pub variant: Variant,
    /// Numbers of dbSNP, ascending.
    pub rs: Vec<u64>,
    /// Cards, each a JSON object.
    pub cards: Vec<String>,
    /// Filters, joined by `;`.
    pub filters: String,
    /// Counts in the order of the manifest's populations; empty in a set without.
    pub counts: Vec<PopulationCounts>,
}

/// Takes rows in any order and writes them in order.
pub(super) struct SiteWriter {
    rows: Sorter,
    rs: Sorter,
    vrs: Sorter,
}

impl SiteWriter {
    pub(super) fn new(store: &Store) -> SiteWriter {
        SiteWriter { rows: Sorter::new(store), rs: Sorter::new(store), vrs: Sorter::new(store) }
    }

    pub(super) fn push(&mut self, row: &KnownRow, vrs: &[u64], line: u64) -> Result<(), StoreError> {
        for (records, numbers) in [(&mut self.rs, &row.rs[..]), (&mut self.vrs, vrs)] {
            for number in numbers {
                records.push(&places::record(*number, &row.variant), &[])?;
            }
        }
        let mut value = line.to_le_bytes().to_vec();
        for text in [numbers(&row.rs), row.cards.join("\n"), row.filters.clone()] {
            value.extend((text.len() as u32).to_le_bytes());
            value.extend(text.as_bytes());
        }
        value.extend(cells(&row.counts));
        self.rows.push(&key(&row.variant), &value)
    }

    pub(super) fn finish(self, dir: &Path) -> Result<[Section; 3], StoreError> {
        let text = |name| Field::new(name, DataType::Utf8, false);
        let fields =
            vec![text("rs"), text("cards"), text("filters"), Field::new("cells", DataType::Binary, false)];
        let mut table = TableWriter::create(dir, TABLE, fields, LEVEL)?;
        let (mut rows, mut columns) = (self.rows.finish()?, Columns::default());
        let mut open: Option<Pending> = None;
        while let Some((key, value)) = rows.next()? {
            let next = Pending::read(key, &value).ok_or(StoreError::Unsorted)?;
            match &mut open {
                Some(row) if row.key == next.key => row.join(next)?,
                _ => {
                    if let Some(row) = open.replace(next) {
                        columns.push(&mut table, row)?;
                    }
                }
            }
        }
        if let Some(row) = open {
            columns.push(&mut table, row)?;
        }
        columns.flush(&mut table)?;
        let seal = table.finish()?;
        let known = Section { rows: seal.rows, bytes: seal.bytes, sums: seal.sums };
        Ok([known, places::write(dir, places::RS, self.rs)?, places::write(dir, places::VRS, self.vrs)?])
    }
}

/// Bytes that sort as the variants do.
fn key(variant: &Variant) -> Vec<u8> {
    let mut key = vec![variant.contig.index()];
    key.extend(variant.position.get().to_be_bytes());
    key.extend(variant.reference.as_bytes());
    // Below every base: a shorter allele comes first.
    key.push(0);
    key.extend(variant.alternate.as_bytes());
    key
}

fn variant_of(key: &[u8]) -> Option<Variant> {
    let (contig, rest) = key.split_first()?;
    let (position, alleles) = rest.split_first_chunk()?;
    let (reference, alternate) = std::str::from_utf8(alleles).ok()?.split_once('\0')?;
    Some(Variant {
        contig: Contig::from_index(*contig)?,
        position: Position::new(u32::from_be_bytes(*position))?,
        reference: reference.to_owned(),
        alternate: alternate.to_owned(),
    })
}

/// A row between the sorter and the table.
struct Pending {
    key: Vec<u8>,
    variant: Variant,
    line: u64,
    rs: Vec<u64>,
    cards: String,
    filters: String,
    cells: Vec<u8>,
}

impl Pending {
    fn read(key: Vec<u8>, value: &[u8]) -> Option<Pending> {
        let (line, mut rest) = value.split_first_chunk()?;
        let mut text = || {
            let (length, after) = rest.split_first_chunk()?;
            let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            Some(std::str::from_utf8(text).ok()?.to_owned())
        };
        let (rs, cards, filters) = (text()?, text()?, text()?);
        let (line, rs) = (u64::from_le_bytes(*line), read_numbers(&rs)?);
        Some(Pending { variant: variant_of(&key)?, key, line, rs, cards, filters, cells: rest.to_vec() })
    }

    /// Another row of the same variant: cards add up, counts do not.
    fn join(&mut self, other: Pending) -> Result<(), StoreError> {
        if !self.cells.is_empty() || !other.cells.is_empty() {
            return Err(StoreError::SiteTwice { first: self.line, second: other.line });
        }
        self.rs.extend(other.rs);
        self.rs.sort_unstable();
        self.rs.dedup();
        if !self.cards.is_empty() && !other.cards.is_empty() {
            self.cards.push('\n');
        }
        self.cards.push_str(&other.cards);
        Ok(())
    }
}

fn numbers(rs: &[u64]) -> String {
    rs.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

fn read_numbers(text: &str) -> Option<Vec<u64>> {
    text.split(',').filter(|number| !number.is_empty()).map(|number| number.parse().ok()).collect()
}

/// Counts as bytes: of each population `ac`, `an`, and `hom` + 1 or 0, as unsigned LEB128.
fn cells(counts: &[PopulationCounts]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(counts.len() * 6);
    let mut put = |mut number: u64| {
        while number >= 0x80 {
            bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
    };
    for PopulationCounts { ac, an, hom } in counts {
        put(u64::from(*ac));
        put(u64::from(*an));
        put(hom.map_or(0, |hom| u64::from(hom) + 1));
    }
    bytes
}

fn read_cells(mut bytes: &[u8]) -> Option<Vec<PopulationCounts>> {
    let mut counts = Vec::new();
    let take = |bytes: &mut &[u8]| {
        let mut number = 0u64;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = bytes.split_first()?;
            *bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    };
    while !bytes.is_empty() {
        let (ac, an, hom) = (take(&mut bytes)?, take(&mut bytes)?, take(&mut bytes)?);
        let hom = hom.checked_sub(1).map(u32::try_from).transpose().ok()?;
        counts.push(PopulationCounts { ac: u32::try_from(ac).ok()?, an: u32::try_from(an).ok()?, hom });
    }
    Some(counts)
}

/// Columns of the row group being filled.
#[derive(Default)]
struct Columns {
    rs: Vec<String>,
    cards: Vec<String>,
    filters: Vec<String>,
    cells: Vec<Vec<u8>>,
    bytes: usize,
}

impl Columns {
    fn push(&mut self, table: &mut TableWriter, row: Pending) -> Result<(), StoreError> {
        let bytes = row.cards.len() + row.cells.len() + row.filters.len();
        if table.is_full(&row.variant, self.bytes + bytes) {
            self.flush(table)?;
        }
        table.push(row.variant)?;
        self.bytes += bytes;
        self.rs.push(numbers(&row.rs));
        self.cards.push(row.cards);
        self.filters.push(row.filters);
        self.cells.push(row.cells);
        Ok(())
    }

    fn flush(&mut self, table: &mut TableWriter) -> Result<(), StoreError> {
        let Columns { rs, cards, filters, cells, .. } = std::mem::take(self);
        if rs.is_empty() {
            return Ok(());
        }
        let text = |all: Vec<String>| Arc::new(StringArray::from(all)) as ArrayRef;
        let cells = Arc::new(BinaryArray::from_iter_values(cells)) as ArrayRef;
        table.flush(vec![text(rs), text(cards), text(filters), cells])
    }
}

/// The rows of a part of the table.
fn rows(part: &Part) -> Option<Vec<KnownRow>> {
    let sites = part.sites();
    let text = |name| part.column(name)?.as_string_opt::<i32>();
    let (rs, cards, filters) = (text("rs")?, text("cards")?, text("filters")?);
    let cells = part.column("cells")?.as_binary_opt::<i32>()?;
    let row = |row: usize| {
        Some(KnownRow {
            variant: sites.variant(row).ok()?,
            rs: read_numbers(rs.value(row))?,
            cards: cards.value(row).lines().map(str::to_owned).collect(),
            filters: filters.value(row).to_owned(),
            counts: read_cells(cells.value(row))?,
        })
    };
    (0..sites.len()).map(row).collect()
}

fn read_part(table: &Table, part: &Part) -> Result<Vec<KnownRow>, StoreError> {
    rows(part).ok_or_else(|| StoreError::damaged(table.path(), "a row does not read"))
}

impl AnnotationFiles {
    /// What is known of a variant. Only the pages of its place are read.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn known(&self, variant: &Variant) -> Result<Option<KnownRow>, StoreError> {
        Ok(self.rows_at(variant.contig, variant.position)?.into_iter().find(|row| row.variant == *variant))
    }

    /// Rows of one position.
    pub(super) fn rows_at(&self, contig: Contig, position: Position) -> Result<Vec<KnownRow>, StoreError> {
        let region = Region { contig, start: position, end: position };
        self.known_in(&region, usize::MAX)
    }

    /// Rows of a region in ascending order; of more than `rows_max` the first `rows_max + 1`.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn known_in(&self, region: &Region, rows_max: usize) -> Result<Vec<KnownRow>, StoreError> {
        let Some(table) = &self.known else { return Ok(Vec::new()) };
        let (mut parts, mut found) = (table.read(Some(region), CHUNK, &COLUMNS)?, Vec::new());
        while let Some(part) = parts.next()? {
            found.extend(read_part(table, &part)?);
            if found.len() > rows_max {
                found.truncate(rows_max + 1);
                break;
            }
        }
        Ok(found)
    }
}
