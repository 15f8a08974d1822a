//! The portal: pages rendered on the server, in Japanese and English.
//!
//! Level 6: a client of the same questions the API answers, through [`gj_api::frequency::answer`].
//! Needs no script, asks nothing of other servers, decides nothing about rights, and keeps no state
//! but two cookies, the language and the id of a session, and in memory who is signed in.

mod about;
mod applications;
mod bars;
mod browser_words;
mod citation;
mod consequence_name;
mod datasets;
mod date;
mod desk;
mod downloads;
mod exposure;
mod frame;
mod gene;
mod group_name;
mod home;
mod language;
mod links;
mod money;
mod my_consent;
mod needles;
mod number;
mod own_form;
#[cfg(feature = "oidc")]
mod provider;
mod purpose;
mod region;
mod search;
mod sign_in;
mod site_table;
mod style;
mod told_less;
mod trouble;
mod variant;
mod visit;
mod why_hidden;
mod words;

pub use desk::DemoUser;
pub use visit::Peer;

use axum::Router;
use axum::routing::{get, post};
use desk::Desk;
use gj_gate::Gate;

/// Every page, and the API under `/api`. In demo mode anybody may sign in as one of the example users.
pub fn router(gate: Gate, demo: Option<Vec<DemoUser>>) -> Router {
    let desk = Desk::new(gate.clone(), demo);
    let pages = Router::new()
        .route("/", get(home::show))
        .route("/search", get(search::show))
        .route("/variant/{freeze}/{variant}", get(variant::show))
        .route("/region/{freeze}/{region}", get(region::show))
        .route("/gene/{freeze}/{gene}", get(gene::show))
        .route("/datasets", get(datasets::show))
        .route("/downloads", get(downloads::show))
        .route("/exposure", get(exposure::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/applications", get(applications::list))
        .route("/applications/new", get(applications::new).post(applications::begin))
        .route("/application/{id}", get(applications::show))
        .route("/application/{id}/act", post(applications::act))
        .route("/application/{id}/edit", post(applications::edit))
        .route("/register", get(applications::register))
        .route("/my-consent", get(my_consent::show))
        .route("/my-consent/check", post(my_consent::check))
        .route("/my-consent/confirm", post(my_consent::confirm))
        .route("/my-consent/receipt/{receipt}", get(my_consent::receipt))
        .route("/about/api", get(about::show))
        .route(style::PATH, get(style::show))
        .route(style::ICON_PATH, get(style::icon))
        .merge(money::routes())
        .merge(other_ways_in())
        .fallback(trouble::not_found)
        .with_state(desk.clone());
    gj_api::guard(pages.merge(gj_api::routes(gate.clone(), desk.sessions)), &gate)
}

/// Signing in by a provider, where this program was built with it.
fn other_ways_in() -> Router<Desk> {
    #[cfg(feature = "oidc")]
    return provider::routes();
    #[cfg(not(feature = "oidc"))]
    Router::new()
}
