//! `/search?q=`: one box. Leads to the page that is meant, lists what may be meant, or says how to write it.
//! Public: it says nothing about what is in a release, only what texts mean.

mod meaning;

use crate::browser_words::{self, Words as BrowserWords};
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::trouble;
use crate::visit::Visit;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gj_api::{BadParameter, Problem};
use gj_gate::Place;
use gj_gate::annotations::Found;
use gj_gate::ontology::{self, Term};
use gj_model::FreezeName;
use gj_model::variant::ALLELE_BASES_MAX;

/// Longest text looked up.
const QUERY_CHARACTERS_MAX: usize = 2_200;
/// Diseases listed.
const DISEASES_MAX: usize = 20;

#[derive(Template)]
#[template(path = "search.html")]
struct Explanation {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    query: String,
    found: Vec<Hit>,
    said: Option<String>,
    /// Why something of the right form means nothing.
    whys: Vec<String>,
}

/// One thing a text may mean.
struct Hit {
    kind: &'static str,
    name: String,
    detail: String,
    matched: String,
    address: Option<String>,
}

pub(crate) async fn show(State(desk): State<Desk>, visit: Visit) -> Response {
    let query = visit.param("q").unwrap_or_default().to_owned();
    match page(&desk, &visit, query).await {
        Ok(response) => response,
        Err(problem) => trouble::page(&visit, &problem),
    }
}

async fn page(desk: &Desk, visit: &Visit, query: String) -> Result<Response, Problem> {
    if meaning::is_too_long(&query) || query.chars().count() > QUERY_CHARACTERS_MAX {
        let expected = format!("alleles of at most {ALLELE_BASES_MAX} bases");
        return Err(BadParameter::new("q", &query, expected).into());
    }
    let b = browser_words::of(visit.language);
    if query.is_empty() {
        return Ok(explain(visit, query, Vec::new(), Vec::new()));
    }
    let overview = desk.gate.overview().await.map_err(Problem::public)?;
    let newest = overview.get().freezes.first().map(|card| card.name.clone());
    // A place is its own name, whatever is loaded.
    if let Some(place) = meaning::of(&query) {
        let newest = newest.ok_or(Problem::NoRelease)?;
        let to = match place {
            Place::Variant(variant) => format!("/variant/{newest}/{variant}"),
            Place::Region(region) => format!("/region/{newest}/{region}"),
        };
        return Ok(Redirect::to(&to).into_response());
    }
    let (mut hits, mut whys) = (Vec::new(), Vec::new());
    if let Some(newest) = &newest {
        let annotations = desk.gate.annotations(newest).await.map_err(Problem::public)?;
        let text = query.clone();
        // Files are read, beside the server's own threads.
        let found = tokio::task::spawn_blocking(move || annotations.find(&text)).await;
        let found = found.map_err(|error| Problem::public(error.into()))?;
        for found in found.map_err(Problem::public)? {
            match found {
                Found::Nothing { why } => whys.push(why),
                found => hits.extend(hit(visit.language, b, newest, found)),
            }
        }
    }
    let dictionary = desk.dictionary().await.map_err(Problem::public)?;
    let diseases = dictionary.spellings.find(&dictionary.library, &query, DISEASES_MAX);
    let places = hits.len();
    hits.extend(diseases.into_iter().map(|term| disease(visit.language, b, term, &query)));
    match &hits[..] {
        // One meaning with a page leads there; a disease has none.
        [Hit { address: Some(address), .. }] if places == 1 => Ok(Redirect::to(address).into_response()),
        _ => Ok(explain(visit, query, hits, whys)),
    }
}

fn hit(language: Language, b: &BrowserWords, release: &FreezeName, found: Found) -> Option<Hit> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    Some(match found {
        Found::Variant { variant, matched } => Hit {
            kind: b.found_variant,
            name: crate::variant::short(&variant.to_string()),
            detail: String::new(),
            matched,
            address: Some(format!("/variant/{release}/{variant}")),
        },
        Found::Gene { symbol, id, name_en, name_ja, region, matched } => {
            let names = match language {
                Language::Ja => [name_ja, name_en],
                Language::En => [name_en, name_ja],
            };
            let names: Vec<String> = names.into_iter().flatten().chain([region.to_string()]).collect();
            Hit {
                kind: b.found_gene,
                address: Some(format!("/gene/{release}/{}", encoded(&id))),
                name: symbol,
                detail: names.join(" · "),
                matched,
            }
        }
        Found::Region { region } => Hit {
            kind: b.found_region,
            name: region.to_string(),
            detail: String::new(),
            matched: String::new(),
            address: Some(format!("/region/{release}/{region}")),
        },
        Found::Nothing { .. } => return None,
    })
}

fn disease(language: Language, b: &BrowserWords, term: &Term, query: &str) -> Hit {
    let (here, there) = match language {
        Language::Ja => (ontology::Language::Ja, ontology::Language::En),
        Language::En => (ontology::Language::En, ontology::Language::Ja),
    };
    let (name, other) = (term.label(here).to_owned(), term.label(there));
    let other = if other == name { "" } else { other };
    Hit {
        kind: b.found_disease,
        detail: [term.id.as_str(), other].join(" ").trim().to_owned(),
        // A synonym, which neither name shows.
        matched: match [term.id.as_str(), &name, other]
            .iter()
            .any(|shown| ontology::fold(shown).contains(&ontology::fold(query)))
        {
            true => String::new(),
            false => query.to_owned(),
        },
        name,
        address: None,
    }
}

fn explain(visit: &Visit, query: String, found: Vec<Hit>, whys: Vec<String>) -> Response {
    let (words, b) = (visit.words(), browser_words::of(visit.language));
    let shown: String = query.chars().take(80).collect();
    let sentence = match found.len() {
        0 => b.found_none,
        1 => b.found_one,
        _ => b.found_several,
    };
    let said = (!query.is_empty()).then(|| fill(sentence, &[("query", &shown)]));
    let page =
        Explanation { frame: Frame::new(visit, words.search_title), w: words, b, query, found, said, whys };
    render(visit, StatusCode::OK, &page)
}
