//! The sample columns of a line: genotypes decoded, other fields checked.
//!
//! The common line, where every column is `a|b` or `a/b` and nothing else, is read whole (`even`).
//! Every other line goes column by column. The check of the fields after GT is coarse where it must be
//! fast (which bytes, how many values) and exact where something looks odd.

use super::format::{Field, Format};
use super::value::{is_character, is_float, is_integer};
use crate::columns::Columns;
use crate::error::{Fault, clip};
use crate::even::{Cell, Cells};
use crate::genotype::{self, ALLELES_MAX, Genotype, Genotypes, LeadingMark};
use crate::header::definition::{Kind, Number};
use gj_kernels::Call;
use memchr::memchr;
use std::sync::LazyLock;

/// Decodes the kept columns of `text`, the line after FORMAT.
pub(crate) fn decode(
    text: &[u8],
    format: &Format<'_>,
    alternates: usize,
    mark: LeadingMark,
    columns: &Columns,
) -> Result<Genotypes, Fault> {
    let is_plain = format.has_genotype && format.others.is_empty();
    if is_plain
        && alternates == 1
        && let Some(genotypes) = four_bytes_a_sample(text, columns)
    {
        return Ok(genotypes);
    }
    let reader = Reader { format, alleles: alternates + 1, mark };
    if alternates == 1 {
        let mut calls = Vec::with_capacity(columns.len());
        reader.each(text, columns, |genotype| calls.push(genotype.call(1)))?;
        return Ok(if format.has_genotype {
            Genotypes::Biallelic(calls)
        } else {
            Genotypes::Absent(calls.len())
        });
    }
    let mut genotypes = Vec::with_capacity(columns.len());
    reader.each(text, columns, |genotype| genotypes.push(genotype))?;
    Ok(if format.has_genotype {
        Genotypes::Multiallelic(genotypes)
    } else {
        Genotypes::Absent(genotypes.len())
    })
}

/// Cells of `a|b` and a tab, with `a` and `b` of `0`, `1` and `.`.
static CELLS: LazyLock<Cells<4>> = LazyLock::new(|| {
    let alleles = [(b'0', Some(false)), (b'1', Some(true)), (b'.', None)];
    let pairs = alleles.into_iter().flat_map(|first| alleles.map(|second| (first, second)));
    let cells = pairs.flat_map(|((a, first), (b, second))| {
        [(b'/', false), (b'|', true)]
            .map(|(mark, phased)| ([a, mark, b, b'\t'], Call::diploid(first, second, phased)))
    });
    Cells::new(&cells.collect::<Vec<_>>())
});

impl Cell for [u8; 4] {
    fn place(&self) -> usize {
        // The three alleles differ in their last two bits, the two marks in their last.
        usize::from(self[0] & 3 | (self[1] & 1) << 2 | (self[2] & 3) << 3)
    }
}

/// `a|b` a column and nothing else; `None` when any column is different.
fn four_bytes_a_sample(text: &[u8], columns: &Columns) -> Option<Genotypes> {
    if text.len() + 1 != columns.total() * 4 {
        return None;
    }
    let (cells, last) = text.split_last_chunk::<3>()?;
    // The last column has no tab after it.
    CELLS.read(cells, Some([last[0], last[1], last[2], b'\t']), columns)
}

struct Reader<'a> {
    format: &'a Format<'a>,
    alleles: usize,
    mark: LeadingMark,
}

