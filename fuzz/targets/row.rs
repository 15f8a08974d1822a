//! Runs the probe `row`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::row::probe(bytes));
