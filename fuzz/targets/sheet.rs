//! Runs the probe `sheet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::sheet::probe(bytes));
