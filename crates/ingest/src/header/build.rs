//! Which genome build a header speaks of. Only GRCh38 is collected.
//!
//! Contig lengths decide; names of references only where they name an older build and not GRCh38.

use super::Header;
use crate::error::{Fault, clip};
use gj_model::Contig;

/// Words by which references of older builds are named.
const OLDER: [&str; 8] = ["grch37", "hg19", "b37", "hs37", "g1k_v37", "assembly19", "ncbi36", "hg18"];
/// Words by which references of the collected build are named.
const COLLECTED: [&str; 5] = ["grch38", "hg38", "hs38", "assembly38", "b38"];
/// The mitochondrion of UCSC's hg19; GRCh37's own has the length of GRCh38's.
const MT_LENGTH_HG19: u64 = 16_571;

/// Refuses a header of another build; gives the line that says so.
pub(crate) fn check(header: &Header) -> Result<(), (u64, Fault)> {
    for contig in &header.contigs {
        let (Ok(known), Some(length)) = (contig.name.parse::<Contig>(), contig.length) else { continue };
        let is_older = length == u64::from(known.length_grch37()) || length == MT_LENGTH_HG19;
        if length == u64::from(known.length()) {
            continue;
        }
        let name = &contig.name;
        let expected = known.length();
        let found = if is_older {
            format!("contig `{name}` is {length} bases long, which looks like GRCh37 (hg19)")
        } else {
            format!("contig `{name}` is {length} bases long, but {expected} on GRCh38")
        };
        return Err((contig.line, Fault::build(found)));
    }
    for (line, reference) in &header.references {
        let lower = reference.to_ascii_lowercase();
        if COLLECTED.iter().any(|word| lower.contains(word)) {
            continue;
        }
        if let Some(word) = OLDER.iter().find(|word| lower.contains(*word)) {
            let name = clip(reference.rsplit('/').next().unwrap_or_default().as_bytes());
            let found = format!("the reference `{name}` is of an older build (it is called `{word}`)");
            return Err((*line, Fault::build(found)));
        }
    }
    Ok(())
}
