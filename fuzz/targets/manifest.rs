//! Runs the probe `manifest`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::manifest::probe(bytes));
