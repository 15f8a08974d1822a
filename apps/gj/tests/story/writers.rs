//! Several processes on one directory: who waits for whom, and what holds meanwhile.

use crate::cohort::{Dice, MadeUp};
use crate::house::House;
use serde_json::Value;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PEOPLE: usize = 24;

/// Two batches of people, one release.
fn ready() -> House {
    with_batches(2, 20)
}

fn with_batches(batches: usize, sites: usize) -> House {
    let cohort = MadeUp::new(PEOPLE, sites, 5);
    let house = House::new();
    let everybody: Vec<usize> = (0..PEOPLE).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    for (name, people) in everybody.chunks(PEOPLE / batches).enumerate() {
        let file = house.beside(&format!("{name}.vcf"));
        fs::write(&file, cohort.vcf(people, |_| true)).unwrap();
        house.ok(&["ingest", "--institution", "centre"], &[&file]);
    }
    house.ok(&["freeze", "r1"], &[]);
    house
}

/// What another `gj` that is writing holds.
fn writing(house: &House) -> File {
    let lock = File::create(house.dir().join("writer.lock")).unwrap();
    lock.lock().unwrap();
    lock
}

fn release(house: &House) -> Value {
    house.json(&["status", "--json"], &[])["freezes"][0].clone()
}

#[test]
fn a_withdrawal_holds_while_another_writes_and_a_server_repairs_it() {
    let house = ready();
    fs::write(house.dir().join("gj.toml"), "[limits]\nwriter_wait_seconds_max = 1\n").unwrap();
    let before = release(&house);
    assert!(before["people"] == PEOPLE && before["variants"].as_u64() > Some(0));
    let other = writing(&house);
    let output = house.run(&["withdraw", "--json", "P4"], &[]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.contains("the withdrawal holds"), "{errors}");
    let receipt: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(receipt["state"], "masked");
    let masked = release(&house);
    assert_eq!((&masked["people"], &masked["variants"]), (&(PEOPLE - 1).into(), &Value::Null));
    let (_, errors) = house.fails(1, &["freeze", "r2"], &[]);
    assert!(errors.contains("another `gj` is writing"), "{errors}");
    drop(other);
    let _server = house.serve();
    let started = Instant::now();
    loop {
        let now: Value = serde_json::from_str(&house.ok(&["receipt", "--participant", "P4"], &[])).unwrap();
        assert_eq!(now["receipt"], receipt["receipt"]);
        if now["state"] == "repaired" {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the server repairs");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(release(&house)["variants"].as_u64().is_some());
    house.ok(&["verify"], &[]);
}

#[test]
fn a_writer_waits_for_the_one_before() {
    let house = ready();
    let other = writing(&house);
    let ending = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(2_500));
        drop(other);
    });
    let output = house.run(&["freeze", "r2"], &[]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.contains("waiting up to 60 s"), "{errors}");
    ending.join().unwrap();
}

