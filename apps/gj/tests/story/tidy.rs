//! House rules that matter are tests, or they are not kept.

use crate::arrows::root;
use std::fs;
use std::path::{Path, PathBuf};

/// Code lines of a file at most; past this it holds several capabilities.
const LINES_MAX: usize = 400;

pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                files.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<(PathBuf, String)> {
    let folders = [root().join("apps"), root().join("bench"), root().join("crates")];
    let files = folders.iter().flat_map(|folder| rust_files(folder));
    files.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// Lines that are neither blank nor comment, tests left out.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    lines.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
}

#[test]
fn every_file_says_what_it_owns_and_owns_one_thing() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{}: begins without `//! `", path.display());
        let lines = code(&text).count();
        assert!(lines <= LINES_MAX, "{}: {lines} code lines", path.display());
        let name = path.file_stem().unwrap().to_str().unwrap();
        for vague in ["mod", "utils", "util", "common", "helpers", "helper", "types", "misc"] {
            assert_ne!(name, vague, "{}", path.display());
        }
    }
}

#[test]
fn only_analyses_open_a_view_and_only_commands_name_their_user() {
    for (path, text) in sources() {
        let path = path.display().to_string();
        let own_test = path.ends_with("story/tidy.rs");
        for (word, rooms) in [
            (".view(", &["crates/analysis/", "crates/gate/"][..]),
            (".local(", &["apps/gj/src/commands/", "crates/gate/tests/"]),
            ("Released::new(", &["crates/gate/src/"]),
            ("env::var", &["tests/", "/build.rs", "crates/api/src/beacon/"]),
        ] {
            let allowed = rooms.iter().any(|room| path.contains(room));
            let found = code(&text).any(|line| line.contains(word));
            assert!(own_test || allowed || !found, "{path} holds `{word}`");
        }
    }
}

#[test]
fn nothing_is_left_half_said() {
    for (path, text) in sources() {
        if path.ends_with("story/tidy.rs") {
            continue;
        }
        for word in ["TODO", "FIXME", "XXX", "HACK", "todo!(", "unimplemented!("] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}

#[test]
fn documents_and_sources_name_no_place_of_a_machine() {
    let listed = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    // A source archive has no git; the check belongs to the repository.
    let Some(listed) = listed.ok().filter(|o| o.status.success()) else { return };
    let names = String::from_utf8(listed.stdout).unwrap();
    for name in names.split('\0').filter(|name| !name.is_empty() && !name.ends_with("Cargo.lock")) {
        let Ok(text) = fs::read_to_string(root().join(name)) else { continue };
        for place in
            [concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("crates", ".io")]
        {
            assert!(!text.contains(place), "{name} names {place}");
        }
    }
}

#[test]
fn the_architecture_page_stays_short_and_names_every_room() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let words = text.split_whitespace().count();
    assert!(words < 2_500, "{words} words");
    for room in fs::read_dir(root().join("crates")).unwrap() {
        let room = room.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&room), "ARCHITECTURE.md does not name `{room}`");
    }
}
