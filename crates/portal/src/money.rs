//! `/money …` and `/fees`: what use costs, an institution's own account, and the books for finance.

mod account;
mod books;
mod budgets;
mod expected;
mod fees;
mod invoice;
mod price;
mod sheet;
mod wording;

use crate::applications::{asker, failed};
use crate::desk::Desk;
use crate::language::Language;
use crate::visit::Visit;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use gj_gate::acts::money::MoneyRights;
use wording::{EN, JA};

pub(crate) type Wording = wording::Words;

fn wording(language: Language) -> &'static Wording {
    match language {
        Language::Ja => &JA,
        Language::En => &EN,
    }
}

/// The pages about money.
pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/fees", get(fees::show))
        .route("/money", get(begin))
        .route("/money/account", get(account::own))
        .route("/money/account/{institution}", get(account::of))
        .route("/money/invoice/{number}", get(invoice::show))
        .route("/money/invoice/{number}/act", post(invoice::act))
        .route("/money/price", get(price::show))
        .route("/money/receivables", get(books::receivables))
        .route("/money/balance", get(books::balance))
        .route("/money/ledger/{account}", get(books::ledger))
        .route("/money/budgets", get(budgets::show))
        .route("/money/expected", get(expected::show).post(expected::what_if))
}

/// Where somebody's way into the pages about money begins.
async fn begin(State(desk): State<Desk>, visit: Visit) -> Response {
    match desk.gate.money_rights(&asker(&visit)).await {
        Ok(MoneyRights { read: true, .. }) => Redirect::to("/money/receivables").into_response(),
        Ok(MoneyRights { own: true, .. }) => Redirect::to("/money/account").into_response(),
        Ok(_) => Redirect::to("/fees").into_response(),
        Err(error) => failed(&visit, error),
    }
}

/// What the reader may do, for the tabs of a page.
async fn rights(desk: &Desk, visit: &Visit) -> MoneyRights {
    desk.gate.money_rights(&asker(visit)).await.unwrap_or_default()
}
