//! A record of a BCF 2: its shared part walked, its genotypes decoded.
//!
//! VCF specification, section 6.3. Values of INFO and of FORMAT fields other than GT are stepped over:
//! their types are in the file itself. Only what a row needs is read.

pub(crate) mod fields;
mod typed;

use crate::allele;
use crate::columns::Columns;
use crate::error::{Fault, clip};
use crate::even::{Cell, Cells};
use crate::genotype::{ALLELES_MAX, Genotype, GenotypeFault, Genotypes};
use crate::header::Header;
use crate::header::lines::{CONTIG_NAME, is_contig_name};
use crate::site::{Body, Site};
use gj_kernels::Call;
use smallvec::{SmallVec, smallvec};
use std::sync::LazyLock;
use typed::{Bytes, Vector, Width};

/// The first bytes of a BCF: its name and version 2; the minor version follows.
pub(crate) const MAGIC: &[u8; 4] = b"BCF\x02";

/// Reads the shared part of a record, its two lengths included.
pub(crate) fn site<'a>(header: &'a Header, record: &'a [u8]) -> Result<Site<'a>, Fault> {
    let mut bytes = Bytes(record);
    let shared = bytes.u32()? as usize;
    bytes.u32()?;
    let mut shared = Bytes(bytes.take(shared)?);
    let contig = header
        .dictionary
        .contig(shared.u32()? as usize)
        .ok_or_else(|| Fault::record("a contig number that the header does not have", "a `##contig` line"))?;
    if !is_contig_name(contig.as_bytes()) {
        return Err(Fault::record(format!("contig `{}`", clip(contig.as_bytes())), CONTIG_NAME));
    }
    let position = (shared.u32()? as i32)
        .checked_add(1)
        .and_then(|position| u32::try_from(position).ok())
        .ok_or_else(|| Fault::record("a negative position", "a position from 0"))?;
    let length = shared.u32()?;
    shared.take(4)?; // QUAL
    let (counts, samples) = (shared.u32()?, shared.u32()?);
    let (alleles, infos) = ((counts >> 16) as usize, (counts & 0xffff) as usize);
    let (fields, samples) = ((samples >> 24) as usize, (samples & 0x00ff_ffff) as usize);
    if samples != header.samples.len() {
        return Err(Fault::record(
            format!("{samples} samples"),
            format!("{}, as the header names them", header.samples.len()),
        ));
    }
    shared.vector()?; // ID
    let mut spelled = Vec::with_capacity(alleles.min(64));
    for _ in 0..alleles {
        spelled.push(
            shared.vector()?.text().ok_or_else(|| Fault::record("an allele that is no text", "bases"))?,
        );
    }
    let Some((written, alternates)) = spelled.split_first() else {
        return Err(Fault::record("no alleles", "a REF"));
    };
    check_filters(header, &shared.vector()?)?;
    for _ in 0..infos {
        key(header, &mut shared)?;
        shared.vector()?;
    }
    if !shared.0.is_empty() {
        return Err(Fault::record("bytes after the last INFO field", "none"));
    }
    let alternates =
        if alternates.is_empty() { smallvec![&b"."[..]] } else { SmallVec::from_slice(alternates) };
    let reference = allele::reference(written)?;
    Ok(Site {
        contig: contig.as_bytes(),
        position,
        reference,
        written,
        alternates,
        end: position.checked_add(length).and_then(|end| end.checked_sub(1)).filter(|_| length > 0),
        body: Body::Binary { fields: bytes.0, count: fields },
    })
}

fn check_filters(header: &Header, filters: &Vector<'_>) -> Result<(), Fault> {
    let known = (0..filters.len).all(|index| {
        let number = filters.integer(index).and_then(|number| usize::try_from(number).ok());
        number.is_some_and(|number| header.dictionary.string(number).is_some())
    });
    if known {
        return Ok(());
    }
    Err(Fault::record("a FILTER number that the header does not have", "a `##FILTER` line"))
}

/// The name of an INFO or FORMAT field.
fn key<'a>(header: &'a Header, bytes: &mut Bytes<'_>) -> Result<&'a str, Fault> {
    let number = bytes.vector()?.integer(0).and_then(|number| usize::try_from(number).ok());
    number.and_then(|number| header.dictionary.string(number)).ok_or_else(|| {
        Fault::record("a field number that the header does not have", "an `##INFO` or `##FORMAT` line")
    })
}

