//! `/region/{freeze}/{region}`: the variants of a region, as a picture and as a list in pages.

use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::links::Links;
use crate::needles::{self, Labels, Needles};
use crate::number::{self, Cell};
use crate::purpose::{self, PurposeForm};
use crate::trouble;
use crate::variant::{asked, short};
use crate::visit::Visit;
use crate::why_hidden::WhyHidden;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_api::frequency::{self, ask::Asked};
use gj_gate::{FrequencyAnswer, Gate};
use gj_model::{Cells, SiteFrequency};

/// Variants on one page of the list.
const PAGE_SITES: usize = 100;

#[derive(Template)]
#[template(path = "region.html")]
struct RegionPage {
    frame: Frame,
    w: &'static Words,
    release: String,
    count: String,
    picture: Option<Needles>,
    about: String,
    rows: Vec<Row>,
    pages: Pages,
    purpose: PurposeForm,
    hidden: Option<WhyHidden>,
    links: Links,
}

struct Row {
    address: String,
    variant: String,
    /// Frequency, alternate alleles, called alleles, homozygous people.
    cells: [Cell; 4],
}

/// Which page of how many, and the links to its neighbours.
struct Pages {
    sentence: String,
    previous: Option<String>,
    next: Option<String>,
    several: bool,
}

pub(crate) async fn show(
    State(desk): State<Desk>,
    visit: Visit,
    Path((freeze, region)): Path<(String, String)>,
) -> Response {
    match page(&desk.gate, &visit, &freeze, &region).await {
        Ok(response) => response,
        Err(problem) => trouble::page(&visit, &problem),
    }
}

async fn page(gate: &Gate, visit: &Visit, freeze: &str, region: &str) -> Result<Response, Problem> {
    let overview = gate.overview().await.map_err(Problem::public)?;
    let why = purpose::chosen(gate, visit, overview.get()).await?;
    let links = asked(freeze, ("region", region), &why, "")?;
    let question = Asked::from_query(&links.query())?;
    let answer = frequency::answer(gate, visit.session.as_ref(), question).await?;
    let form = purpose::form(visit.language, overview.get(), &why, "");
    Ok(render(visit, StatusCode::OK, &found(visit, &links, answer.get(), form)))
}

fn found(visit: &Visit, links: &Links, answer: &FrequencyAnswer, purpose: PurposeForm) -> RegionPage {
    let words = visit.words();
    let region = links.place.region();
    let sites = &answer.sites;
    let text = region.to_string();
    let about = fill(words.region_picture_about, &[("region", &text)]);
    let (first, pages) = pages(visit, sites.len());
    let row = |site: &SiteFrequency| row(links, site, words);
    RegionPage {
        frame: Frame::new(visit, fill(words.region_title, &[("region", &text)])),
        w: words,
        release: fill(words.release_is, &[("release", links.freeze.as_str())]),
        count: fill(words.region_count, &[("count", &number::count(sites.len() as u64))]),
        picture: (!sites.is_empty())
            .then(|| needles::draw(&region, sites, &Labels { about: &about, hidden: words.hidden })),
        about,
        rows: sites.iter().skip(first).take(PAGE_SITES).map(row).collect(),
        pages,
        purpose,
        hidden: WhyHidden::of(answer.smallest_cell, answer.hidden_cells, words),
        links: links.clone(),
    }
}

/// The first site of the page asked for, and the links around it. A page past the end is the last.
fn pages(visit: &Visit, sites: usize) -> (usize, Pages) {
    let last = sites.div_ceil(PAGE_SITES).max(1);
    let page = visit.param("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
    let address = |page: usize| visit.address_with(&[("page", &page.to_string())]);
    let (shown, of) = (number::count(page as u64), number::count(last as u64));
    let pages = Pages {
        sentence: fill(visit.words().page_of, &[("page", &shown), ("pages", &of)]),
        previous: (page > 1).then(|| address(page - 1)),
        next: (page < last).then(|| address(page + 1)),
        several: last > 1,
    };
    ((page - 1) * PAGE_SITES, pages)
}

fn row(links: &Links, site: &SiteFrequency, words: &Words) -> Row {
    let cells = site.groups.get("all").copied().unwrap_or_else(Cells::default);
    Row {
        address: links.variant(&site.variant),
        variant: short(&site.variant.to_string()),
        cells: [
            Cell::frequency(&cells, words),
            Cell::count(cells.ac, words),
            Cell::count(cells.an, words),
            Cell::count(cells.hom, words),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::tests::visit;

    #[test]
    fn pages_hold_a_hundred_and_end_at_the_last() {
        let first = |address: &str, sites| pages(&visit(address), sites).0;
        assert_eq!(first("/r", 250), 0);
        assert_eq!(first("/r?page=3", 250), 200);
        assert_eq!(first("/r?page=9", 250), 200);
        assert_eq!(first("/r?page=0", 250), 0);
        assert_eq!(first("/r?page=x", 0), 0);
        let (_, middle) = pages(&visit("/r?page=2&purpose=HMB"), 250);
        assert_eq!(middle.next.as_deref(), Some("/r?page=3&purpose=HMB"));
        assert_eq!(middle.previous.as_deref(), Some("/r?page=1&purpose=HMB"));
    }
}
