//! The house as its users meet it: the binary, its files and its HTTP server, from the outside.
//!
//! One test binary, so that it links once. Tests on the real data need the shared folder (`GJ_SHARED`,
//! or `shared` beside the checkout); a plain clone without it skips them and says so, CI fails.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod arrows;
mod bad_input;
mod cohort;
mod counts;
mod crash;
mod demo;
mod gvcf;
mod house;
mod http;
mod invariance;
mod portal;
mod scenario;
mod strangers;
mod tidy;
mod withdrawal;
mod writers;
