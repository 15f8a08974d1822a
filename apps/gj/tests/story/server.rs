//! The registry on a server, from outside: where a directory finds it, and what happens when it is the
//! wrong one, away, or killed at any moment. These stories need `GJ_TEST_POSTGRES` (`tools/with-postgres`).

use crate::cohort::MadeUp;
use crate::house::{House, database, gj, sql};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A house on a server, or a note that the test is skipped.
fn house() -> Option<House> {
    let house = House::new();
    if house.server().is_none() {
        eprintln!("skipped: GJ_TEST_POSTGRES names no server");
    }
    house.server().is_some().then_some(house)
}

fn on(url: &str, dir: &Path, words: &[&str]) -> std::process::Output {
    let mut command = gj();
    command.args(&words[..1]).arg("--data").arg(dir).args(&words[1..]).env("GJ_REGISTRY", url);
    command.output().unwrap()
}

#[test]
fn a_directory_remembers_its_registry_and_takes_no_other() {
    let Some(house) = house() else { return };
    // `gj.toml` names it, so that nothing has to be said again.
    let config = fs::read_to_string(house.dir().join("gj.toml")).unwrap();
    assert!(config.contains(house.server().unwrap()));
    assert!(gj().args(["status", "--data"]).arg(house.dir()).output().unwrap().status.success());
    assert!(!house.dir().join("registry.sqlite").exists());
    // Another directory's registry would have every genotype swept as unreferenced.
    let other = House::new();
    other.ok(&["user", "token", "academic"], &[]);
    house.ok(&["user", "token", "academic"], &[]);
    let output = on(other.server().unwrap(), &house.dir(), &["repair"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("not the one of"), "{errors}");
    // A database in use is not made a registry again, an address with a password not taken.
    for (url, what) in [
        (house.server().unwrap(), "not empty"),
        ("postgres://gj:hunter2@127.0.0.1/gj", "password"),
        ("postgres://gj@db.example.jp/gj", "verify-full"),
        ("postgres://postgres@127.0.0.1:1/gj", "does not answer"),
    ] {
        let dir = house.beside("new");
        let output = on(url, &dir, &["init"]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains(what), "{url}: {errors}");
        assert!(!errors.contains("hunter2") && !dir.join("gj-data.json").exists());
    }
    // The folder that failed is taken up with the right one.
    let dir = house.beside("new");
    let url = database().unwrap();
    let output = on(&url, &dir, &["init"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(on(&url, &dir, &["verify"]).status.success());
}

/// As `crash.rs`, for acts whose transaction is on a server: the directory and the database agree.
#[test]
fn killed_at_any_moment_directory_and_server_agree() {
    let Some(house) = house() else { return };
    let cohort = MadeUp::new(40, 40, 5);
    let everybody: Vec<usize> = (0..40).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    for (name, people) in [("a.vcf", &everybody[..20]), ("b.vcf", &everybody[20..])] {
        fs::write(house.beside(name), cohort.vcf(people, |_| true)).unwrap();
    }
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    let file = house.beside("b.vcf").display().to_string();
    let acts: [&[&str]; 3] =
        [&["ingest", "--institution", "centre", &file], &["freeze", "r2"], &["withdraw", "P3"]];
    let (server, template) = house.server().unwrap().rsplit_once('/').unwrap();
    let (mut killed, mut applied) = (0, 0);
    for moment in 0..24_u64 {
        let act = acts[moment as usize % acts.len()];
        let (name, dir) = (format!("{template}_moment_{moment}"), house.beside("moment"));
        let (admin, url) = (format!("{server}/postgres"), format!("{server}/{name}"));
        sql(&admin, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        let _ = fs::remove_dir_all(&dir);
        assert!(Command::new("cp").arg("-r").args([house.dir(), dir.clone()]).status().unwrap().success());
        let before = on(&url, &dir, &["status", "--json"]).stdout;
        let mut command = gj();
        command.args(&act[..1]).arg("--data").arg(&dir).args(&act[1..]).env("GJ_REGISTRY", &url);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment * 16));
        child.kill().unwrap();
        let acknowledged = child.wait().unwrap().success();
        killed += usize::from(!acknowledged);
        // The server notices a client that is gone by itself; until then its lock is waited for.
        let started = Instant::now();
        let verified = on(&url, &dir, &["verify"]);
        assert!(verified.status.success(), "moment {moment}: {}", String::from_utf8_lossy(&verified.stderr));
        let changed = on(&url, &dir, &["status", "--json"]).stdout != before;
        applied += usize::from(changed);
        assert!(!acknowledged || changed, "moment {moment}: acknowledged but lost");
        let repaired = on(&url, &dir, &["repair"]);
        assert!(repaired.status.success(), "moment {moment}: {}", String::from_utf8_lossy(&repaired.stderr));
        assert!(started.elapsed() < Duration::from_secs(50), "moment {moment}: a dead writer was waited for");
        assert!(on(&url, &dir, &["verify"]).status.success());
        assert_eq!(fs::read_dir(dir.join("staging")).unwrap().count(), 0);
    }
    eprintln!("{killed} acts killed under way, {applied} had taken effect");
    assert!(killed > 4 && applied > 0, "{killed} killed, {applied} applied");
}
