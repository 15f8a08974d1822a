//! Identifiers of alleles by the GA4GH Variation Representation Specification, computed from the sequence, the
//! place and the bases alone, so that everybody computes the same: of version 1.3, which Beacon 2.2 and gnomAD
//! speak, and of version 2.0.1.
//!
//! <https://vrs.ga4gh.org/en/2.0/conventions/computed_identifiers.html>

use crate::reference::Reference;
use crate::spdi::Justified;
use gj_model::{Contig, Variant};
use sha2::{Digest, Sha512};

/// Digests of the sequences of GRCh38 by refget 2.0 (`sha512t24u` of the bases), in karyotype order. They are
/// those that the GA4GH VRS reference implementation uses for the accessions of [`accession`](crate::accession);
/// a test computes the published ids of gnomAD from them.
const REFGET: [&str; 25] = [
    "Ya6Rs7DHhDeg7YaOSg1EoNi3U_nQ9SvO",
    "pnAqCRBrTsUoBghSD1yp_jXWSmlbdh4g",
    "Zu7h9AggXxhTaGVsy7h_EZSChSZGcmgX",
    "HxuclGHh0XCDuF8x6yQrpHUBL7ZntAHc",
    "aUiQCzCPZ2d0csHbMSbh2NzInhonSXwI",
    "0iKlIQk2oZLoeOG9P1riRU6hvL5Ux8TV",
    "F-LrLMe1SRpfUZHkQmvkVKFEGaoDeHul",
    "209Z7zJ-mFypBEWLk4rNC6S_OxY5p7bs",
    "KEO-4XBcm1cxeo_DIQ8_ofqGUkp4iZhI",
    "ss8r_wB0-b9r44TQTMmVTI92884QvBiB",
    "2NkFm8HK88MqeNkCgj78KidCAXgnsfV1",
    "6wlJpONE3oNb4D69ULmEXhqyDZ4vwNfl",
    "_0wi-qoDrvram155UmcSC-zA5ZK4fpLT",
    "eK4D2MosgK_ivBkgi6FVPg5UXs1bYESm",
    "AsXvWL1-2i5U_buw6_niVIxD6zTbAuS6",
    "yC_0RBj3fgBlvgyAuycbzdubtLxq-rE0",
    "dLZ15tNO1Ur0IcGjwc3Sdi_0A6Yf4zm7",
    "vWwFhJ5lQDMhh-czg06YtlWqu0lvFAZV",
    "IIB53T8CNeJJdUqzn9V_JnRtQadwWCbl",
    "-A1QmD_MatoqxvgVxBLZTONHz9-c7nQo",
    "5ZUqxCmDDgN4xTRbaSjN8LwgZironmB8",
    "7B7SHsmchAR0dFcDCuSFjJAo7tX87krQ",
    "w0WZEvgJF0zf_P4yyTzjjv9oW1z61HHP",
    "8_liLu1aycC0tPQPFmUaGXJLDs5SbPZ5",
    "k3grVkjY-hoWcCUojHw6VU6GE3MZ8Sct",
];

/// Base 64 of URLs.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The ids of one allele.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VrsIds {
    /// By version 1.3: `ga4gh:VA.…`.
    pub v1: String,
    /// By version 2.0.1: `ga4gh:VA.…`.
    pub v2: String,
}

/// The ids of a variant; `None` where it has no fully justified form, see [`Justified::of`].
pub fn vrs(variant: &Variant, reference: &impl Reference) -> Option<VrsIds> {
    Justified::of(variant, reference).map(|change| VrsIds::of(&change))
}

/// The refget accession of a contig: `SQ.7B7SHsmchAR0dFcDCuSFjJAo7tX87krQ`.
pub fn refget(contig: Contig) -> String {
    format!("SQ.{}", digest_of(contig))
}

/// The contig of a refget accession, with or without `ga4gh:` before it.
pub fn contig_of_refget(text: &str) -> Option<Contig> {
    let digest = text.strip_prefix("ga4gh:").unwrap_or(text).strip_prefix("SQ.")?;
    Contig::all().find(|&contig| digest_of(contig) == digest)
}

/// Whether a text has the form of an allele's id.
pub fn is_allele_id(text: &str) -> bool {
    let base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.strip_prefix("ga4gh:VA.").is_some_and(|digest| digest.len() == 32 && digest.bytes().all(base64))
}

/// The first 8 bytes of an allele's digest as a number, by which an index finds where it may lie.
pub fn number_of_allele_id(text: &str) -> Option<u64> {
    let digest = text.strip_prefix("ga4gh:VA.").filter(|_| is_allele_id(text))?;
    let bits = digest.bytes().take(11).try_fold(0_u128, |bits, letter| {
        let number = LETTERS.iter().position(|known| *known == letter)?;
        Some(bits << 6 | number as u128)
    })?;
    // Eleven letters are 66 bits.
    Some((bits >> 2) as u64)
}

