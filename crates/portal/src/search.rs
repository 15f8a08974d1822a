//! `/search?q=`: sends on to the page that is meant, or explains how to write it. Public: it says
//! nothing about what is in a release.

mod meaning;

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::trouble;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::{BadParameter, Problem};
use gj_gate::Place;
use gj_model::variant::ALLELE_BASES_MAX;

#[derive(Template)]
#[template(path = "search.html")]
struct Explanation {
    frame: Frame,
    w: &'static Words,
    query: String,
    not_understood: Option<String>,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let query = visit.param("q").unwrap_or_default().to_owned();
    if meaning::is_too_long(&query) {
        let expected = format!("alleles of at most {ALLELE_BASES_MAX} bases");
        return trouble::page(&visit, &BadParameter::new("q", &query, expected).into());
    }
    let Some(place) = meaning::of(&query) else { return explain(&visit, query) };
    let overview = match desk.gate.overview().await {
        Ok(overview) => overview,
        Err(error) => return trouble::page(&visit, &Problem::public(error)),
    };
    let Some(newest) = overview.get().freezes.first() else {
        return trouble::page(&visit, &Problem::NoRelease);
    };
    let to = match place {
        Place::Variant(variant) => format!("/variant/{}/{variant}", newest.name),
        Place::Region(region) => format!("/region/{}/{region}", newest.name),
    };
    Redirect::to(&to).into_response()
}

fn explain(visit: &Visit, query: String) -> Response {
    let words = visit.words();
    let shown: String = query.chars().take(80).collect();
    let not_understood = (!query.is_empty()).then(|| fill(words.search_not_understood, &[("query", &shown)]));
    let page = Explanation { frame: Frame::new(visit, words.search_title), w: words, query, not_understood };
    render(visit, StatusCode::OK, &page)
}
