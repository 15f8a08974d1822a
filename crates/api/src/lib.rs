//! HTTP endpoints: the frequency question and Beacon v2.
//!
//! Level 5: turns a request into a question for the gate and a [`gj_gate::Released`] answer into JSON
//! or VCF. Serialises nothing else about people, decides nothing about rights, and keeps no state but
//! who is signed in on the portal, in memory.
//! Every operation is one of [`operations`], from which the router is built.

mod annotation;
mod applications;
pub mod beacon;
mod cors;
mod download;
mod exposure;
pub mod frequency;
mod guard;
mod money;
mod openapi;
mod operations;
pub mod origin;
mod overview;
mod own_consent;
pub mod people;
mod sessions;
mod status;
mod who;

pub use guard::guard;
pub use operations::{OPERATIONS, Operation, Parameter, Verb, operations};
pub use sessions::{Holder, SESSION_SECONDS_MAX, Sessions, random_id};
pub use status::{BadParameter, Problem, not_found};
pub use who::{SESSION_COOKIE, cookie, session};

use axum::Router;
use gj_gate::Gate;
use who::Counter;

/// The API under `/api`, with its limits and headers.
pub fn router(gate: Gate) -> Router {
    guard(routes(gate.clone(), Sessions::default()), &gate)
}

/// The API under `/api`, bare: for a server that guards it together with its own pages, on which people
/// sign in.
pub fn routes(gate: Gate, sessions: Sessions) -> Router {
    table().with_state(Counter { gate, sessions })
}

fn table() -> Router<Counter> {
    let add =
        |router: Router<Counter>, operation: &Operation| router.route(operation.path, operation.handler());
    operations().fold(Router::new(), add)
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_operation_stands_in_anothers_way() {
        // The router refuses two handlers for one method and path.
        assert!(super::table().has_routes());
    }
}
