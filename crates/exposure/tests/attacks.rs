//! Attackers who know every rule, against the ledger and without it.

#![allow(clippy::unwrap_used)]

#[path = "attacks/binomial.rs"]
mod binomial;
#[path = "attacks/differences.rs"]
mod differences;
#[path = "attacks/membership.rs"]
mod membership;
#[path = "attacks/oracle.rs"]
mod oracle;
#[path = "attacks/states.rs"]
mod states;
#[path = "attacks/utility.rs"]
mod utility;
