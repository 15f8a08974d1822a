//! Programme files: what is read is written as a file that reads the same.

use gj_registry::Programme;

/// The text of a programme file.
pub fn probe(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(programme) = Programme::parse(text, "programme.toml") else { return };
    let written = programme.to_toml().expect("what was read can be written");
    let back = Programme::parse(&written, "programme.toml");
    assert!(back.is_ok_and(|back| back == programme && programme.changes_to(&back).is_empty()));
}
