//! Reading files: against a naive reader, against bcftools, and when they are damaged.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "reading/bcf.rs"]
mod bcf;
#[path = "reading/bcftools.rs"]
mod bcftools;
#[path = "reading/damage.rs"]
mod damage;
#[path = "reading/fixture.rs"]
mod fixture;
#[path = "reading/naive.rs"]
mod naive;
#[path = "reading/order.rs"]
mod order;
#[path = "reading/plain.rs"]
mod plain;
#[path = "reading/real.rs"]
mod real;
#[path = "reading/refusals.rs"]
mod refusals;
