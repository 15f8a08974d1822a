//! `/exposure`: one's own account of the ledger of privacy; for the committee, everybody's.

use crate::browser_words::{self, Words as BrowserWords};
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::number;
use crate::trouble;
use crate::visit::Visit;
use crate::words::fill;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_gate::{Asker, ExposureCard};
use gj_model::Bilingual;

#[derive(Template)]
#[template(path = "exposure.html")]
struct ExposurePage {
    frame: Frame,
    b: &'static BrowserWords,
    /// Nothing for who judges accounts.
    own: Option<Account>,
    /// Empty for who is not of the committee.
    all: Vec<Account>,
}

struct Account {
    user: String,
    institution: String,
    regime: &'static str,
    /// Budget or sites: spent, left or limit, and what an attacker could make of it.
    spent: String,
    left: String,
    power: String,
    remains: String,
    source: String,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    match page(&desk, &visit).await {
        Ok(page) => render(&visit, StatusCode::OK, &page),
        Err(problem) => trouble::page(&visit, &problem),
    }
}

async fn page(desk: &Desk, visit: &Visit) -> Result<ExposurePage, Problem> {
    let asker = visit.session.as_ref().map_or_else(Asker::nobody, |session| session.asker.clone());
    let problem = |error| Problem::Gate { error, signed_in: visit.session.is_some() };
    let b = browser_words::of(visit.language);
    let account = |card: &ExposureCard| account(visit.language, b, card);
    let (own, all) = match desk.gate.may_read_exposures(&asker).await.map_err(problem)? {
        // Who judges accounts need not have one.
        true => (None, desk.gate.exposures(&asker).await.map_err(problem)?.iter().map(account).collect()),
        false => (Some(account(&desk.gate.exposure(&asker).await.map_err(problem)?)), Vec::new()),
    };
    Ok(ExposurePage { frame: Frame::new(visit, b.exposure_title), b, own, all })
}

fn account(language: Language, b: &BrowserWords, card: &ExposureCard) -> Account {
    let said = |text: &Bilingual| match language {
        Language::Ja => text.ja.clone(),
        Language::En => text.en.clone(),
    };
    let (spent, left, power) = match (&card.guarded, &card.agreed) {
        (Some(guarded), _) => {
            let own = &guarded.own;
            let values = [("power", share(own.power)), ("most", share(own.power_most))];
            let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
            let spent = format!("{:.4} / {:.4}", own.spent, own.budget);
            (spent, format!("{:.4}", own.left), fill(b.exposure_bound, &values))
        }
        (None, Some(agreed)) => {
            let limit = agreed.sites_most.map_or_else(|| b.no_limit.to_owned(), number::count);
            let power = fill(b.exposure_estimate, &[("power", &share(agreed.power_estimate))]);
            (
                format!("{} {}", b.exposure_sites, number::count(agreed.sites)),
                format!("{} {limit}", b.exposure_limit),
                power,
            )
        }
        (None, None) => Default::default(),
    };
    Account {
        user: card.user.clone().unwrap_or_else(|| b.exposure_whole.to_owned()),
        institution: card.institution.clone(),
        regime: match card.regime {
            "guarded" => b.regime_guarded,
            "agreed" => b.regime_agreed,
            _ => b.regime_none,
        },
        spent,
        left,
        power,
        remains: said(&card.remains),
        source: card.source.as_ref().map(said).unwrap_or_default(),
    }
}

/// A probability with two digits: `0.07`.
fn share(value: f64) -> String {
    format!("{value:.2}")
}
