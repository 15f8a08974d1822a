//! Administrative acts, one file each: authorise, one registry transaction, one audit line.

pub mod account;
pub mod annotation;
pub mod application;
pub mod audit_log;
mod census;
pub mod compact;
pub mod consent;
pub mod extract;
pub mod freeze;
pub mod import;
pub mod init;
pub(crate) mod members;
pub mod money;
pub mod ontology;
pub mod overview;
pub mod participant;
pub mod person;
pub mod phenotypes;
pub(crate) mod plan;
pub mod programme;
pub mod registry;
mod repair;
pub mod submit;
pub mod verify;
pub mod withdraw;