#[test]
fn a_repair_that_fails_hides_no_receipt() {
    let house = ready();
    let batches: Vec<_> =
        fs::read_dir(house.dir().join("batches")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let away = house.beside("away");
    fs::create_dir(&away).unwrap();
    for path in &batches {
        fs::rename(path, away.join(path.file_name().unwrap())).unwrap();
    }
    let output = house.run(&["withdraw", "--json", "P4", "P20"], &[]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.contains("missing"), "{errors}");
    let receipts: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(receipts.as_array().unwrap().iter().all(|receipt| receipt["state"] == "masked"));
    let (_, errors) = house.fails(1, &["withdraw", "P4"], &[]);
    assert!(errors.contains("has withdrawn before"), "{errors}");
    for path in &batches {
        fs::rename(away.join(path.file_name().unwrap()), path).unwrap();
    }
    house.ok(&["repair"], &[]);
    for (participant, receipt) in ["P4", "P20"].iter().zip(receipts.as_array().unwrap()) {
        let now = house.ok(&["receipt", "--participant", participant], &[]);
        let now: Value = serde_json::from_str(&now).unwrap();
        assert_eq!((&now["state"], &now["receipt"]), (&"repaired".into(), &receipt["receipt"]));
    }
    house.fails(1, &["receipt", "--participant", "P5"], &[]);
    house.fails(2, &["receipt"], &[]);
    house.ok(&["verify"], &[]);
}

/// Starts compacting and stops it while it computes: it has a staged folder, and not the writer lock.
fn stopped_compaction(house: &House) -> Option<Child> {
    for _ in 0..40 {
        let mut compacting = house.command(&["compact", "--json"], &[]);
        let mut compacting = compacting.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let staging = house.dir().join("staging");
        while fs::read_dir(&staging).unwrap().count() == 0 && compacting.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        signal(&compacting, "-STOP");
        let lock = File::create(house.dir().join("writer.lock")).unwrap();
        if fs::read_dir(&staging).unwrap().count() > 0 && lock.try_lock().is_ok() {
            return Some(compacting);
        }
        drop(lock);
        signal(&compacting, "-CONT");
        compacting.wait().unwrap();
        if batches(house) == 1 {
            return None;
        }
    }
    None
}

fn batches(house: &House) -> usize {
    fs::read_dir(house.dir().join("batches")).unwrap().count()
}

/// Two batches and a file for a third; many sites, so that compacting takes a moment.
fn with_a_third() -> (House, std::path::PathBuf) {
    let cohort = MadeUp::new(PEOPLE, 700, 6);
    let house = House::new();
    let everybody: Vec<usize> = (0..PEOPLE).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    for (name, people) in [("a.vcf", 0..10), ("b.vcf", 10..20), ("c.vcf", 20..24)] {
        let people: Vec<usize> = people.collect();
        fs::write(house.beside(name), cohort.vcf(&people, |_| true)).unwrap();
        if name != "c.vcf" {
            house.ok(&["ingest", "--institution", "centre"], &[&house.beside(name)]);
        }
    }
    let third = house.beside("c.vcf");
    (house, third)
}

#[test]
fn nobody_waits_for_a_compaction_and_what_it_read_must_still_stand() {
    let (house, third) = with_a_third();
    let compacting = stopped_compaction(&house).expect("compacting takes longer than stopping it");
    // An ingest goes on meanwhile, and what is being compacted is not swept.
    house.ok(&["ingest", "--institution", "centre"], &[&third]);
    let staged = fs::read_dir(house.dir().join("staging")).unwrap().count();
    assert!(staged > 0, "a folder that is being written stays");
    // Somebody leaves whose genotypes are being compacted.
    let receipt = house.json(&["withdraw", "--json", "P4"], &[]);
    assert_eq!(receipt["state"], "repaired");
    house.ok(&["freeze", "r1"], &[]);
    signal(&compacting, "-CONT");
    let output = compacting.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The first work was thrown away, the second try compacted what there is now, without the person.
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["batches_before"], &report["batches_after"]), (&3.into(), &1.into()));
    house.ok(&["verify"], &[]);
    assert_eq!(house.json(&["freeze", "r2", "--json"], &[])["people"], PEOPLE - 1);
    assert_eq!(fs::read_dir(house.dir().join("staging")).unwrap().count(), 0);
}

#[test]
fn of_two_that_compact_one_wins_and_nothing_is_lost() {
    let (house, _) = with_a_third();
    let before = house.json(&["freeze", "r1", "--json"], &[])["digest"].clone();
    let first = stopped_compaction(&house).expect("compacting takes longer than stopping it");
    let second = house.json(&["compact", "--json"], &[]);
    assert_eq!(second["batches_before"], 2);
    signal(&first, "-CONT");
    let output = first.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["batches_before"], 0, "its work was thrown away");
    assert_eq!(batches(&house), 1);
    house.ok(&["verify"], &[]);
    assert_eq!(house.json(&["freeze", "r2", "--json"], &[])["digest"], before);
}

#[test]
fn a_server_compacts_when_enough_has_come_in_unless_it_may_not() {
    for background in [true, false] {
        let house = with_batches(4, 20);
        let before = house.json(&["freeze", "r2", "--json"], &[])["digest"].clone();
        let settings =
            format!("[compaction]\nbackground = {background}\nbatches_min = 4\nevery_seconds = 1\n");
        fs::write(house.dir().join("gj.toml"), settings).unwrap();
        let server = house.serve();
        let started = Instant::now();
        let wait_max = Duration::from_secs(if background { 60 } else { 3 });
        while batches(&house) > 1 && started.elapsed() < wait_max {
            std::thread::sleep(Duration::from_millis(50));
        }
        drop(server);
        house.ok(&["repair"], &[]);
        assert_eq!(batches(&house), if background { 1 } else { 4 });
        house.ok(&["verify"], &[]);
        assert_eq!(house.json(&["freeze", "r3", "--json"], &[])["digest"], before);
    }
}

