//! An ingest that was killed goes on where it was and gives the same batch; a changed one begins anew.

use crate::cohort::{Dice, MadeUp};
use crate::crash::copy;
use crate::house::House;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const PEOPLE: usize = 1_100;

/// A directory with registered samples, and two files to be taken in as one batch.
struct Scene {
    house: House,
    before: PathBuf,
    files: [PathBuf; 2],
}

impl Scene {
    fn new() -> Scene {
        let house = House::new();
        // Some 18 MiB of text: several chunks a file, each followed by a checkpoint.
        let cohort = MadeUp::new(PEOPLE, 700, 11);
        let everybody: Vec<usize> = (0..PEOPLE).collect();
        let files = ["a.vcf", "b.vcf"].map(|name| house.beside(name));
        fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
        fs::write(&files[0], cohort.vcf(&everybody, |record| record % 5 < 3)).unwrap();
        fs::write(&files[1], cohort.vcf(&everybody, |record| record % 5 > 1)).unwrap();
        fs::write(house.dir().join("gj.toml"), "[ingest]\ncheckpoint_seconds = 0\n").unwrap();
        house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
        let before = house.beside("before");
        copy(&house.dir(), &before);
        Scene { house, before, files }
    }

    /// Back to the state before any ingest.
    fn reset(&self) {
        fs::remove_dir_all(self.house.dir()).unwrap();
        copy(&self.before, &self.house.dir());
    }

    fn words(&self, more: &[&'static str]) -> Vec<&'static str> {
        [&["ingest", "--institution", "centre", "--json"], more].concat()
    }

    fn paths(&self) -> [&Path; 2] {
        [&self.files[0], &self.files[1]]
    }

    fn note(&self) -> PathBuf {
        self.house.dir().join("spools/centre/checkpoint.json")
    }

    /// Ingests to the end: the report, and whether it went on with what another had read.
    fn ingest(&self, more: &[&'static str]) -> (Value, bool) {
        let output = self.house.run(&self.words(more), &self.paths());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        assert!(!self.house.dir().join("spools").exists(), "a spool is left behind");
        (
            serde_json::from_slice(&output.stdout).unwrap(),
            errors.contains("goes on where an interrupted ingest"),
        )
    }

    /// Kills an ingest `after` its first checkpoint; whether it was still under way.
    fn kill(&self, after: Duration) -> bool {
        let mut command = self.house.command(&self.words(&[]), &self.paths());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let started = Instant::now();
        while !self.note().exists() && child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(120), "no checkpoint was written");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(after);
        child.kill().unwrap();
        !child.wait().unwrap().success()
    }
}

#[test]
fn an_interrupted_ingest_goes_on_and_gives_the_same_batch() {
    let scene = Scene::new();
    let started = Instant::now();
    let (expected, went_on) = scene.ingest(&[]);
    let takes = started.elapsed().as_micros() as u64;
    assert!(!went_on);
    let mut dice = Dice(3);
    let mut resumed = 0;
    for moment in 0..8 {
        scene.reset();
        // Once, or twice with the second process going on from the first; every fourth time at once.
        let mut wait = || Duration::from_micros(if moment % 4 == 0 { 0 } else { dice.roll(takes / 3) });
        let kills = (0..=moment % 2).take_while(|_| scene.kill(wait())).count();
        if kills == 0 || !scene.note().exists() {
            continue;
        }
        let (report, went_on) = scene.ingest(&[]);
        assert_eq!((report, went_on), (expected.clone(), true), "moment {moment}");
        scene.house.ok(&["verify"], &[]);
        resumed += 1;
    }
    eprintln!("{resumed} of 8 were resumed");
    assert!(resumed >= 2, "only {resumed} were killed after a checkpoint and before the end");
}

#[test]
fn other_files_options_and_people_begin_anew_and_nothing_is_kept_of_who_leaves() {
    let scene = Scene::new();
    let killed = || {
        scene.reset();
        assert!(scene.kill(Duration::ZERO), "it was over before it could be killed");
        assert!(scene.note().exists());
    };
    let (expected, _) = scene.ingest(&[]);

    // A byte of what was read has changed on the disk.
    killed();
    let rows = scene.house.dir().join("spools/centre/0.rows");
    let mut bytes = fs::read(&rows).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&rows, bytes).unwrap();
    let (report, went_on) = scene.ingest(&[]);
    assert_eq!((report, went_on), (expected.clone(), false));

    // Another writer keeps the spool; a withdrawal does not.
    killed();
    scene.house.ok(&["repair"], &[]);
    assert!(scene.note().exists());
    scene.house.ok(&["withdraw", "P7"], &[]);
    assert!(!scene.house.dir().join("spools").exists());
    let (without, went_on) = scene.ingest(&["--skip-unconsented"]);
    assert!(!went_on && without["samples_left_out"] == 1 && without["batch"] != expected["batch"]);

    // One genotype is another: the sizes are the same.
    killed();
    let text = fs::read_to_string(&scene.files[1]).unwrap();
    let (head, tail) = text.split_at(text.rfind("0|0").unwrap());
    fs::write(&scene.files[1], format!("{head}1|1{}", &tail[3..])).unwrap();
    let changed = scene.ingest(&[]);
    scene.reset();
    assert_eq!(changed, (scene.ingest(&[]).0, false));
    assert_ne!(changed.0["batch"], expected["batch"]);
}
