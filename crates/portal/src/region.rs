//! `/region/{freeze}/{region}`: the variants of a region, as a picture over its genes and as a table in pages.

use crate::browser_words::{self, Words as BrowserWords};
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::links::Links;
use crate::needles::{self, Labels, Needles, Track};
use crate::number;
use crate::purpose::{self, PurposeForm};
use crate::site_table::{self, SiteTable};
use crate::told_less::ToldLess;
use crate::trouble;
use crate::variant::{asked, known};
use crate::visit::Visit;
use crate::why_hidden::WhyHidden;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_api::table::ask::TableAsked;
use gj_api::table::{self, Row};
use gj_gate::Gate;
use gj_gate::annotations::{Gene, Segment};

/// Genes drawn below a region's variants; with more, they are not drawn but listed.
const GENES_DRAWN_MAX: usize = 12;
/// Genes linked from a region's page.
const GENES_LISTED_MAX: usize = 60;

#[derive(Template)]
#[template(path = "region.html")]
struct RegionPage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    release: String,
    count: String,
    picture: Option<Needles>,
    about: String,
    genes: Vec<(String, String)>,
    table: SiteTable,
    purpose: PurposeForm,
    hidden: Option<WhyHidden>,
    told_less: Option<ToldLess>,
    links: Links,
    sets: String,
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
    let region = links.place.region();
    let text = region.to_string();
    let query = site_table::query(visit, &links, ("region", &text));
    let question = TableAsked::from_query(&query)?;
    let found = table::answer(gate, visit.session.as_ref(), &question).await?;
    let annotations = gate.annotations(&links.freeze).await.map_err(Problem::public)?;
    let genes = annotations.genes_in(&region);
    let tracks: Vec<Track> =
        if genes.len() <= GENES_DRAWN_MAX { genes.iter().map(track).collect() } else { Vec::new() };
    let (words, b) = (visit.words(), browser_words::of(visit.language));
    let rows = &found.table.rows;
    let mut about = fill(words.region_picture_about, &[("region", &text)]);
    if !tracks.is_empty() {
        about = format!("{about} {}", b.region_genes_about);
    }
    let labels = Labels { about: &about, hidden: words.hidden };
    let page = RegionPage {
        frame: Frame::new(visit, fill(words.region_title, &[("region", &text)])),
        w: words,
        b,
        release: fill(words.release_is, &[("release", links.freeze.as_str())]),
        count: fill(words.region_count, &[("count", &number::count(rows.len() as u64))]),
        picture: (!rows.is_empty()).then(|| needles::draw(&region, rows, &labels, &tracks)),
        genes: genes
            .iter()
            .take(GENES_LISTED_MAX)
            .map(|gene| (gene.symbol.clone(), links.gene(&gene.id)))
            .collect(),
        table: site_table::of(visit, &links, &question, rows, &query),
        purpose: purpose::form(visit.language, overview.get(), &why, ""),
        hidden: WhyHidden::of(found.table.smallest_cell, hidden_cells(rows), words),
        told_less: ToldLess::of(visit, &found.table.ledger),
        sets: known::sets(b, &annotations),
        links: links.clone(),
        about,
    };
    Ok(render(visit, StatusCode::OK, &page))
}

/// Hidden cells of a table, whichever rows and columns of it are chosen.
pub(crate) fn hidden_cells(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.cells.hidden()).sum()
}

/// A gene as its first transcript has it, which is the preferred one.
fn track(gene: &Gene) -> Track {
    let (exons, coding) = gene
        .transcripts
        .first()
        .map(|transcript| (transcript.exons.clone(), transcript.coding.clone()))
        .unwrap_or_default();
    let whole = Segment { start: gene.region.start.get(), end: gene.region.end.get() };
    Track {
        label: format!("{} {}", gene.symbol, if gene.strand == '-' { "←" } else { "→" }),
        whole,
        exons,
        coding,
    }
}
