//! GA4GH Beacon v2.2: every endpoint of the framework and of the default model, over the frequency question, the
//! catalogue and the overview. Single people are counted, never shown.
//!
//! Beacon counts bases from 0 and leaves the end out; this folder is where that is turned into the
//! 1-based inclusive words of the model, and nowhere else. Responses are built by functions that ask nobody.
//!
//! Specification: <https://docs.genomebeacons.org>, schemas of ga4gh-beacon/beacon-v2 release 2.2.0.

mod assembly;
mod collections;
mod endpoints;
mod entry_type;
pub(crate) mod envelope;
mod fields;
mod filter;
mod granularity;
mod handovers;
mod kind;
mod narrowing;
pub(crate) mod operations;
mod page;
mod people;
mod protein;
mod query;
mod record;
mod request;
mod resultsets;
mod route;
#[cfg(test)]
mod schema_tests;
mod service;
mod sites;

/// Where the beacon lives.
pub(crate) const BASE: &str = "/api/beacon/v2";
/// The beacon's id.
pub(crate) const ID: &str = "genomics-japan.beacon";
/// Version of the specification.
pub(crate) const API_VERSION: &str = "v2.2.0";
