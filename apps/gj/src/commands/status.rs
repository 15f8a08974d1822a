//! `gj status`: the public overview, on the command line.

use crate::cli::Status;
use crate::output;

pub async fn run(arguments: Status) -> anyhow::Result<()> {
    let gate = super::open(&arguments.place).await?;
    let overview = gate.overview().await?;
    gate.close().await;
    if arguments.format.json {
        return output::json(&overview);
    }
    let overview = overview.get();
    let shown = |people: Option<u32>| people.map_or_else(|| "hidden".to_owned(), |n| n.to_string());
    println!("{} / {} ({})", overview.name.ja, overview.name.en, overview.build);
    for freeze in &overview.freezes {
        println!(
            "release {} of {}: {} people, {} variants",
            freeze.name,
            freeze.created_at,
            shown(freeze.people),
            freeze.variants.map_or_else(|| "hidden".to_owned(), |n| n.to_string())
        );
        for group in freeze.contributors.iter().chain(&freeze.strata) {
            println!("  {:24} {}", group.id, shown(group.people));
        }
    }
    println!("{} batches wait for the next release", overview.progress.batches_waiting);
    Ok(())
}