fn signal(process: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &process.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Verifying is stopped at any moment while somebody leaves, and then finds other files than it was about
/// to read.
#[test]
fn verifying_goes_on_while_batches_are_replaced() {
    let house = with_batches(8, 600);
    let started = Instant::now();
    house.ok(&["verify"], &[]);
    let takes = started.elapsed();
    let mut dice = Dice(3);
    for person in (0..PEOPLE).rev().filter(|person| person % 3 != 0) {
        let mut verifying = house.command(&["verify"], &[]);
        verifying.stdout(Stdio::piped()).stderr(Stdio::piped());
        let verifying = verifying.spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.roll(takes.as_micros() as u64)));
        signal(&verifying, "-STOP");
        let mut leaving = house.command(&["withdraw", &format!("P{person}")], &[]);
        let mut leaving = leaving.stdout(Stdio::null()).spawn().unwrap();
        // Stopped while it holds the anchor, verifying would be waited for.
        for _ in 0..100 {
            if leaving.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        signal(&verifying, "-CONT");
        assert!(leaving.wait().unwrap().success());
        let verified = verifying.wait_with_output().unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
    house.ok(&["verify"], &[]);
}

/// Somebody leaves while an extract that holds them is written, at any moment: either the files leave
/// them out, or their receipt names the extract.
#[test]
fn an_extract_leaves_out_who_withdraws_or_their_receipt_names_it() {
    let house = with_batches(4, 600);
    let approve = ["extract", "approve", "--release", "r1", "--for", "academic", "--purpose", "GRU"];
    let more = ["--region", "chr2", "--region", "chr10", "--until", "2099-01-01", "--reference", "x"];
    let approve = || house.ok(&[&approve[..], &more[..]].concat(), &[]).trim().to_owned();
    let write = |id: &str, name: &str| {
        let words = ["extract", "write", id, "--as", "academic", "--format", "bcf", "--json", "--out"];
        house.command(&words, &[&house.beside(name)])
    };
    let timed = |run: usize| {
        let mut writing = write(&approve(), &format!("timed-{run}"));
        let started = Instant::now();
        assert!(writing.output().unwrap().status.success());
        started.elapsed()
    };
    // The quickest, so that on a busy machine most are stopped under way.
    let takes = (0..3).map(timed).min().unwrap();
    let mut dice = Dice(9);
    let mut seen = [0; 2];
    for person in 0..PEOPLE - 2 {
        let id = approve();
        let mut writing = write(&id, &format!("of-{person}"));
        let writing = writing.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.roll(takes.as_micros() as u64)));
        signal(&writing, "-STOP");
        let mut leaving = house.command(&["withdraw", "--json", &format!("P{person}")], &[]);
        let mut leaving = leaving.stdout(Stdio::piped()).spawn().unwrap();
        // Stopped while it holds the registry, writing would be waited for.
        for _ in 0..100 {
            if leaving.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        signal(&writing, "-CONT");
        let receipt: Value = serde_json::from_slice(&leaving.wait_with_output().unwrap().stdout).unwrap();
        let written = writing.wait_with_output().unwrap();
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        let report: Value = serde_json::from_slice(&written.stdout).unwrap();
        let before = (PEOPLE - person) as u64;
        let held = report["people"].as_u64().unwrap() == before;
        assert!(held || report["people"] == before - 1);
        let named = receipt["not_recallable"]["extracts"].as_array().unwrap();
        assert_eq!(named.contains(&id.into()), held, "P{person}");
        seen[usize::from(held)] += 1;
    }
    eprintln!("{} left out, {} named", seen[0], seen[1]);
    assert!(seen[0] > 0, "nobody left while an extract was written");
    house.ok(&["verify"], &[]);
}
