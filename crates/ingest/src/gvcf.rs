//! gVCF: which bases a record covers, and for whom.
//!
//! A record of a gVCF carries the allele that stands for any other (`<NON_REF>` of GATK and DRAGEN,
//! `<*>` of DeepVariant, GLnexus and bcftools); without another alternate it is a block up to INFO `END`.
//! Says nothing about order; that is `submission::coverage`'s.

use crate::columns::Columns;
use crate::error::Fault;
use crate::fields::Fields;
use crate::genotype::Genotypes;
use crate::site::Site;
use gj_kernels::Call;
use gj_model::Contig;

/// What a reference block must reach to be a call. Records with alternate alleles are taken at their word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockFloor {
    /// Smallest genotype quality (`GQ`), phred-scaled; 0 asks for nothing.
    pub gq: u32,
    /// Smallest read depth (`MIN_DP`, else `DP`). 1 by default: where no read lies nobody has looked,
    /// though GATK writes `0/0` there.
    pub dp: u32,
}

impl Default for BlockFloor {
    fn default() -> BlockFloor {
        BlockFloor { gq: 0, dp: 1 }
    }
}

/// The bases that a record covers, with what each kept sample reads as on them if nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cover {
    /// Whether the record has the allele that makes a gVCF.
    pub(crate) is_gvcf: bool,
    pub(crate) contig: Contig,
    pub(crate) start: u32,
    /// Last base, included.
    pub(crate) end: u32,
    /// [`Call::RefRef`], [`Call::Ref`] or [`Call::Missing`].
    pub(crate) calls: Vec<Call>,
}

/// Whether an alternate allele stands for all that are not named.
pub(crate) fn is_non_ref(alternate: &[u8]) -> bool {
    matches!(alternate, b"<NON_REF>" | b"<*>")
}

/// The cover of a record; `None` where a record covers no base.
pub(crate) fn cover(
    contig: Contig,
    site: &Site<'_>,
    genotypes: &Genotypes,
    fields: &Fields<'_>,
    columns: &Columns,
    floor: BlockFloor,
) -> Result<Option<Cover>, Fault> {
    if site.position == 0 {
        return Ok(None);
    }
    let is_block = site.alternates.iter().all(|alternate| is_non_ref(alternate) || *alternate == b".");
    let end = match site.end.filter(|_| is_block) {
        None => site.position + site.reference.len() as u32 - 1,
        Some(end) if (site.position..=contig.length()).contains(&end) => end,
        Some(end) => {
            return Err(Fault::record(
                format!("a block that ends at {end}"),
                format!("INFO `END` from {} to {}, the length of {contig}", site.position, contig.length()),
            ));
        }
    };
    let mut calls: Vec<Call> = genotypes.calls(1).iter().map(|call| unrecorded(*call)).collect();
    if is_block && (floor.gq > 0 || floor.dp > 0) {
        let called: Vec<bool> = calls.iter().map(|call| call.is_called()).collect();
        fields.each(
            columns,
            |kept| called[kept],
            |kept, sample| {
                let depth = match sample.min_dp()? {
                    Some(depth) => Some(depth),
                    None => sample.dp()?,
                };
                let is_low = depth.is_some_and(|depth| depth < floor.dp)
                    || (floor.gq > 0 && sample.gq()?.is_some_and(|quality| quality < floor.gq));
                if is_low {
                    calls[kept] = Call::Missing;
                }
                Ok(())
            },
        )?;
    }
    let is_gvcf = site.alternates.iter().any(|alternate| is_non_ref(alternate));
    Ok(Some(Cover { is_gvcf, contig, start: site.position, end, calls }))
}

/// What a person reads as, at the bases of a record, for an allele that the record does not name: a whole
/// genotype has no copy of it, half a genotype does not say.
fn unrecorded(call: Call) -> Call {
    match call {
        Call::Absent | Call::Missing | Call::MissingHaploid => Call::Missing,
        Call::HalfRef | Call::HalfAlt | Call::MissingAltPhased | Call::AltMissingPhased => Call::Missing,
        Call::Ref | Call::Alt => Call::Ref,
        _ => Call::RefRef,
    }
}
