//! Runs the probe `inflate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gj_probes::inflate::probe(bytes));
