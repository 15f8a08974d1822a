//! `kill -9` at random moments: what was acknowledged is there, nothing half-done is visible.

use crate::cohort::{Dice, MadeUp};
use crate::house::{House, gj};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Moments over all acts, unless `GJ_CRASH_MOMENTS` says how many.
const MOMENTS: usize = 120;
/// Directories worked on at once: most of the time goes into waiting for the disk.
const WORKERS: usize = 4;

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

/// A gVCF of a person: variants, blocks with and without reads, and gaps.
fn gvcf(person: usize, contigs: &[&str]) -> String {
    let mut text = "##fileformat=VCFv4.2\n##ALT=<ID=NON_REF,Description=\"any\">\n".to_owned();
    contigs.iter().for_each(|contig| text.push_str(&format!("##contig=<ID={contig}>\n")));
    text.push_str(&format!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS{person}\n"));
    for contig in contigs {
        for (step, at) in (3_000_000..3_002_400).step_by(40).enumerate() {
            let kind = step + person;
            if kind.is_multiple_of(3) {
                let call = if kind.is_multiple_of(2) { "0/1" } else { "1/1" };
                text.push_str(&format!(
                    "{contig}\t{at}\t.\tA\tC,<NON_REF>\t.\t.\t.\tGT:DP:GQ\t{call}:30:50\n"
                ));
            }
            let (end, reads) = (at + 39 - kind % 5, if kind.is_multiple_of(7) { 0 } else { 20 });
            text.push_str(&format!(
                "{contig}\t{}\t.\tA\t<NON_REF>\t.\t.\tEND={end}\tGT:DP:GQ\t0/0:{reads}:60\n",
                at + 1
            ));
        }
    }
    text
}

/// Writes gVCFs of people who came otherwise, too, and of some who did not; returns their paths.
fn gvcfs(house: &House, with_others: usize, alone: &[usize]) -> Vec<PathBuf> {
    let contigs = ["chr2", "chr21"];
    let people = [(with_others, &contigs[1..])].into_iter().chain(alone.iter().map(|p| (*p, &contigs[..])));
    people
        .map(|(person, contigs)| {
            let path = house.beside(&format!("{person}.g.vcf"));
            fs::write(&path, gvcf(person, contigs)).unwrap();
            path
        })
        .collect()
}

/// Directories, each one act short of the next. The people who leave have calls in batches of plain VCFs
/// and of gVCFs; releases are counted first from genotypes and then from what is stored.
fn acts(house: &House) -> Vec<Act> {
    let cohort = MadeUp::new(60, 80, 5);
    let (first, second): (Vec<usize>, Vec<usize>) = ((0..34).collect(), (0..4).chain(34..60).collect());
    let everybody: Vec<usize> = (0..64).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&first, |r| r % 3 != 0)).unwrap();
    fs::write(house.beside("b.vcf"), cohort.vcf(&second, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    let early = gvcfs(house, 3, &[60, 61]);
    let paths: Vec<&Path> = early.iter().map(PathBuf::as_path).collect();
    house.ok(&["ingest", "--institution", "centre"], &paths);
    house.ok(&["freeze", "r1"], &[]);
    let late: Vec<String> =
        gvcfs(house, 40, &[62, 63]).iter().map(|path| path.display().to_string()).collect();
    let file = house.beside("b.vcf").display().to_string();
    let words = [
        vec!["ingest", "--institution", "centre", &file],
        vec!["ingest", "--institution", "centre", &late[0], &late[1], &late[2]],
        vec!["freeze", "r2"],
        vec!["withdraw", "P3"],
        vec!["compact"],
        vec!["withdraw", "P40"],
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

/// What came of one moment.
#[derive(Default)]
struct Outcome {
    killed: usize,
    applied: usize,
}

/// Kills an act after a while, checks the directory, and lets the next writer go on.
fn moment(dir: &Path, act: &Act, number: usize, after: Duration) -> Outcome {
    let _ = fs::remove_dir_all(dir);
    copy(&act.before, dir);
    let mut child = run(dir, &act.words).spawn().unwrap();
    std::thread::sleep(after);
    // SIGKILL: the process gets no chance to tidy up.
    child.kill().unwrap();
    let acknowledged = child.wait().unwrap().success();
    let verified = gj().args(["verify", "--data"]).arg(dir).output().unwrap();
    assert!(verified.status.success(), "moment {number}: {}", String::from_utf8_lossy(&verified.stderr));
    let now = describe(dir);
    let state = act.states.iter().position(|state| *state == now);
    assert!(state.is_some(), "moment {number} of {}: neither before nor after", act.words[0]);
    let done = state == Some(1) || act.states[0] == act.states[1];
    assert!(!acknowledged || done, "moment {number}: acknowledged but lost");
    // The next writer goes on: the act is done now, or says that it was done. Compacting changes
    // nothing that can be seen but the number of batches, and may always be asked for.
    let again = run(dir, &act.words).status().unwrap();
    let compacting = act.words[0] == "compact";
    assert_eq!(again.success(), state == Some(0) || compacting, "moment {number}");
    assert!(gj().args(["repair", "--data"]).arg(dir).stderr(Stdio::null()).status().unwrap().success());
    assert_eq!(describe(dir), act.states[1], "moment {number}");
    assert_eq!(fs::read_dir(dir.join("staging")).unwrap().count(), 0);
    if act.words[0] == "withdraw" {
        whole_receipt(dir, &act.words[1]);
    }
    Outcome { killed: usize::from(!acknowledged), applied: usize::from(state == Some(1)) }
}

/// A receipt lists every batch and release that was rewritten, whenever the repair was interrupted.
fn whole_receipt(dir: &Path, participant: &str) {
    let receipt = gj().args(["receipt", "--participant", participant, "--data"]).arg(dir).output().unwrap();
    let receipt: serde_json::Value = serde_json::from_slice(&receipt.stdout).unwrap();
    let repaired = &receipt["repaired"];
    let batches = repaired["batches_rewritten"].as_array().unwrap();
    assert_eq!(batches.len() as u64, receipt["batches"].as_u64().unwrap());
    assert!(batches.iter().all(|batch| batch["before"] != batch["after"] && batch["census_before"] != batch["census_after"]));
    let releases: Vec<&String> = repaired["releases_recounted"].as_object().unwrap().keys().collect();
    assert_eq!(
        releases,
        receipt["releases"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect::<Vec<_>>()
    );
}

#[test]
fn killed_at_any_moment_the_directory_is_whole_and_nothing_acknowledged_is_lost() {
    let house = House::new();
    let acts = acts(&house);
    let moments = std::env::var("GJ_CRASH_MOMENTS").map_or(MOMENTS, |text| text.parse().unwrap());
    let work = |worker: usize| {
        let (mut dice, mut sum) = (Dice(worker as u64), Outcome::default());
        for number in (worker..moments).step_by(WORKERS) {
            let act = &acts[number / WORKERS % acts.len()];
            // Workers slow one another down, so that an act takes longer than it did alone.
            let after = Duration::from_micros(dice.roll(act.takes.as_micros() as u64 * 2));
            let one = moment(&house.beside(&format!("moment-{worker}")), act, number, after);
            sum.killed += one.killed;
            sum.applied += one.applied;
        }
        sum
    };
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..WORKERS).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let killed: usize = outcomes.iter().map(|outcome| outcome.killed).sum();
    let applied: usize = outcomes.iter().map(|outcome| outcome.applied).sum();
    eprintln!("{killed} of {moments} acts were killed under way, {applied} had taken effect");
    assert!(killed > moments / 4, "only {killed} acts were killed under way");
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
