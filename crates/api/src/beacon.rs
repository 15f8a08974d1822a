//! A first GA4GH Beacon v2 over the frequency question: genomic variants by sequence and by range.
//!
//! Beacon counts bases from 0 and leaves the end out; this folder is where that is turned into the
//! 1-based inclusive words of the model, and nowhere else. Responses are built by pure functions.
//!
//! Specification: <https://docs.genomebeacons.org>, schemas of ga4gh-beacon/beacon-v2 release 2.2.0.

mod assembly;
pub(crate) mod envelope;
mod fields;
pub(crate) mod g_variants;
mod query;
mod record;
mod request;
mod resultsets;
#[cfg(test)]
mod schema_tests;
pub(crate) mod service;

/// Where the beacon lives.
pub(crate) const BASE: &str = "/api/beacon/v2";
/// The beacon's id.
pub(crate) const ID: &str = "genomics-japan.beacon";
/// Version of the specification.
pub(crate) const API_VERSION: &str = "v2.2.0";
/// The one entry type, as the default model names it.
pub(crate) const ENTRY_TYPE: &str = "genomicVariant";
/// Version of its schema.
pub(crate) const RECORD_SCHEMA: &str = "ga4gh-beacon-variant-v2.1.0";
