//! `GET /api/table` and `/api/table.tsv`: the variants of a region or a gene with what is known of each. The
//! pages of regions and genes ask through [`answer`] too, so that the numbers are the same.

pub mod ask;
pub(crate) mod operations;
mod tsv;

use crate::frequency::newest;
use crate::status::{BadParameter, Problem};
use crate::who::{self, Counter};
use ask::{TableAsked, Where};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gj_gate::annotations::Gene;
use gj_gate::{Gate, Place, Question, Session};
use gj_model::Grouping;
use serde_json::json;

pub use gj_analysis::table::{Burden, Choice, ClinVarClass, Order, Row, Severity, TableAnswer, burden};

/// Media type of text with tabs.
pub(crate) const TSV: &str = "text/tab-separated-values; charset=utf-8";

/// Frequency up to which a variant counts towards a gene's burden.
pub const RARE: f64 = 0.01;

/// A table, and the gene it is of.
#[derive(Debug)]
pub struct Found {
    /// The gene, where one was asked for.
    pub gene: Option<Gene>,
    /// Every row of the place, before any is chosen.
    pub table: TableAnswer,
}

/// Answers with the table of the place that was asked for.
///
/// # Errors
/// [`Problem`]: no such gene, refused, no release, or what the gate says.
pub async fn answer(gate: &Gate, session: Option<&Session>, asked: &TableAsked) -> Result<Found, Problem> {
    let problem = |error| Problem::Gate { error, signed_in: session.is_some() };
    let freeze = match &asked.freeze {
        Some(freeze) => freeze.clone(),
        None => newest(gate).await?,
    };
    let (region, gene) = match &asked.place {
        Where::Region(region) => (*region, None),
        Where::Gene(name) => {
            let annotations = gate.annotations(&freeze).await.map_err(problem)?;
            let gene = annotations.gene(name).ok_or_else(|| {
                let sets = "a symbol or an id of the release's gene models";
                BadParameter::new("gene", name, sets)
            })?;
            (gene.region, Some(gene))
        }
    };
    let question = Question {
        freeze,
        place: Place::Region(region),
        by: Grouping::None,
        purpose: asked.purpose.clone(),
        project: asked.project.clone(),
    };
    let id = gene.as_ref().map(|gene| gene.id.clone());
    let table = gj_analysis::table::answer(gate, &who::asker(session), question, id).await;
    Ok(Found { gene, table: table.map_err(problem)? })
}

pub(crate) async fn show(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (asked, found) = asked_and_answered(&counter, &headers, query).await?;
    let rows = asked.choice.of(&found.table.rows);
    let body = json!({
        "citation": found.table.citation,
        "smallest_cell": found.table.smallest_cell,
        "gene": found.gene,
        "burden": found.gene.as_ref().map(|_| burden(&found.table.rows, RARE)),
        "rows": rows,
    });
    Ok(Json(body).into_response())
}

pub(crate) async fn download(
    State(counter): State<Counter>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (asked, found) = asked_and_answered(&counter, &headers, query).await?;
    let text = tsv::write(&found.table, &asked.choice.of(&found.table.rows));
    let place = found.gene.map_or_else(|| "region".to_owned(), |gene| gene.symbol);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let place: String = place.chars().filter(|c| plain(*c)).collect();
    let name = format!("attachment; filename=\"{}-{place}.tsv\"", found.table.citation.freeze);
    Ok(([(CONTENT_TYPE, TSV.to_owned()), (CONTENT_DISPOSITION, name)], text).into_response())
}

async fn asked_and_answered(
    counter: &Counter,
    headers: &HeaderMap,
    query: Option<String>,
) -> Result<(TableAsked, Found), Problem> {
    let asked = TableAsked::from_query(query.as_deref().unwrap_or_default())?;
    let session = who::session(headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
    let found = answer(&counter.gate, session.as_ref(), &asked).await?;
    Ok((asked, found))
}
