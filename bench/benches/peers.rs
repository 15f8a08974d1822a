//! `cargo bench -p gj-bench`: builds what is measured and hands over to `tools/bench`, which times it beside
//! the installed peers and prints tables. What follows `--` goes to it: `-- 10k real`. `-- policy` times
//! decisions instead.

use std::path::Path;
use std::process::{Command, exit};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // Cargo adds `--bench`, and tests add nothing: then there is nothing to measure.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    if arguments.iter().any(|argument| argument == "policy") {
        let status = Command::new("cargo").args(["bench", "-p", "gj-policy"]).current_dir(&root).status();
        exit(status.ok().and_then(|status| status.code()).unwrap_or(1));
    }
    let chosen = arguments.iter().filter(|argument| *argument != "--bench");
    let status = Command::new(root.join("tools/bench")).args(chosen).current_dir(&root).status();
    exit(status.ok().and_then(|status| status.code()).unwrap_or(1));
}
