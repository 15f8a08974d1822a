//! What supports the calls of a row's carriers, read from its record and packed for the spool.

use crate::columns::Columns;
use crate::error::Fault;
use crate::fields::Fields;
use gj_kernels::Call;
use gj_store::Evidence;

/// Stands for a value that is not known.
const UNKNOWN: u32 = u32::MAX;
/// Bytes of a packed entry: the sample and four values.
const ENTRY: usize = 20;

/// The evidence of those who carry alternate allele `number` (1 the first), packed; empty where the
/// record says nothing.
pub(crate) fn of_carriers(
    fields: &Fields<'_>,
    columns: &Columns,
    calls: &[Call],
    number: usize,
) -> Result<Vec<u8>, Fault> {
    let mut packed = Vec::new();
    if !fields.has_evidence() || !calls.iter().any(|call| call.carries()) {
        return Ok(packed);
    }
    fields.each(
        columns,
        |kept| calls[kept].carries(),
        |kept, sample| {
            let (gq, dp) = (sample.gq()?, sample.dp()?);
            let evidence = Evidence { gq, dp, ad_ref: sample.ad(0)?, ad_alt: sample.ad(number)? };
            if evidence != Evidence::default() {
                pack(&mut packed, kept, &evidence);
            }
            Ok(())
        },
    )?;
    Ok(packed)
}

fn pack(out: &mut Vec<u8>, sample: usize, evidence: &Evidence) {
    let Evidence { gq, dp, ad_ref, ad_alt } = *evidence;
    for value in [Some(sample as u32), gq, dp, ad_ref, ad_alt] {
        out.extend_from_slice(&value.unwrap_or(UNKNOWN).to_le_bytes());
    }
}

/// Packed entries, samples as they were packed.
pub(crate) fn unpack(packed: &[u8]) -> impl Iterator<Item = (usize, Evidence)> {
    packed.chunks_exact(ENTRY).map(|entry| {
        let word = |at: usize| {
            let bytes = [entry[at * 4], entry[at * 4 + 1], entry[at * 4 + 2], entry[at * 4 + 3]];
            Some(u32::from_le_bytes(bytes)).filter(|value| *value != UNKNOWN)
        };
        let evidence = Evidence { gq: word(1), dp: word(2), ad_ref: word(3), ad_alt: word(4) };
        (word(0).unwrap_or(UNKNOWN) as usize, evidence)
    })
}
