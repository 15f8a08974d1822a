//! `/variant/{freeze}/{variant}`: how frequent a variant is, in every split, with what is hidden and why; what
//! is known of it elsewhere; and over the releases. One that is not recorded has a page, too.

mod difference;
mod frequencies;
mod history;
pub(crate) mod known;

use crate::browser_words::{self, Words as BrowserWords};
use crate::citation;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::links::Links;
use crate::purpose::{self, PurposeForm, Why};
use crate::told_less::{self, ToldLess};
use crate::trouble;
use crate::visit::Visit;
use crate::why_hidden::WhyHidden;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use frequencies::Frequencies;
use gj_api::Problem;
use gj_api::frequency::{self, ask::Asked};
use gj_api::variant::{self, VariantAnswer};
use gj_gate::{Gate, Ledgered, Overview, Place};
use gj_model::{Grouping, Region, Variant};
use known::Known;

/// Bases shown on either side by the link to the surroundings.
const AROUND_BASES: u32 = 500;
/// Bases on either side in which a recorded position tells whether a place was looked at.
const NEARBY_BASES: u32 = 100;

#[derive(Template)]
#[template(path = "variant.html")]
struct VariantPage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    release: String,
    counts: Frequencies,
    caption: String,
    known: Known,
    history: Vec<history::Line>,
    history_address: String,
    purpose: PurposeForm,
    hidden: Option<WhyHidden>,
    told_less: Option<ToldLess>,
    links: Links,
    around: String,
    citation: String,
}

#[derive(Template)]
#[template(path = "absent.html")]
struct AbsentPage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    sentence: String,
    nearby: String,
    known: Known,
    around: String,
    purpose: PurposeForm,
}

/// A count told as a band, or withheld.
#[derive(Template)]
#[template(path = "guarded.html")]
struct GuardedPage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    release: String,
    count: String,
    form: String,
    told_less: Option<ToldLess>,
    known: Known,
    purpose: PurposeForm,
}

/// What all these pages are made from.
struct Ready<'a> {
    visit: &'a Visit,
    overview: &'a Overview,
    why: &'a Why,
    links: Links,
}

pub(crate) async fn show(
    State(desk): State<Desk>,
    visit: Visit,
    Path((freeze, variant)): Path<(String, String)>,
) -> Response {
    match page(&desk.gate, &visit, &freeze, &variant).await {
        Ok(response) => response,
        Err(problem) => trouble::page(&visit, &problem),
    }
}

async fn page(gate: &Gate, visit: &Visit, freeze: &str, variant: &str) -> Result<Response, Problem> {
    let overview = gate.overview().await.map_err(Problem::public)?;
    let why = &purpose::chosen(gate, visit, overview.get()).await?;
    let links = asked(freeze, ("variant", variant), why, Grouping::Every.name())?;
    let answer = variant::answer(gate, visit.session.as_ref(), Asked::from_query(&links.query())?).await?;
    let annotations = gate.annotations(&links.freeze).await.map_err(Problem::public)?;
    let ours = answer.groups.get("all").and_then(|all| all.statistics.frequency);
    let known = known::of(visit.language, annotations, answer.variant.clone(), ours).await?;
    let ready = Ready { visit, overview: overview.get(), why, links };
    if answer.ledger.guarded.is_some() || answer.groups.is_empty() && answer.ledger != Ledgered::default() {
        return Ok(render(visit, StatusCode::OK, &guarded(&ready, &answer, known)));
    }
    if answer.groups.is_empty() {
        let nearby = nearby(gate, &ready, &answer.variant).await?;
        return Ok(render(visit, StatusCode::NOT_FOUND, &absent(&ready, known, nearby)));
    }
    let mut page = found(&ready, &answer, known);
    if visit.param("history").is_some() {
        page.history = history::lines(gate, visit, ready.overview, &ready.links, page.b).await?;
    }
    Ok(render(visit, StatusCode::OK, &page))
}

/// A page's question, read as the API reads it.
pub(crate) fn asked(freeze: &str, place: (&str, &str), why: &Why, by: &str) -> Result<Links, Problem> {
    let pairs = [("freeze", freeze), place, ("purpose", &why.purpose), ("by", by), ("project", &why.project)];
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let asked = Asked::from_query(&query)?;
    let freeze = asked.freeze.ok_or(Problem::NotFound)?;
    let (place, project) = (asked.place, asked.project);
    Ok(Links { freeze, place, purpose: asked.purpose.to_string(), by: asked.by, project })
}

