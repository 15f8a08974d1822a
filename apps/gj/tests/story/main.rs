//! The house as its users meet it: the binary, its files and its HTTP server, from the outside.
//!
//! One test binary, so that it links once. Tests on the real data need the shared folder (`GJ_SHARED`,
//! or `shared` beside the checkout); a plain clone without it skips them and says so, CI fails.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod accounts;
mod air_gap;
mod answers;
mod applications;
mod approvals;
mod arrows;
mod bad_input;
mod beacon;
mod browser;
mod censuses;
mod chromium;
mod cohort;
mod consent;
mod counts;
mod crash;
mod demo;
mod disk;
mod downloads;
mod duckdb;
mod exposure;
mod extracts;
mod gvcf;
mod gvcf_extracts;
mod house;
mod http;
mod invariance;
mod life_cycle;
mod money;
mod money_pages;
mod ontology;
mod participants;
mod people;
mod portal;
#[cfg(feature = "oidc")]
mod provider;
mod resume;
mod rights;
mod scenario;
mod second_reader;
mod server;
mod strangers;
mod tidy;
mod withdrawal;
mod writers;
