//! Runs the probe `place`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::place::probe(bytes));
