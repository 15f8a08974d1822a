//! Runs the probe `order`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::order::probe(bytes));
