//! A data directory in a temporary folder, and the binary that works on it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// The binary under test.
pub fn gj() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gj"));
    command.env_remove("GJ_DATA").env_remove("GJ_REGISTRY").env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

pub struct House {
    folder: tempfile::TempDir,
    /// The registry's database on a server, where the suite runs on one.
    server: Option<String>,
}

/// A new, empty database on the server that `GJ_TEST_POSTGRES` names; `None` where it names none, and
/// the registry is a file (`tools/with-postgres`).
pub fn database() -> Option<String> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let server = std::env::var("GJ_TEST_POSTGRES").ok()?;
    let name = format!("story_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    sql(&server, &format!("CREATE DATABASE {name}"));
    let (server, _) = server.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}"))
}

/// One statement past the registry, by the server's own client; returns what it prints.
pub fn sql(url: &str, statement: &str) -> String {
    let output = Command::new("psql").args(["-qXAt", "-v", "ON_ERROR_STOP=1", url, "-c", statement]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

impl House {
    /// An initialised directory with the built-in programme, without the rows of the ledger: nothing is withheld, so
    /// that stories can compare numbers of before and after.
    pub fn new() -> House {
        House { folder: tempfile::tempdir().unwrap(), server: database() }.open_to_all(|text| text)
    }

    /// The same with its registry in a file, also where the suite runs on a server.
    pub fn on_file() -> House {
        House { folder: tempfile::tempdir().unwrap(), server: None }.open_to_all(|text| text)
    }

    /// An initialised directory with the built-in programme as it is.
    pub fn with_ledger() -> House {
        let house = House { folder: tempfile::tempdir().unwrap(), server: database() };
        house.ok(&["init"], &[]);
        house
    }

    fn open_to_all(self, change: impl Fn(String) -> String) -> House {
        let example =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/registry/programme/example.toml");
        let text = std::fs::read_to_string(example).unwrap();
        let programme = self.folder.path().join("programme.toml");
        std::fs::write(&programme, change(text.split("\n[[exposure]]").next().unwrap().to_owned())).unwrap();
        self.ok(&["init", "--programme"], &[&programme]);
        self
    }

    /// The same directory and registry once more, as they are now.
    pub fn copy(&self) -> House {
        let server = self.server.as_ref().map(|url| {
            let (server, template) = url.rsplit_once('/').unwrap();
            let (address, name) = (database().unwrap(), format!("{template}_copy"));
            sql(&address, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
            format!("{server}/{name}")
        });
        let house = House { folder: tempfile::tempdir().unwrap(), server };
        let copied = Command::new("cp").arg("-r").args([self.dir(), house.dir()]).status();
        assert!(copied.unwrap().success());
        house
    }

    /// An initialised directory that hides nothing, to compare whole tables with an oracle.
    pub fn showing_everything() -> House {
        let house = House { folder: tempfile::tempdir().unwrap(), server: database() };
        house.open_to_all(|text| text.replace("min_cell = 10", "min_cell = 1"))
    }

    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The registry's database on a server, where the suite runs on one.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// A place for files beside the data directory.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command on this directory.
    pub fn command(&self, words: &[&str], paths: &[&Path]) -> Command {
        let mut command = gj();
        let plain = words.iter().take_while(|word| !word.starts_with('-')).count();
        // `gj audit verify --data DIR …`: options come after the words of the command.
        let two = [
            "account",
            "annotation",
            "application",
            "audit",
            "consent",
            "extract",
            "money",
            "ontology",
            "people",
            "programme",
            "registry",
            "user",
        ]
        .contains(&words[0]);
        let named = plain.min(if two { 2 } else { 1 });
        if let Some(url) = &self.server {
            command.env("GJ_REGISTRY", url);
        }
        command.args(&words[..named]).arg("--data").arg(self.dir()).args(&words[named..]).args(paths);
        command
    }

    pub fn run(&self, words: &[&str], paths: &[&Path]) -> Output {
        self.command(words, paths).output().unwrap()
    }

    /// Runs a command that must succeed; returns its standard output.
    pub fn ok(&self, words: &[&str], paths: &[&Path]) -> String {
        let output = self.run(words, paths);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "gj {words:?} ended with {:?}: {errors}", output.status.code());
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same for a command with `--json`.
    pub fn json(&self, words: &[&str], paths: &[&Path]) -> Value {
        serde_json::from_str(&self.ok(words, paths)).unwrap()
    }

    /// Runs a command that must fail with `status`; returns standard output and error.
    pub fn fails(&self, status: i32, words: &[&str], paths: &[&Path]) -> (String, String) {
        let output = self.run(words, paths);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "gj {words:?}: {errors}");
        (String::from_utf8(output.stdout).unwrap(), errors)
    }

    /// Serves on a free port until dropped.
    pub fn serve(&self) -> Server {
        let child =
            self.command(&["serve", "--listen", "127.0.0.1:0"], &[]).stderr(Stdio::piped()).spawn().unwrap();
        Server::wait(child)
    }

    /// An account of the role of participants, linked to one.
    pub fn participant(&self, user: &str, participant: &str, relation: &[&str]) {
        let words = ["account", "add", user, "--name-ja", "花子", "--name-en", "Hanako"];
        let words = [&words[..], &["--institution", "centre", "--role", "participant"]].concat();
        let mut child = self.command(&words, &[]).stdin(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"a long enough password\n").unwrap();
        assert!(child.wait().unwrap().success());
        self.ok(&[&["account", "participant", user, participant][..], relation].concat(), &[]);
    }

    /// A fresh token of a user.
    pub fn token(&self, user: &str) -> String {
        self.ok(&["user", "token", user], &[]).trim().to_owned()
    }
}

/// A running server.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Waits for the line that says where it listens.
    pub fn wait(mut child: Child) -> Server {
        use std::io::{BufRead, BufReader};
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server ended before it listened").unwrap();
            if let Some(rest) = line.strip_prefix("serving on http://") {
                break rest.trim_end_matches('/').to_owned();
            }
        };
        // Keep the pipe drained, or the server would block on a full one.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The shared real data, or a note that the test is skipped.
pub fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("GJ_SHARED").map_or(beside, PathBuf::from);
    if folder.join("data/genotypes").is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "CI must have the shared data");
    eprintln!("skipped: the shared real data are not here (set GJ_SHARED)");
    None
}

/// Whether a peer tool is installed, or a note that the test is skipped.
pub fn has(tool: &str) -> bool {
    let found =
        Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "CI must have {tool}");
    if !found {
        eprintln!("skipped: {tool} is not installed");
    }
    found
}
