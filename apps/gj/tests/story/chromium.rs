//! The installed Chromium without a window, told what to do over two named pipes: the Chrome DevTools
//! Protocol, messages of JSON ended by a zero byte. Each person gets a profile of their own.

pub mod controls;
pub mod person;

use serde_json::{Value, json};
use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Seconds until a browser that does not answer fails the test.
const WAIT_SECONDS_MAX: u64 = 60;

pub struct Chromium {
    child: Child,
    wire: RefCell<Wire>,
    /// Where screenshots go.
    pub album: PathBuf,
    folder: tempfile::TempDir,
}

struct Wire {
    to: Option<File>,
    from: Receiver<Value>,
    last: u64,
    /// Addresses that pages asked for.
    requested: Vec<String>,
    /// What is wrong with pages, as the browser says or as we found.
    complaints: Vec<String>,
}

impl Chromium {
    pub fn start() -> Chromium {
        let folder = tempfile::tempdir().unwrap();
        let [to, from] = ["to", "from"].map(|name| folder.path().join(name));
        assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
        // Everything but loopback is unknown to it, and whatever it would fetch by itself is switched off.
        let line = "exec chromium --headless=new --remote-debugging-pipe --no-sandbox --disable-gpu \
            --disable-dev-shm-usage --no-first-run --disable-background-networking --disable-component-update \
            --disable-sync --disable-extensions --disable-features=Translate,OptimizationHints,MediaRouter \
            --force-device-scale-factor=1 --lang=ja --user-data-dir=\"$3\" \
            --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' about:blank 3<\"$1\" 4>\"$2\"";
        let mut command = Command::new("sh");
        command.args(["-c", line, "sh"]).args([&to, &from, &folder.path().join("profile")]);
        command.env("LANGUAGE", "ja").env("LANG", "ja_JP.UTF-8").env("HOME", folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        // Each of these waits until the shell has opened the other end.
        let to = OpenOptions::new().write(true).open(to).unwrap();
        let mut lines = BufReader::new(File::open(from).unwrap());
        let (sender, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while lines.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let message: Value = serde_json::from_slice(&std::mem::take(&mut message)).unwrap();
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let album =
            std::env::var_os("GJ_SCREENSHOTS").map_or_else(|| folder.path().join("album"), PathBuf::from);
        fs::create_dir_all(&album).unwrap();
        let wire = Wire { to: Some(to), from, last: 0, requested: Vec::new(), complaints: Vec::new() };
        Chromium { child, wire: RefCell::new(wire), album, folder }
    }

    /// A command of the protocol, to the browser or to a page of it; what the browser answers.
    ///
    /// # Errors
    /// What the browser says against it.
    pub fn call(&self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value, String> {
        self.wire.borrow_mut().call(session, method, parameters)
    }

    /// Notes what is wrong with a page; the story goes on, so that one run tells all.
    pub fn complain(&self, sentence: String) {
        eprintln!("{sentence}");
        self.wire.borrow_mut().complaints.push(sentence);
    }

    /// Fails if a page asked another server for anything, did what its own policy forbids, or was found wrong.
    pub fn kept_to(&self, address: &str) {
        let wire = self.wire.borrow();
        let own = format!("http://{address}/");
        let strays = wire.requested.iter().filter(|url| !url.starts_with(&own) && !url.starts_with("data:"));
        assert_eq!(strays.collect::<Vec<_>>(), Vec::<&String>::new(), "requests to elsewhere");
        assert!(wire.requested.len() > 10, "requests were not seen");
        assert!(wire.complaints.is_empty(), "{}", wire.complaints.join("\n"));
    }
}

impl Wire {
    fn call(&mut self, session: Option<&str>, method: &str, parameters: Value) -> Result<Value, String> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let to = self.to.as_mut().unwrap();
        to.write_all(message.to_string().as_bytes()).unwrap();
        to.write_all(&[0]).unwrap();
        loop {
            let wait = Duration::from_secs(WAIT_SECONDS_MAX);
            let answer = self.from.recv_timeout(wait).unwrap_or_else(|e| panic!("{method}: {e}"));
            if answer["id"] == self.last {
                return match &answer["error"] {
                    Value::Null => Ok(answer["result"].clone()),
                    error => Err(format!("{method}: {error}")),
                };
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                self.requested.push(parameters["request"]["url"].as_str().unwrap().to_owned());
            }
            // A status of 4xx is also told here; the story says which pages are refusals.
            Some("Log.entryAdded") if parameters["entry"]["source"] != "network" => {
                self.complaints.push(parameters["entry"]["text"].to_string());
            }
            _ => {}
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Without its pipe the browser ends with all its processes.
        self.wire.borrow_mut().to = None;
        for _ in 0..100 {
            if self.child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(self.folder.path());
    }
}
