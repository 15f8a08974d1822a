//! `gj demo`: loads the bundled programme, serves it, and takes up again where it was.

use crate::browser::Browser;
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
        assert!(home.body.contains(" · tohoku-kita<"), "an institution's id stands beside its name");
        let home = http::get(&server.address, "/?lang=ja", None);
        assert!(home.body.contains("lang=\"ja\"") && home.body.contains(" · tohoku-kita<"));
        the_examples_on_its_pages_find_something(&server.address);
    }
    assert!(gj().args(["verify", "--data"]).arg(&dir).status().unwrap().success());
}

/// What the home page, the search page and the page about the API suggest must be in the demo.
fn the_examples_on_its_pages_find_something(address: &str) {
    let mut browser = Browser::new(address);
    assert_eq!(browser.sign_in("user=academic&next=%2F").status, 303);
    let cookie = browser.cookie_line();
    let mut suggested: Vec<String> = ["/", "/search"]
        .into_iter()
        .flat_map(|page| {
            let page = http::get(address, page, None).body;
            let links = page.split("href=\"/search?q=").skip(1);
            links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    suggested.sort();
    suggested.dedup();
    assert!(suggested.len() >= 3, "{suggested:?}");
    for query in suggested {
        let found = http::send(address, "GET", &format!("/search?q={query}"), &cookie, "");
        let page = http::send(address, "GET", &found.header("location").unwrap(), &cookie, "");
        assert_eq!(page.status, 200, "{query}");
        assert!(page.body.contains("42127941"), "{query}");
    }
}

#[test]
fn the_demo_leaves_other_directories_alone() {
    let house = crate::house::House::new();
    let output = gj().args(["demo", "--listen", "127.0.0.1:0", "--data"]).arg(house.dir()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(house.json(&["status", "--json"], &[])["progress"]["batches"], 0);
}
