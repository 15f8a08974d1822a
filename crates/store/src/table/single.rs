//! Reading one page of a finely cut table, without the machinery for reading whole columns: that costs more to set up
//! than the page to decode.

use super::encoding::PageHeader;
use super::{Page, SITE_COLUMNS, SiteColumns, Table};
use crate::error::StoreError;
use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::{Array, BinaryArray, StringArray};
use bytes::Bytes;
use parquet::basic::Compression;
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::ChunkReader;
use std::cell::RefCell;
use std::ops::Range;

/// Bytes of a page at most, unpacked: far more than the writer puts into one.
const PAGE_BYTES_MAX: usize = 256 << 20;

thread_local! {
    static UNPACKER: RefCell<zstd::bulk::Decompressor<'static>> =
        RefCell::new(zstd::bulk::Decompressor::new().expect("one without a dictionary needs nothing but memory"));
}

/// The values of one page of a column.
struct Values {
    header: PageHeader,
    bytes: Bytes,
    /// Which of them are wanted.
    wanted: Range<usize>,
}

impl Values {
    fn numbers(&self) -> Option<Vec<u32>> {
        wanted(self.header.numbers(&self.bytes)?, &self.wanted)
    }

    fn strings(&self) -> Option<Vec<&[u8]>> {
        wanted(self.header.strings(&self.bytes)?, &self.wanted)
    }
}

fn wanted<T>(mut values: Vec<T>, wanted: &Range<usize>) -> Option<Vec<T>> {
    values.get(wanted.clone())?;
    values.truncate(wanted.end);
    values.drain(..wanted.start);
    Some(values)
}

impl Table {
    /// The sites of a page of a finely cut table, and what a column of bytes has for them.
    pub(crate) fn single(&self, page: Page, column: &str) -> Result<(SiteColumns, BinaryArray), StoreError> {
        let [_, position, reference, alternate] = SITE_COLUMNS;
        let mut positions = Vec::with_capacity(page.rows);
        for values in self.values(page, position)? {
            positions.extend(values.numbers().ok_or_else(|| self.unread(position))?);
        }
        let sites = SiteColumns {
            contig: self.groups[page.group].contig,
            positions: positions.into(),
            references: self.alleles(page, reference)?,
            alternates: self.alleles(page, alternate)?,
        };
        let pages = self.values(page, column)?;
        let mut bytes = BinaryBuilder::with_capacity(page.rows, pages.iter().map(|v| v.bytes.len()).sum());
        for values in pages {
            let strings = values.strings().ok_or_else(|| self.unread(column))?;
            strings.into_iter().for_each(|string| bytes.append_value(string));
        }
        let bytes = bytes.finish();
        // Columns of a table are of one length, whatever its index says.
        if [sites.references.len(), sites.alternates.len(), bytes.len()] != [sites.len(); 3] {
            return Err(self.unread(column));
        }
        Ok((sites, bytes))
    }

    fn alleles(&self, page: Page, column: &str) -> Result<StringArray, StoreError> {
        let mut alleles = StringBuilder::with_capacity(page.rows, 2 * page.rows);
        for values in self.values(page, column)? {
            for string in values.strings().ok_or_else(|| self.unread(column))? {
                alleles.append_value(std::str::from_utf8(string).map_err(|_| self.unread(column))?);
            }
        }
        Ok(alleles.finish())
    }

    /// The values of a column for the rows of a page: one page of it, unless columns were cut at other rows.
    fn values(&self, page: Page, column: &str) -> Result<Vec<Values>, StoreError> {
        let metadata = self.metadata.metadata();
        let columns = metadata.file_metadata().schema_descr().columns();
        let place = columns.iter().position(|own| own.name() == column).ok_or_else(|| self.unread(column))?;
        let group = metadata.row_group(page.group);
        let offsets = metadata.offset_index().ok_or_else(|| self.unread(column))?;
        let pages = offsets[page.group][place].page_locations();
        let (from, to) = (page.first, page.first + page.rows);
        let first = pages.partition_point(|own| own.first_row_index as usize <= from).saturating_sub(1);
        let mut found = Vec::with_capacity(1);
        for (index, own) in pages.iter().enumerate().skip(first) {
            let start = own.first_row_index as usize;
            let end = pages.get(index + 1).map_or(group.num_rows(), |next| next.first_row_index) as usize;
            if start >= to {
                break;
            }
            let stored = self.stored(column, own)?;
            let header =
                PageHeader::read(&stored).filter(|header| header.values == end.saturating_sub(start));
            let header = header.ok_or_else(|| self.unread(column))?;
            let bytes = unpacked(group.column(place).compression(), &header, &stored);
            found.push(Values {
                header,
                bytes: bytes.ok_or_else(|| self.unread(column))?,
                wanted: from.max(start) - start..to.min(end).saturating_sub(start),
            });
        }
        Ok(found)
    }

    /// The bytes of a page. Many pages of sites share a stretch of the file, which is worth keeping; a page of counts
    /// fills some, and is kept unpacked.
    fn stored(&self, column: &str, page: &PageLocation) -> Result<Bytes, StoreError> {
        let (start, length) = (page.offset as u64, page.compressed_page_size as usize);
        if SITE_COLUMNS.contains(&column) {
            self.file.get_bytes(start, length).map_err(|e| StoreError::damaged(self.path(), e))
        } else {
            self.file.once(start, length).map_err(|e| StoreError::damaged(self.path(), e))
        }
    }

    /// Its bytes are those that were written, yet they make no page.
    fn unread(&self, column: &str) -> StoreError {
        StoreError::damaged(
            self.path(),
            format!("a page of the column `{column}` is not as this program writes it"),
        )
    }
}

/// The values of a page, without what they were compressed with.
fn unpacked(compression: Compression, header: &PageHeader, page: &Bytes) -> Option<Bytes> {
    let end = header.length.checked_add(header.stored).filter(|end| *end <= page.len())?;
    let stored = page.slice(header.length..end);
    match compression {
        Compression::UNCOMPRESSED => Some(stored),
        Compression::ZSTD(_) if header.unpacked <= PAGE_BYTES_MAX => {
            let bytes =
                UNPACKER.with_borrow_mut(|unpacker| unpacker.decompress(&stored, header.unpacked)).ok()?;
            (bytes.len() == header.unpacked).then(|| bytes.into())
        }
        _ => None,
    }
}