impl VrsIds {
    /// The ids of a fully justified change.
    pub fn of(change: &Justified) -> VrsIds {
        let (start, end, sequence) = (change.start, change.end(), digest_of(change.contig));
        let inserted = String::from_utf8_lossy(&change.inserted);
        let literal = format!(r#"{{"sequence":"{inserted}","type":"LiteralSequenceExpression"}}"#);
        let number = |value: u32| format!(r#"{{"type":"Number","value":{value}}}"#);
        let v1 = sha512t24u(&format!(
            r#"{{"interval":{{"end":{},"start":{},"type":"SequenceInterval"}},"sequence_id":"{sequence}","type":"SequenceLocation"}}"#,
            number(end),
            number(start),
        ));
        let v2 = sha512t24u(&format!(
            r#"{{"end":{end},"sequenceReference":{{"refgetAccession":"SQ.{sequence}","type":"SequenceReference"}},"start":{start},"type":"SequenceLocation"}}"#,
        ));
        let state = match repeated(change) {
            Some(unit) => format!(
                r#"{{"length":{},"repeatSubunitLength":{unit},"type":"ReferenceLengthExpression"}}"#,
                change.inserted.len()
            ),
            None => literal.clone(),
        };
        VrsIds { v1: allele(&v1, &literal), v2: allele(&v2, &state) }
    }

    /// Whether a text is one of them.
    pub fn names(&self, text: &str) -> bool {
        self.v1 == text || self.v2 == text
    }
}

/// The unit of a change that is told by its length, as the reference goes on: every deletion, and an insertion
/// that repeats the end of its region (steps 5.b and 5.c of the normalisation of version 2.0.1).
fn repeated(change: &Justified) -> Option<u32> {
    let (deleted, inserted) = (&change.deleted, &change.inserted);
    if change.unit == 0 || deleted.is_empty() {
        return None;
    }
    if inserted.len() < deleted.len() {
        return Some(change.unit);
    }
    let units = (1..=change.unit).rev().filter(|unit| change.unit.is_multiple_of(*unit));
    let mut units = units.filter(|unit| *unit as usize <= deleted.len());
    units.find(|&unit| {
        let last = &deleted[deleted.len() - unit as usize..];
        inserted[deleted.len()..].iter().zip(last.iter().cycle()).all(|(base, expected)| base == expected)
    })
}

fn digest_of(contig: Contig) -> &'static str {
    REFGET[usize::from(contig.index())]
}

fn allele(location: &str, state: &str) -> String {
    let digest = sha512t24u(&format!(r#"{{"location":"{location}","state":{state},"type":"Allele"}}"#));
    format!("ga4gh:VA.{digest}")
}

/// The first 24 bytes of SHA-512 in the base 64 of URLs: 32 letters.
fn sha512t24u(text: &str) -> String {
    let digest = Sha512::digest(text.as_bytes());
    let letters = digest[..24].chunks_exact(3).flat_map(|three| {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(LETTERS[(bits >> shift & 63) as usize]))
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spdi::NoBases;

    #[test]
    fn digests_are_those_of_the_specification() {
        // Examples of the specification's chapter on truncated digests.
        assert_eq!(sha512t24u(""), "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc");
        assert_eq!(sha512t24u("ACGT"), "aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2");
        for text in ["", "ACGT", "N"] {
            let first = Sha512::digest(text.as_bytes())[..8].iter().fold(0, |n, b| n << 8 | u64::from(*b));
            assert_eq!(number_of_allele_id(&format!("ga4gh:VA.{}", sha512t24u(text))), Some(first));
        }
        assert_eq!(number_of_allele_id("ga4gh:VA.short"), None);
    }

    /// Published with the specification (`validation/alleles.yaml`).
    #[test]
    fn ids_are_those_of_the_specification() {
        let rs7412 = vrs(&"chr19-44908822-C-T".parse().unwrap(), &NoBases).unwrap();
        assert_eq!(rs7412.v1, "ga4gh:VA.CxiA_hvYbkD8Vqwjhx5AYuyul4mtlkpD");
        assert_eq!(rs7412.v2, "ga4gh:VA.0AePZIWZUNsUlQTamyLrjm2HWUw2opLt");
        let change = |contig: &str, start, deleted: &str, inserted: &str, unit| {
            let (contig, deleted) = (contig.parse().unwrap(), deleted.into());
            VrsIds::of(&Justified { contig, start, deleted, inserted: inserted.into(), unit }).v2
        };
        let insertion = change("chr1", 40_819_438, "CTCCTCCT", "CTCCTCCTCCT", 3);
        assert_eq!(insertion, "ga4gh:VA.Oop4kjdTtKcg1kiZjIJAAR3bp7qi4aNT");
        let deletion = change("chr17", 43_045_571, "GACAG", "G", 4);
        assert_eq!(deletion, "ga4gh:VA.wqSJ6wZXwjensLdk5XNo2YldiDUYfrKa");
        let deletion = change("chr8", 38_148_684, "GGGGTGGGG", "GGGG", 5);
        assert_eq!(deletion, "ga4gh:VA.4GjeORfLxGnNzZhQrYQLL4SRt6teQJ2q");
    }

    #[test]
    fn sequences_have_names_both_ways() {
        for contig in Contig::all() {
            assert_eq!(contig_of_refget(&refget(contig)), Some(contig));
            assert_eq!(contig_of_refget(&format!("ga4gh:{}", refget(contig))), Some(contig));
        }
        // chr1 of GRCh37.
        assert_eq!(contig_of_refget("SQ.S_KjnFVz-FE7M0W6yoaUDgYxLPc1jyWU"), None);
    }

    #[test]
    fn forms_of_ids() {
        assert!(is_allele_id("ga4gh:VA.CxiA_hvYbkD8Vqwjhx5AYuyul4mtlkpD"));
        for text in ["ga4gh:VA.short", "ga4gh:SL.CxiA_hvYbkD8Vqwjhx5AYuyul4mtlkpD", "chr1-5-A-C"] {
            assert!(!is_allele_id(text));
        }
    }
}
