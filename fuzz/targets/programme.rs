//! Runs the probe `programme`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::programme::probe(bytes));
