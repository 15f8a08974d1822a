//! A server killed under load: every answer that was received has its line in the log.

use crate::cohort::MadeUp;
use crate::house::House;
use crate::http;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[test]
fn every_answer_received_before_a_kill_has_its_line() {
    let cohort = MadeUp::new(60, 20, 3);
    let house = House::new();
    let everybody: Vec<usize> = (0..60).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&everybody, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    let (token, received) = (house.token("academic"), AtomicUsize::new(0));
    let lines = |outcome: &str| {
        let log = house.ok(&["audit", "export"], &[]);
        let line = |line: &&str| line.contains("\"frequency.read\"") && line.contains(outcome);
        log.lines().filter(line).count()
    };
    for _ in 0..3 {
        let server = house.serve();
        let address = server.address.clone();
        std::thread::scope(|scope| {
            for _ in 0..12 {
                // A connection that is cut ends the client.
                scope.spawn(|| {
                    let path = "/api/frequency?freeze=r1&region=chr2:1-9000000";
                    while let Some(200) = http::status(&address, path, &token) {
                        received.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(600));
            // SIGKILL.
            drop(server);
        });
    }
    let (received, written) = (received.load(Ordering::SeqCst), lines("\"answered\""));
    assert!(received > 30, "{received} answers");
    // Those that were written and not received: at most what was under way at each kill.
    assert!((received..=received + 3 * 12).contains(&written), "{received} received, {written} written");
    house.ok(&["audit", "verify"], &[]);
}
