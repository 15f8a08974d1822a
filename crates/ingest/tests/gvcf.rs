//! gVCFs against a naive joint caller, against GATK's joint calls, and split in every way.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "gvcf/cohort.rs"]
mod cohort;
#[path = "gvcf/evidence.rs"]
mod evidence;
#[path = "gvcf/gatk.rs"]
mod gatk;
#[path = "gvcf/hail.rs"]
mod hail;
#[path = "gvcf/made_up.rs"]
mod made_up;
#[path = "gvcf/meaning.rs"]
mod meaning;
#[path = "gvcf/naive.rs"]
mod naive;
#[path = "gvcf/refusals.rs"]
mod refusals;
