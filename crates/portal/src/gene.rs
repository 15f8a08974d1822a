//! `/gene/{freeze}/{gene}`: a gene's transcripts with its variants above them, the burden of the rare ones, and
//! the table of all.

use crate::browser_words::{self, Words as BrowserWords};
use crate::consequence_name;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::language::Language;
use crate::needles::{self, Labels, Needles, Track};
use crate::number;
use crate::purpose::{self, PurposeForm};
use crate::region::hidden_cells;
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
use gj_api::table::{self, Burden, RARE, burden};
use gj_gate::Gate;
use gj_gate::annotations::{Constraint, Gene, GeneTranscript, Segment};

/// Transcripts drawn: the preferred ones, which come first, and others of the most coding bases.
const TRANSCRIPTS_MAX: usize = 5;

#[derive(Template)]
#[template(path = "gene.html")]
struct GenePage {
    frame: Frame,
    w: &'static Words,
    b: &'static BrowserWords,
    release: String,
    name: String,
    lines: Vec<(&'static str, String)>,
    region_address: String,
    picture: Needles,
    about: String,
    burden: Vec<BurdenRow>,
    burden_note: String,
    constraint: Vec<(&'static str, String)>,
    table: SiteTable,
    hidden: Option<WhyHidden>,
    told_less: Option<ToldLess>,
    purpose: PurposeForm,
    sets: String,
}

#[derive(Template)]
#[template(path = "no_gene.html")]
struct NoGene {
    frame: Frame,
    w: &'static Words,
    sentence: String,
    query: String,
}

struct BurdenRow {
    label: &'static str,
    cells: [String; 5],
}

pub(crate) async fn show(
    State(desk): State<Desk>,
    visit: Visit,
    Path((freeze, gene)): Path<(String, String)>,
) -> Response {
    match page(&desk.gate, &visit, &freeze, &gene).await {
        Ok(response) => response,
        Err(problem) => trouble::page(&visit, &problem),
    }
}

async fn page(gate: &Gate, visit: &Visit, freeze: &str, name: &str) -> Result<Response, Problem> {
    let overview = gate.overview().await.map_err(Problem::public)?;
    let freeze = freeze.parse().map_err(|_| Problem::NotFound)?;
    let annotations = gate.annotations(&freeze).await.map_err(Problem::public)?;
    let b = browser_words::of(visit.language);
    let Some(gene) = annotations.gene(name) else {
        let loaded = annotations.layer().has_genes();
        let shown: String = name.chars().take(80).collect();
        let values = [("gene", shown.as_str()), ("release", freeze.as_str())];
        let sentence =
            if loaded { fill(b.gene_unknown_text, &values) } else { b.gene_none_loaded.to_owned() };
        let page =
            NoGene { frame: Frame::new(visit, b.gene_unknown), w: visit.words(), sentence, query: shown };
        return Ok(render(visit, StatusCode::NOT_FOUND, &page));
    };
    let why = purpose::chosen(gate, visit, overview.get()).await?;
    let links = asked(freeze.as_str(), ("region", &gene.region.to_string()), &why, "")?;
    let query = site_table::query(visit, &links, ("gene", &gene.id));
    let question = TableAsked::from_query(&query)?;
    let found = table::answer(gate, visit.session.as_ref(), &question).await?;
    let rows = &found.table.rows;
    let about = fill(b.gene_picture_about, &[("gene", &gene.symbol)]);
    let tracks: Vec<Track> = gene.transcripts.iter().take(TRANSCRIPTS_MAX).map(track).collect();
    let labels = Labels { about: &about, hidden: visit.words().hidden };
    let page = GenePage {
        frame: Frame::new(visit, fill(b.gene_title, &[("gene", &gene.symbol)])),
        w: visit.words(),
        b,
        release: fill(visit.words().release_is, &[("release", freeze.as_str())]),
        name: called(visit.language, &gene),
        lines: lines(b, &gene),
        region_address: links.around(0),
        picture: needles::draw(&gene.region, rows, &labels, &tracks),
        burden: burden(rows, RARE).iter().map(|sum| burden_row(b, sum)).collect(),
        burden_note: fill(b.burden_note, &[("max", &number::percent(RARE))]),
        constraint: gene.constraint.as_ref().map(|found| constraint(b, found)).unwrap_or_default(),
        table: site_table::of(visit, &links, &question, rows, &query),
        hidden: WhyHidden::of(found.table.smallest_cell, hidden_cells(rows), visit.words()),
        told_less: ToldLess::of(visit, &found.table.ledger),
        purpose: purpose::form(visit.language, overview.get(), &why, ""),
        sets: known::sets(b, &annotations),
        about,
    };
    Ok(render(visit, StatusCode::OK, &page))
}

/// The name in the page's language, and the other beside it.
fn called(language: Language, gene: &Gene) -> String {
    let names = match language {
        Language::Ja => [&gene.name_ja, &gene.name_en],
        Language::En => [&gene.name_en, &gene.name_ja],
    };
    names.into_iter().flatten().cloned().collect::<Vec<_>>().join(" · ")
}

fn lines(b: &BrowserWords, gene: &Gene) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        (b.gene_place, gene.region.to_string()),
        (b.gene_strand, gene.strand.to_string()),
        (b.gene_id, gene.id.clone()),
    ];
    if !gene.aliases.is_empty() {
        lines.push((b.gene_aliases, gene.aliases.join(", ")));
    }
    lines
}

fn track(transcript: &GeneTranscript) -> Track {
    let ends = transcript.exons.first().zip(transcript.exons.last());
    let whole = ends.map_or(Segment { start: 0, end: 0 }, |(a, z)| Segment { start: a.start, end: z.end });
    let label = match transcript.selection {
        Some(selection) => format!("{} · {selection}", transcript.id),
        None => transcript.id.clone(),
    };
    Track { label, whole, exons: transcript.exons.clone(), coding: transcript.coding.clone() }
}

fn burden_row(b: &'static BrowserWords, sum: &Burden) -> BurdenRow {
    let count = |number: usize| number::count(number as u64);
    let cells = [
        count(sum.variants),
        number::count(sum.ac),
        number::frequency(sum.frequency),
        number::count(sum.hom),
        count(sum.hidden),
    ];
    BurdenRow { label: consequence_name::severity(b, sum.severity), cells }
}

fn constraint(b: &BrowserWords, found: &Constraint) -> Vec<(&'static str, String)> {
    let figure = |value: f64| format!("{value:.2}");
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    let plain = [("LOEUF", found.loeuf), ("pLI", found.pli), ("missense Z", found.missense_z)];
    lines.extend(plain.into_iter().filter_map(|(label, value)| Some((label, figure(value?)))));
    let pairs = [
        (b.severity_lof, b.constraint_lof, found.lof_observed, found.lof_expected),
        (b.severity_missense, b.constraint_missense, found.missense_observed, found.missense_expected),
    ];
    for (label, sentence, observed, expected) in pairs {
        if let (Some(observed), Some(expected)) = (observed, expected) {
            let values = [("observed", format!("{observed:.0}")), ("expected", format!("{expected:.1}"))];
            lines.push((
                label,
                fill(sentence, &values.each_ref().map(|(name, value)| (*name, value.as_str()))),
            ));
        }
    }
    lines
}