impl Reader<'_> {
    /// Gives the genotype of every kept column, in order; checks that no column lacks or is too many.
    fn each(&self, text: &[u8], columns: &Columns, mut give: impl FnMut(Genotype)) -> Result<(), Fault> {
        let mut rest = Some(text);
        let mut column = 0;
        while let Some(from) = rest {
            let (value, after) = match memchr(b'\t', from) {
                Some(tab) => (&from[..tab], Some(&from[tab + 1..])),
                None => (from, None),
            };
            if columns.keeps(column) {
                give(self.sample(column, value)?);
            }
            (rest, column) = (after, column + 1);
        }
        if column != columns.total() {
            return Err(Fault::record(
                format!("{column} sample columns"),
                format!("{}, as the `#CHROM` line names them", columns.total()),
            ));
        }
        Ok(())
    }

    fn sample(&self, column: usize, value: &[u8]) -> Result<Genotype, Fault> {
        if value.is_empty() {
            return Err(Fault::sample(column, "nothing", "a value, `.` if it is missing"));
        }
        if !self.format.has_genotype {
            self.check_others(column, Some(value), None)?;
            return Ok(Genotype::MISSING);
        }
        let end = memchr(b':', value).unwrap_or(value.len());
        // Where ALT is `.` no row is given, and gVCFs without an alternate do number one.
        let alleles = if self.alleles == 1 { ALLELES_MAX } else { self.alleles };
        let genotype = genotype::parse(&value[..end], alleles, self.mark).map_err(|fault| {
            let (found, expected) = fault.explain();
            Fault::sample(column, found, expected)
        })?;
        self.check_others(column, value.get(end + 1..), genotype.ploidy())?;
        Ok(genotype)
    }

    /// Trailing fields may be left out; more fields than FORMAT names may not be given.
    fn check_others(&self, column: usize, values: Option<&[u8]>, ploidy: Option<u32>) -> Result<(), Fault> {
        let mut rest = values;
        let mut fields = self.format.others.iter();
        while let Some(from) = rest {
            let Some(field) = fields.next() else {
                return Err(Fault::sample(column, "more fields than FORMAT names", "one value a field"));
            };
            let (value, used) = scan(from);
            self.check(column, field, value, ploidy)?;
            rest = from.get(used + 1..);
        }
        Ok(())
    }

    fn check(
        &self,
        column: usize,
        field: &Field<'_>,
        (value, bytes, commas): (&[u8], u8, u32),
        ploidy: Option<u32>,
    ) -> Result<(), Fault> {
        if value == b"." {
            return Ok(());
        }
        let is_right = match field.kind {
            Kind::Integer if bytes & !(DIGIT | COMMA) == 0 && value.len() < 10 => !value.is_empty(),
            Kind::Integer => every(value, is_integer),
            Kind::Float if bytes & !(DIGIT | COMMA | FLOAT) == 0 => !value.is_empty(),
            Kind::Float => every(value, is_float),
            Kind::Character if field.number == Number::Fixed(1) => is_character(value),
            // Texts may hold commas, and lists of characters are written with and without them.
            Kind::Flag | Kind::Character | Kind::String => return Ok(()),
        };
        if !is_right {
            return Err(Fault::sample(
                column,
                format!("a value of `{}` that is not of its type", clip(field.id)),
                format!("{:?}, or drop the field (`bcftools annotate -x`)", field.kind),
            ));
        }
        let count = commas + 1;
        if self.count_fits(field.number, count, ploidy) {
            return Ok(());
        }
        Err(Fault::sample(
            column,
            format!("{count} values of `{}`", clip(field.id)),
            "as many as its Number, the alleles and the ploidy ask for, or drop the field (`bcftools annotate -x`)",
        ))
    }

    fn count_fits(&self, number: Number, count: u32, ploidy: Option<u32>) -> bool {
        let alleles = self.alleles as u64;
        let count = u64::from(count);
        match number {
            Number::Fixed(expected) => count == u64::from(expected),
            // Without an alternate allele writers differ.
            _ if alleles == 1 => true,
            Number::Alternates => count == alleles - 1,
            Number::Alleles => count == alleles,
            Number::Genotypes => {
                let diploid = alleles * (alleles + 1) / 2;
                match ploidy {
                    Some(1) => count == alleles,
                    Some(_) => count == diploid,
                    None => count == alleles || count == diploid,
                }
            }
            Number::Unknown => true,
        }
    }
}

const DIGIT: u8 = 1;
const COMMA: u8 = 2;
/// Signs, the point and the exponent.
const FLOAT: u8 = 4;
const OTHER: u8 = 8;
const END: u8 = 16;

static CLASS: [u8; 256] = {
    let mut class = [OTHER; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        class[digit as usize] = DIGIT;
        digit += 1;
    }
    class[b',' as usize] = COMMA;
    class[b'-' as usize] = FLOAT;
    class[b'+' as usize] = FLOAT;
    class[b'.' as usize] = FLOAT;
    class[b'e' as usize] = FLOAT;
    class[b'E' as usize] = FLOAT;
    class[b':' as usize] = END;
    class
};

/// One field's value, the classes of its bytes and its commas; and the bytes up to its end.
fn scan(from: &[u8]) -> ((&[u8], u8, u32), usize) {
    let (mut classes, mut commas) = (0u8, 0u32);
    for (at, byte) in from.iter().enumerate() {
        let class = CLASS[*byte as usize];
        if class == END {
            return ((&from[..at], classes, commas), at);
        }
        classes |= class;
        commas += u32::from(class == COMMA);
    }
    ((from, classes, commas), from.len())
}

fn every(value: &[u8], is_right: impl Fn(&[u8]) -> bool) -> bool {
    value.split(|byte| *byte == b',').all(|part| part == b"." || is_right(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Column by column, the way of every other line.
    fn slowly(text: &[u8], columns: &Columns) -> Result<Vec<Call>, Fault> {
        let format = Format { has_genotype: true, others: Vec::new() };
        let reader = Reader { format: &format, alleles: 2, mark: LeadingMark::Refused };
        let mut calls = Vec::new();
        reader.each(text, columns, |genotype| calls.push(genotype.call(1)))?;
        Ok(calls)
    }

    proptest! {
        #[test]
        fn lines_of_even_columns_read_as_column_by_column(
            columns in proptest::collection::vec(
                prop_oneof![
                    40 => Just("0|0".to_owned()),
                    4 => "[01.][/|][01.]",
                    1 => prop_oneof![9 => "[01.][/|][01.]", 1 => "[01./2][/|][01.2]"],
                ],
                1..200,
            ),
            usual in prop::sample::select(vec!["0|0", "1|1", "1/0", "./."]),
            kept in proptest::collection::vec(any::<prop::sample::Index>(), 0..60),
        ) {
            let text = columns.join("\t").replace("0|0", usual);
            let all = Columns::all(columns.len());
            let slow = slowly(text.as_bytes(), &all);
            let fast = |columns| four_bytes_a_sample(text.as_bytes(), columns).map(|g| g.calls(1).into_owned());
            prop_assert_eq!(fast(&all), slow.clone().ok());
            // A column that is not kept may hold anything to the slow way; the fast way leaves such lines to it.
            let some = Columns::only(&kept.iter().map(|k| k.index(columns.len())).collect::<Vec<_>>(), columns.len());
            let slow_some = slowly(text.as_bytes(), &some);
            prop_assert_eq!(fast(&some), slow.ok().and(slow_some.ok()));
        }
    }
}
