//! A disk that is full or cannot be written: one clear error, nothing lost, and the next try works.

use crate::cohort::MadeUp;
use crate::house::{House, gj};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A small disk of its own; `None` where this user may not mount one.
struct Disk(PathBuf);

impl Disk {
    fn new(at: &Path) -> Option<Disk> {
        fs::create_dir_all(at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "gj-test"]).arg(at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Disk(at.to_owned()));
        }
        eprintln!("skipped: this user may not mount a small disk");
        None
    }

    /// Leaves this many bytes free.
    fn fill(&self, free: usize) {
        let filler = self.0.join("filler");
        let _ = fs::remove_file(&filler);
        // What fits, by trying: a file system says what is free in its own units.
        let mut bytes = vec![1u8; 16 << 20];
        while fs::write(&filler, &bytes).is_err() {
            bytes.truncate(bytes.len() - (16 << 10));
        }
        fs::write(&filler, &bytes[..bytes.len().saturating_sub(free)]).unwrap();
    }

    fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
}

fn run(dir: &Path, words: &[&str], file: &Path) -> Output {
    let mut command = gj();
    command.arg(words[0]).arg("--data").arg(dir).args(&words[1..]);
    if words[0] == "ingest" {
        command.arg(file);
    }
    command.output().unwrap()
}

const ACTS: [&[&str]; 4] =
    [&["ingest", "--institution", "centre"], &["freeze", "r2"], &["compact"], &["withdraw", "P3"]];

fn ready(house: &House) -> PathBuf {
    let cohort = MadeUp::new(60, 60, 5);
    let everybody: Vec<usize> = (0..60).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    for (name, people) in [("a.vcf", &everybody[..30]), ("b.vcf", &everybody[30..45])] {
        fs::write(house.beside(name), cohort.vcf(people, |_| true)).unwrap();
        house.ok(&["ingest", "--institution", "centre"], &[&house.beside(name)]);
    }
    house.ok(&["freeze", "r1"], &[]);
    let file = house.beside("c.vcf");
    fs::write(&file, cohort.vcf(&everybody[45..], |_| true)).unwrap();
    file
}

/// One line of error that names what went wrong.
fn told_once(output: &Output, act: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors.lines().filter(|line| line.starts_with("gj: ")).count(), 1, "{act}: {errors}");
    assert!(!errors.contains("panicked"), "{act}: {errors}");
}

#[test]
fn a_full_disk_stops_an_act_and_loses_nothing() {
    let house = House::new();
    let file = ready(&house);
    let Some(disk) = Disk::new(&house.beside("disk")) else { return };
    let dir = disk.0.join("data");
    let (mut stopped, mut done) = (0, 0);
    for act in ACTS {
        for free in [0, 4, 16, 40, 100, 200, 400].map(|kib| kib << 10) {
            let _ = fs::remove_file(disk.0.join("filler"));
            copy(&house.dir(), &dir);
            disk.fill(free);
            let output = run(&dir, act, &file);
            let held = act[0] == "withdraw"
                && String::from_utf8_lossy(&output.stderr).contains("the withdrawal holds");
            if output.status.success() {
                done += 1;
            } else {
                told_once(&output, act[0]);
                stopped += 1;
            }
            fs::remove_file(disk.0.join("filler")).unwrap();
            let verified = run(&dir, &["verify"], &file);
            let errors = String::from_utf8_lossy(&verified.stderr);
            assert!(verified.status.success(), "{act:?} with {free} bytes free: {errors}");
            // With room again the next try does it, or finishes what holds already.
            let again = if output.status.success() && !held { &["repair"] } else { act };
            let again = run(&dir, if held { &["repair"] } else { again }, &file);
            let errors = String::from_utf8_lossy(&again.stderr);
            assert!(again.status.success(), "{act:?} again after {free} bytes: {errors}");
            assert!(run(&dir, &["verify"], &file).status.success());
            assert_eq!(fs::read_dir(dir.join("staging")).unwrap().count(), 0);
        }
    }
    assert!(stopped >= 4 && done >= 4, "{stopped} stopped, {done} done");
}

#[test]
fn a_disk_that_cannot_be_written_is_left_as_it_is() {
    let house = House::new();
    let file = ready(&house);
    let Some(disk) = Disk::new(&house.beside("disk")) else { return };
    let dir = disk.0.join("data");
    copy(&house.dir(), &dir);
    disk.remount("ro");
    for act in ACTS.into_iter().chain([&["serve", "--listen", "127.0.0.1:0"][..]]) {
        let output = run(&dir, act, &file);
        assert!(!output.status.success(), "{act:?}");
        told_once(&output, act[0]);
    }
    disk.remount("rw");
    for act in ACTS {
        let output = run(&dir, act, &file);
        assert!(output.status.success(), "{act:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(run(&dir, &["verify"], &file).status.success());
}

/// A folder that somebody removed: every act that needs it says which, and goes on when it is back.
#[test]
fn a_missing_file_stops_what_needs_it() {
    let house = House::new();
    let file = ready(&house);
    for act in [ACTS[1], ACTS[2], ACTS[3]] {
        let dir = house.beside("missing");
        copy(&house.dir(), &dir);
        let batch = fs::read_dir(dir.join("batches")).unwrap().next().unwrap().unwrap().path();
        let away = house.beside("away");
        fs::rename(&batch, &away).unwrap();
        let output = run(&dir, act, &file);
        let errors = String::from_utf8_lossy(&output.stderr);
        let name = batch.file_name().unwrap().to_str().unwrap();
        assert!(errors.contains(name) && errors.contains("missing"), "{act:?}: {errors}");
        // A withdrawal holds all the same.
        assert_eq!(output.status.success(), act[0] == "withdraw", "{act:?}");
        fs::rename(&away, &batch).unwrap();
        let again = run(&dir, if act[0] == "withdraw" { &["repair"] } else { act }, &file);
        assert!(again.status.success(), "{act:?}: {}", String::from_utf8_lossy(&again.stderr));
        assert!(run(&dir, &["verify"], &file).status.success());
    }
}
