//! How Parquet spells a single page: its header, and the encodings of a finely cut table.
//!
//! Of the specification (apache/parquet-format: `parquet.thrift`, `Encodings.md`) what [`super::grain`] has written:
//! data pages of the first version, columns without nulls, numbers as deltas, strings plain or with lengths apart.
//! Whatever the bytes are, the answer is values or `None`, never a panic.

/// A page's type: values.
const DATA_PAGE: u64 = 0;
const PLAIN: u64 = 0;
const DELTA_BINARY_PACKED: u64 = 5;
const DELTA_LENGTH_BYTE_ARRAY: u64 = 6;
/// Structures within structures at most.
const DEPTH_MAX: usize = 4;

/// Bytes that are used up from the front.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    /// Unsigned LEB128.
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    /// A signed number: 0, -1, 1, -2, … as 0, 1, 2, 3, ….
    fn zigzag(&mut self) -> Option<i64> {
        self.varint().map(|value| (value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

/// What a page says of itself before its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHeader {
    /// Bytes of the header.
    pub(super) length: usize,
    /// Bytes of the values, as stored and unpacked.
    pub(super) stored: usize,
    pub(super) unpacked: usize,
    /// Number of values.
    pub(super) values: usize,
    encoding: u64,
}

impl PageHeader {
    /// Reads the header that a data page begins with.
    pub(super) fn read(page: &[u8]) -> Option<PageHeader> {
        let mut rest = Cursor(page);
        // `PageHeader` has its type and sizes in the fields 1 to 3; field 5 is `DataPageHeader`, with the number of
        // values and their encoding in 1 and 2.
        let (mut own, mut data) = ([None; 4], [None; 3]);
        fields(&mut rest, &mut Vec::with_capacity(DEPTH_MAX), &mut |path, number| match path {
            [field @ 1..=3] => own[*field as usize] = Some(number),
            [5, field @ 1..=2] => data[*field as usize] = Some(number),
            _ => {}
        })?;
        let number = |found: Option<i64>| u64::try_from(found?).ok();
        let header = PageHeader {
            length: page.len() - rest.0.len(),
            unpacked: usize::try_from(number(own[2])?).ok()?,
            stored: usize::try_from(number(own[3])?).ok()?,
            values: usize::try_from(number(data[1])?).ok()?,
            encoding: number(data[2])?,
        };
        (number(own[1])? == DATA_PAGE).then_some(header)
    }

    /// The numbers of a page.
    pub(super) fn numbers(&self, values: &[u8]) -> Option<Vec<u32>> {
        match self.encoding {
            DELTA_BINARY_PACKED => deltas(&mut Cursor(values), self.values),
            _ => None,
        }
    }

    /// The strings of a page.
    pub(super) fn strings<'a>(&self, values: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        let mut rest = Cursor(values);
        match self.encoding {
            // A length of four bytes, then the bytes.
            PLAIN => {
                let string = |_| {
                    let length = rest.take(4)?.try_into().ok()?;
                    rest.take(u32::from_le_bytes(length) as usize)
                };
                (0..self.values).map(string).collect()
            }
            // All lengths, then the bytes of all.
            DELTA_LENGTH_BYTE_ARRAY => {
                let lengths = deltas(&mut rest, self.values)?;
                lengths.into_iter().map(|length| rest.take(length as usize)).collect()
            }
            _ => None,
        }
    }
}

/// Reads a structure of Thrift's compact protocol; `each` gets every number in it with the fields that lead there.
fn fields(rest: &mut Cursor, path: &mut Vec<i64>, each: &mut dyn FnMut(&[i64], i64)) -> Option<()> {
    let mut field = 0i64;
    loop {
        let byte = rest.byte()?;
        if byte == 0 {
            return Some(());
        }
        // The distance to the field before, or else the field's number.
        field = match byte >> 4 {
            0 => rest.zigzag()?,
            distance => field.checked_add(i64::from(distance))?,
        };
        path.push(field);
        match byte & 15 {
            // Truth values stand in the type itself.
            1 | 2 => {}
            // Numbers of 16, 32 and 64 bits.
            4..=6 => each(path, rest.zigzag()?),
            // Strings.
            8 => {
                let length = usize::try_from(rest.varint()?).ok()?;
                rest.take(length)?;
            }
            12 if path.len() < DEPTH_MAX => fields(rest, path, each)?,
            _ => return None,
        }
        path.pop();
    }
}

/// Reads `DELTA_BINARY_PACKED` numbers of 32 bits: the first one, then blocks of differences, packed in as many bits
/// as each part of a block needs.
fn deltas(rest: &mut Cursor, count: usize) -> Option<Vec<u32>> {
    let block = usize::try_from(rest.varint()?).ok()?;
    let parts = usize::try_from(rest.varint()?).ok()?;
    let total = usize::try_from(rest.varint()?).ok()?;
    let mut value = rest.zigzag()? as u32;
    let part = block.checked_div(parts)?;
    // A part's numbers fill whole bytes.
    if total != count || part == 0 || part % 8 != 0 {
        return None;
    }
    // Grows with what is read: the count is not believed before.
    let mut numbers = Vec::with_capacity(count.min(rest.0.len().saturating_mul(8)));
    if count > 0 {
        numbers.push(value);
    }
    while numbers.len() < count {
        let least = rest.zigzag()? as u32;
        for width in rest.take(parts)? {
            let missing = count - numbers.len();
            if missing == 0 {
                break;
            }
            if *width > 32 {
                return None;
            }
            let packed = rest.take(part.checked_mul(usize::from(*width))? / 8)?;
            for index in 0..part.min(missing) {
                // Sums of 32-bit numbers wrap around, as the specification has it.
                value = value.wrapping_add(least).wrapping_add(unpack(packed, index, *width));
                numbers.push(value);
            }
        }
    }
    Some(numbers)
}

/// The number at an index of a row of packed ones, lowest bits first.
fn unpack(packed: &[u8], index: usize, width: u8) -> u32 {
    let bit = index * usize::from(width);
    let mut window = [0; 8];
    let bytes = &packed[(bit / 8).min(packed.len())..];
    let length = bytes.len().min(8);
    window[..length].copy_from_slice(&bytes[..length]);
    let mask = (1u64 << width) - 1;
    (u64::from_le_bytes(window) >> (bit % 8) & mask) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::basic::Encoding;
    use parquet::column::page::PageReader;
    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::file::serialized_reader::SerializedPageReader;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// The first page of a column as the parquet crate writes it, header and all.
    fn page(
        kind: &str,
        encoding: Encoding,
        write: impl FnOnce(&mut SerializedFileWriter<&mut Vec<u8>>),
    ) -> Vec<u8> {
        let schema = parse_message_type(&format!("message m {{ required {kind} c; }}")).unwrap();
        let properties =
            WriterProperties::builder().set_dictionary_enabled(false).set_encoding(encoding).build();
        let mut file = Vec::new();
        let mut writer =
            SerializedFileWriter::new(&mut file, Arc::new(schema), Arc::new(properties)).unwrap();
        write(&mut writer);
        writer.close().unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(file.clone())).unwrap();
        let column = reader.metadata().row_group(0).column(0).clone();
        // The oracle: what the crate reads in the page.
        let mut pages =
            SerializedPageReader::new(Arc::new(bytes::Bytes::from(file.clone())), &column, 0, None).unwrap();
        let theirs = pages.get_next_page().unwrap().unwrap();
        let bytes = &file[column.data_page_offset() as usize..][..column.compressed_size() as usize];
        let ours = PageHeader::read(bytes).unwrap();
        assert_eq!((ours.values, ours.unpacked), (theirs.num_values() as usize, theirs.buffer().len()));
        assert_eq!(bytes[ours.length..][..ours.stored], theirs.buffer()[..]);
        bytes.to_vec()
    }

    fn read<T>(page: &[u8], read: impl FnOnce(&PageHeader, &[u8]) -> Option<T>) -> Option<T> {
        let header = PageHeader::read(page)?;
        read(&header, page.get(header.length..)?.get(..header.stored)?)
    }

    proptest! {
        #[test]
        fn numbers_come_back(numbers in proptest::collection::vec(any::<u32>(), 1..700), narrow in any::<bool>()) {
            let numbers: Vec<u32> = numbers.into_iter().map(|n| if narrow { n % 1000 } else { n >> 1 }).collect();
            let written = page("int32", Encoding::DELTA_BINARY_PACKED, |writer| {
                let signed: Vec<i32> = numbers.iter().map(|number| *number as i32).collect();
                let mut group = writer.next_row_group().unwrap();
                let mut column = group.next_column().unwrap().unwrap();
                column.typed::<Int32Type>().write_batch(&signed, None, None).unwrap();
                column.close().unwrap();
                group.close().unwrap();
            });
            prop_assert_eq!(read(&written, |header, values| header.numbers(values)), Some(numbers));
        }

        #[test]
        fn strings_come_back(
            strings in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..300),
            apart in any::<bool>(),
        ) {
            let encoding = if apart { Encoding::DELTA_LENGTH_BYTE_ARRAY } else { Encoding::PLAIN };
            let written = page("binary", encoding, |writer| {
                let values: Vec<ByteArray> = strings.iter().cloned().map(ByteArray::from).collect();
                let mut group = writer.next_row_group().unwrap();
                let mut column = group.next_column().unwrap().unwrap();
                column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
                column.close().unwrap();
                group.close().unwrap();
            });
            let found = read(&written, |h, values| Some(h.strings(values)?.into_iter().map(<[u8]>::to_vec).collect()));
            prop_assert_eq!(found, Some(strings));
            // Cut short, it is refused.
            let header = PageHeader::read(&written).unwrap();
            let values = &written[header.length..][..header.stored];
            prop_assert_eq!(header.strings(&values[..values.len() - 1]), None);
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), count in 0usize..2000) {
            let _ = PageHeader::read(&bytes);
            for encoding in [PLAIN, DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY] {
                let header = PageHeader { length: 0, stored: 0, unpacked: 0, values: count, encoding };
                let _ = (header.numbers(&bytes), header.strings(&bytes));
            }
        }
    }
}
