//! One module per command.

mod account;
mod annotation;
mod application;
mod audit;
mod compact;
mod consent;
mod demo;
mod download;
mod exposure;
mod extract;
mod freeze;
mod frequency;
mod import_phenotypes;
mod import_samples;
mod ingest;
mod init;
mod money;
mod ontology;
mod people;
mod policy;
mod programme;
mod registry;
mod serve;
mod status;
mod user;
mod verify;
mod withdraw;

use crate::cli::{Command, Place, Threads};
use gj_gate::{Clock, Gate, GateError};

/// Runs a command.
pub async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Init(arguments) => init::run(arguments).await,
        Command::ImportSamples(arguments) => import_samples::run(arguments).await,
        Command::ImportPhenotypes(arguments) => import_phenotypes::run(arguments).await,
        Command::Ingest(arguments) => ingest::run(arguments).await,
        Command::Freeze(arguments) => freeze::run(arguments).await,
        Command::Frequency(arguments) => frequency::run(arguments).await,
        Command::People(arguments) => people::run(arguments).await,
        Command::Download(arguments) => download::run(arguments).await,
        Command::Extract(arguments) => extract::run(arguments).await,
        Command::Application(arguments) => application::run(arguments).await,
        Command::Withdraw(arguments) => withdraw::run(arguments).await,
        Command::Consent(command) => consent::run(command).await,
        Command::Receipt(arguments) => withdraw::receipt(arguments).await,
        Command::Status(arguments) => status::run(arguments).await,
        Command::Exposure(arguments) => exposure::run(arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
        Command::Programme(arguments) => programme::run(arguments).await,
        Command::Policy(arguments) => policy::run(arguments).await,
        Command::Annotation(command) => annotation::run(command).await,
        Command::Ontology(arguments) => ontology::run(arguments).await,
        Command::Money(arguments) => money::run(arguments).await,
        Command::User(arguments) => user::run(arguments).await,
        Command::Account(arguments) => account::run(arguments).await,
        Command::Registry(arguments) => registry::run(arguments).await,
        Command::Audit(arguments) => audit::run(arguments).await,
        Command::Verify(arguments) => verify::run(arguments).await,
        Command::Compact(arguments) => compact::run(arguments).await,
        Command::Repair(arguments) => verify::repair(arguments).await,
    }
}

async fn open(place: &Place) -> Result<Gate, GateError> {
    Gate::open_on(&place.data, place.registry.as_deref(), Clock::System).await
}

/// Sizes rayon's pool; 0 leaves it at one thread a core.
fn use_threads(threads: &Threads) -> anyhow::Result<()> {
    if threads.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(threads.threads).build_global()?;
    }
    Ok(())
}
