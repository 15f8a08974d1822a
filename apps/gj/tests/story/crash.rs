//! `kill -9` at random moments: what was acknowledged is there, nothing half-done is visible.

use crate::cohort::{Dice, MadeUp};
use crate::house::{House, gj};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Moments over all acts.
const MOMENTS: usize = 200;

struct Act {
    /// Directory before the act.
    before: PathBuf,
    words: Vec<String>,
    /// What `describe` says before and after.
    states: [String; 2],
    /// How long the act takes when nobody kills it.
    takes: Duration,
}

fn run(dir: &Path, words: &[String]) -> Command {
    let mut command = gj();
    command.arg(&words[0]).arg("--data").arg(dir).args(&words[1..]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// All that a user can see: releases, batches, frequencies.
fn describe(dir: &Path) -> String {
    let status = gj().args(["status", "--json", "--data"]).arg(dir).output().unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    let mut value: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    for freeze in value["freezes"].as_array_mut().unwrap() {
        freeze["created_at"] = "".into();
        // Hidden from the withdrawal until the recount, which may be killed in between.
        freeze["variants"] = "".into();
    }
    let mut text = value.to_string();
    for freeze in ["r1", "r2", "r3"] {
        let arguments = [
            "frequency",
            "--region",
            "chr2:1-9000000",
            "--as",
            "academic",
            "--purpose",
            "GRU",
            "--json",
            "--freeze",
            freeze,
        ];
        let answer = gj().args(arguments).arg("--data").arg(dir).output().unwrap();
        text.push_str(&String::from_utf8(answer.stdout).unwrap());
    }
    text
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(|_| ()).unwrap()
        }
    }
}

/// Five directories, each one act short of the next; the last release has the content of the one before.
fn acts(house: &House) -> Vec<Act> {
    let cohort = MadeUp::new(60, 120, 5);
    let (first, second): (Vec<usize>, Vec<usize>) = (0..60).partition(|p| *p < 30);
    let everybody: Vec<usize> = (0..60).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&first, |_| true)).unwrap();
    fs::write(house.beside("b.vcf"), cohort.vcf(&second, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    let file = house.beside("b.vcf").display().to_string();
    let words = [
        vec!["ingest", "--institution", "centre", &file],
        vec!["freeze", "r2"],
        vec!["withdraw", "P3"],
        vec!["freeze", "r3"],
    ];
    let mut acts = Vec::new();
    for (index, words) in words.into_iter().enumerate() {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let before = house.beside(&format!("before-{index}"));
        copy(&house.dir(), &before);
        let earlier = describe(&house.dir());
        let started = Instant::now();
        assert!(run(&house.dir(), &words).status().unwrap().success());
        let takes = started.elapsed();
        acts.push(Act { before, words, states: [earlier, describe(&house.dir())], takes });
    }
    acts
}

#[test]
fn killed_at_any_moment_the_directory_is_whole_and_nothing_acknowledged_is_lost() {
    let house = House::new();
    let acts = acts(&house);
    let mut dice = Dice(1);
    let (mut killed, mut applied) = (0, 0);
    for moment in 0..MOMENTS {
        let act = &acts[moment % acts.len()];
        let dir = house.beside("moment");
        let _ = fs::remove_dir_all(&dir);
        copy(&act.before, &dir);
        let mut child = run(&dir, &act.words).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.roll(act.takes.as_micros() as u64 * 11 / 10)));
        // SIGKILL: the process gets no chance to tidy up.
        child.kill().unwrap();
        let acknowledged = child.wait().unwrap().success();
        killed += usize::from(!acknowledged);
        let verified = gj().args(["verify", "--data"]).arg(&dir).output().unwrap();
        assert!(verified.status.success(), "moment {moment}: {}", String::from_utf8_lossy(&verified.stderr));
        let now = describe(&dir);
        let state = act.states.iter().position(|state| *state == now);
        assert!(state.is_some(), "moment {moment} of {}: neither before nor after", act.words[0]);
        let done = state == Some(1) || act.states[0] == act.states[1];
        assert!(!acknowledged || done, "moment {moment}: acknowledged but lost");
        applied += usize::from(state == Some(1));
        // The next writer goes on: the act is done now, or says that it was done. Compacting changes
        // nothing that can be seen, and may always be asked for.
        let again = run(&dir, &act.words).status().unwrap();
        let compacting = act.words[0] == "compact";
        assert_eq!(again.success(), state == Some(0) || compacting, "moment {moment}");
        assert!(gj().args(["repair", "--data"]).arg(&dir).stderr(Stdio::null()).status().unwrap().success());
        assert_eq!(describe(&dir), act.states[1], "moment {moment}");
        assert_eq!(fs::read_dir(dir.join("staging")).unwrap().count(), 0);
    }
    eprintln!("{killed} of {MOMENTS} acts were killed under way, {applied} had taken effect");
    assert!(killed > MOMENTS / 4, "only {killed} acts were killed under way");
}

/// `gj init` and the first moments of `gj demo`: there is a whole directory, or one that a second try makes.
#[test]
fn killed_while_it_is_made_a_directory_is_whole_or_made_again() {
    let house = House::new();
    let mut dice = Dice(2);
    let started = Instant::now();
    assert!(gj().args(["init", "--data"]).arg(house.beside("timed")).output().unwrap().status.success());
    let takes = started.elapsed().as_micros() as u64;
    let (mut half, mut whole) = (0, 0);
    for moment in 0..60 {
        let dir = house.beside(&format!("made-{moment}"));
        let demo = moment % 3 == 0;
        let words: &[&str] = if demo { &["demo", "--listen", "127.0.0.1:0"] } else { &["init"] };
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut child = run(&dir, &words).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.roll(takes * 5 / 2)));
        child.kill().unwrap();
        child.wait().unwrap();
        let verify = || gj().args(["verify", "--data"]).arg(&dir).output().unwrap();
        if dir.join("gj-data.json").exists() {
            whole += 1;
            // A demo that is a data directory knows that it is one, and goes on.
            assert!(!demo || dir.join("gj-demo.json").exists(), "moment {moment}");
        } else {
            half += 1;
            assert!(!verify().status.success());
            assert!(run(&dir, &["init".to_owned()]).status().unwrap().success(), "moment {moment}");
        }
        let verified = verify();
        assert!(verified.status.success(), "moment {moment}: {}", String::from_utf8_lossy(&verified.stderr));
    }
    eprintln!("{half} half made, {whole} whole");
    assert!(half > 5);
}
