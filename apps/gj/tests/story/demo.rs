//! `gj demo`: loads the bundled programme, serves it, and takes up again where it was.

use crate::house::{Server, gj};
use crate::http;
use std::process::{Child, Stdio};

fn demo(dir: &std::path::Path) -> Child {
    gj().args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(dir).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn the_demo_loads_serves_and_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    for _ in 0..2 {
        let server = Server::wait(demo(&dir));
        let home = http::get(&server.address, "/?lang=en", None);
        assert_eq!(home.status, 200);
        assert!(home.body.contains("demo-2026.1") && home.body.contains("2,400"), "{}", home.body);
        let home = http::get(&server.address, "/?lang=ja", None);
        assert!(home.body.contains("lang=\"ja\""));
    }
    assert!(gj().args(["verify", "--data"]).arg(&dir).status().unwrap().success());
}

#[test]
fn the_demo_leaves_other_directories_alone() {
    let house = crate::house::House::new();
    let output = gj().args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(house.dir()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(house.json(&["status", "--json"], &[])["progress"]["batches"], 0);
}
