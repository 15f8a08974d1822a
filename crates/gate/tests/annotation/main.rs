//! Sets of annotation loaded from real files, and what a layer says of them, against bcftools and naive code.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod files;
mod finding;
mod layers;
mod peers;
mod refused;
