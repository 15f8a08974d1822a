//! Runs the probe `vcf_record`.
#![no_main]

libfuzzer_sys::fuzz_target!(
    // Tasks run where they are made: handing each to another thread costs more than the task.
    init: rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global().expect("no pool before"),
    |bytes: &[u8]| gj_probes::record::vcf(bytes)
);
