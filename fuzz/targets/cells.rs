//! Runs the probe `cells`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::cells::probe(bytes));