/// Decodes the genotypes of the kept samples from the `count` fields of a record.
pub(crate) fn genotypes(
    header: &Header,
    fields: &[u8],
    count: usize,
    alternates: usize,
    columns: &Columns,
) -> Result<Genotypes, Fault> {
    let mut bytes = Bytes(fields);
    let mut found = None;
    for index in 0..count {
        let name = key(header, &mut bytes)?;
        let (width, length) = bytes.descriptor()?;
        let size = width.bytes().checked_mul(length).and_then(|size| size.checked_mul(columns.total()));
        let values = bytes.take(size.unwrap_or(usize::MAX))?;
        if name == "GT" {
            if index > 0 {
                return Err(Fault::record("GT after other FORMAT fields", "GT first"));
            }
            found = Some((width, length, values));
        }
    }
    if !bytes.0.is_empty() {
        return Err(Fault::record("bytes after the last FORMAT field", "none"));
    }
    let Some((width, length, values)) = found.filter(|(_, length, _)| *length > 0) else {
        return Ok(Genotypes::Absent(columns.len()));
    };
    if !matches!(width, Width::Int8 | Width::Int16 | Width::Int32) {
        return Err(Fault::record("a GT that is not a vector of integers", "integers"));
    }
    if (width, length, alternates) == (Width::Int8, 2, 1)
        && let Some(genotypes) = CELLS.read(values, None, columns)
    {
        return Ok(genotypes);
    }
    // Where ALT is `.` no row is given, and gVCFs without an alternate do number one.
    let alleles = if alternates == 0 { ALLELES_MAX } else { alternates + 1 };
    let each = (0..columns.total()).filter(|column| columns.keeps(*column)).map(|column| {
        let size = width.bytes() * length;
        let sample = Vector { width, len: length, bytes: &values[column * size..(column + 1) * size] };
        genotype(&sample, alleles).map_err(|(found, expected)| Fault::sample(column, found, expected))
    });
    if alternates == 1 {
        let calls: Result<Vec<Call>, Fault> = each.map(|genotype| Ok(genotype?.call(1))).collect();
        return Ok(Genotypes::Biallelic(calls?));
    }
    Ok(Genotypes::Multiallelic(each.collect::<Result<_, _>>()?))
}

/// Cells of two codes 0 to 5: missing, reference and alternate, each without and with its phase bit.
static CELLS: LazyLock<Cells<2>> = LazyLock::new(|| {
    let allele = |code: u8| u16::from(code >> 1).checked_sub(1);
    let pairs = (0..6u8).flat_map(|first| (0..6u8).map(move |second| [first, second]));
    let cells = pairs.map(|pair| {
        let genotype = Genotype::diploid(allele(pair[0]), allele(pair[1]), pair[1] & 1 == 1);
        (pair, genotype.call(1))
    });
    Cells::new(&cells.collect::<Vec<_>>())
});

impl Cell for [u8; 2] {
    fn place(&self) -> usize {
        usize::from(self[0] & 15 | self[1] << 4)
    }
}

/// `(allele + 1) << 1 | phased` an allele; 0 in place of `allele + 1` is missing.
fn genotype(sample: &Vector<'_>, alleles: usize) -> Result<Genotype, (&'static str, &'static str)> {
    let Some((first, _)) = allele(sample, 0, alleles)? else {
        return Err(("a GT without alleles", "one or two alleles"));
    };
    let Some((second, phased)) = allele(sample, 1, alleles)? else { return Ok(Genotype::haploid(first)) };
    if (2..sample.len).any(|index| !sample.is_end(index)) {
        return Err(GenotypeFault::Ploidy.explain());
    }
    Ok(Genotype::diploid(first, second, phased))
}

/// One allele (`None` is missing) and its phase bit; nothing past the end of the genotype.
type Allele = Option<(Option<u16>, bool)>;

fn allele(sample: &Vector<'_>, index: usize, alleles: usize) -> Result<Allele, (&'static str, &'static str)> {
    if index >= sample.len || sample.is_end(index) {
        return Ok(None);
    }
    // A missing integer where an allele is due: written by some tools for `.`.
    if sample.is_missing(index) {
        return Ok(Some((None, false)));
    }
    let code = sample.integer(index).ok_or_else(|| GenotypeFault::Allele.explain())?;
    let phased = code & 1 == 1;
    match code >> 1 {
        0 => Ok(Some((None, phased))),
        number if number > 0 && (number as usize) <= alleles => Ok(Some((Some((number - 1) as u16), phased))),
        _ => Err(GenotypeFault::Allele.explain()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pairs_of_small_codes_read_as_sample_by_sample(
            codes in proptest::collection::vec(
                prop_oneof![40 => Just([2u8, 3]), 4 => [0u8..6, 0u8..6], 1 => any::<[u8; 2]>()],
                1..200,
            ),
        ) {
            let bytes = codes.concat();
            let slow = |pair: &[u8; 2]| genotype(&Vector { width: Width::Int8, len: 2, bytes: pair }, 2);
            let slow: Result<Vec<Call>, _> = codes.iter().map(|pair| Ok::<_, ()>(slow(pair).map_err(drop)?.call(1))).collect();
            let is_known = codes.iter().flatten().all(|code| *code < 6);
            match CELLS.read(&bytes, None, &Columns::all(codes.len())) {
                Some(genotypes) => {
                    prop_assert!(is_known);
                    prop_assert_eq!(Ok(genotypes.calls(1).into_owned()), slow);
                }
                None => prop_assert!(!is_known),
            }
        }
    }

    #[test]
    fn reserved_integers_are_no_alleles() {
        for (byte, is_read) in [(0x80, true), (0x82, false), (0x85, false), (0x87, false), (0x88, false)] {
            let read = genotype(&Vector { width: Width::Int8, len: 2, bytes: &[4, byte] }, 2);
            assert_eq!(read.is_ok(), is_read, "{byte:#x}");
        }
        let wide = genotype(&Vector { width: Width::Int16, len: 1, bytes: &[0x02, 0x80] }, 2);
        assert!(wide.is_err());
    }
}