fn found(ready: &Ready, answer: &VariantAnswer, known: Known) -> VariantPage {
    let (visit, links) = (ready.visit, &ready.links);
    let words = visit.words();
    let alternate: String = answer.variant.alternate.chars().take(20).collect();
    let counts = frequencies::of(visit, ready.overview, answer);
    VariantPage {
        frame: Frame::new(
            visit,
            fill(words.variant_title, &[("variant", &short(&answer.variant.to_string()))]),
        ),
        w: words,
        b: browser_words::of(visit.language),
        purpose: purpose::form(visit.language, ready.overview, ready.why, ""),
        caption: fill(words.frequency_caption, &[("alternate", &alternate), ("top", &counts.top)]),
        counts,
        known,
        history: Vec::new(),
        history_address: format!("{}#history", visit.address_with(&[("history", "all")])),
        hidden: WhyHidden::of(answer.smallest_cell, answer.hidden_cells, words),
        told_less: ToldLess::of(visit, &answer.ledger),
        around: links.around(AROUND_BASES),
        citation: citation::sentence(visit.language, ready.overview, &links.freeze, &answer.citation.digest),
        release: fill(words.release_is, &[("release", links.freeze.as_str())]),
        links: links.clone(),
    }
}

fn guarded(ready: &Ready, answer: &VariantAnswer, known: Known) -> GuardedPage {
    let (visit, links) = (ready.visit, &ready.links);
    let (words, b) = (visit.words(), browser_words::of(visit.language));
    let told = answer.ledger.guarded.as_ref().map(|count| told_less::guarded(b, count));
    let [count, form] = told.unwrap_or_default();
    let title = fill(words.variant_title, &[("variant", &short(&answer.variant.to_string()))]);
    GuardedPage {
        frame: Frame::new(visit, title),
        w: words,
        b,
        release: fill(words.release_is, &[("release", links.freeze.as_str())]),
        count,
        form,
        told_less: ToldLess::of(visit, &answer.ledger),
        known,
        purpose: purpose::form(visit.language, ready.overview, ready.why, ""),
    }
}

fn absent(ready: &Ready, known: Known, nearby: String) -> AbsentPage {
    let (visit, links) = (ready.visit, &ready.links);
    let words = visit.words();
    let values = [("variant", links.place.to_string()), ("release", links.freeze.to_string())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    AbsentPage {
        frame: Frame::new(visit, words.not_in_release),
        w: words,
        b: browser_words::of(visit.language),
        sentence: fill(words.not_in_release_text, &values),
        nearby,
        known,
        around: links.around(AROUND_BASES),
        purpose: purpose::form(visit.language, ready.overview, ready.why, ""),
    }
}

/// Whether the place of a variant that is not recorded was looked at, as the nearest recorded position tells.
async fn nearby(gate: &Gate, ready: &Ready<'_>, variant: &Variant) -> Result<String, Problem> {
    let b = browser_words::of(ready.visit.language);
    let at = variant.position.get();
    let (start, end) =
        (at.saturating_sub(NEARBY_BASES).max(1), (at + NEARBY_BASES).min(variant.contig.length()));
    let text = format!("{}:{start}-{end}", variant.contig);
    let region: Region = text.parse().map_err(|_| Problem::NotFound)?;
    let links = Links { place: Place::Region(region), by: Grouping::None, ..ready.links.clone() };
    let answer =
        frequency::answer(gate, ready.visit.session.as_ref(), Asked::from_query(&links.query())?).await?;
    let called = |site: &gj_model::SiteFrequency| site.groups.get("all").and_then(|cells| cells.people);
    let shown =
        answer.get().sites.iter().filter_map(|site| Some((site.variant.position.get(), called(site)?)));
    let nearest = shown.min_by_key(|(position, _)| position.abs_diff(at));
    let card = ready.overview.freezes.iter().find(|card| card.name == ready.links.freeze);
    Ok(match (nearest, card.and_then(|card| card.people)) {
        (Some((position, called)), Some(people)) => {
            let place = format!("{}:{position}", variant.contig);
            let [called, people] = [called, people].map(|count| crate::number::count(u64::from(count)));
            let values = [("place", place.as_str()), ("called", &called), ("people", &people)];
            fill(b.nearby_called, &values)
        }
        _ => fill(b.nearby_none, &[("bases", &NEARBY_BASES.to_string())]),
    })
}

/// A long insertion or deletion, cut for a heading.
pub(crate) fn short(variant: &str) -> String {
    const CHARACTERS_MAX: usize = 60;
    match variant.char_indices().nth(CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", &variant[..at]),
        None => variant.to_owned(),
    }
}

#[cfg(test)]
mod tests;
