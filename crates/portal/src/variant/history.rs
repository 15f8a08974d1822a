//! A variant in every release, each a question of its own: asked for by a link, because each is answered,
//! logged and counted against what one may learn.

use crate::browser_words::Words as BrowserWords;
use crate::date;
use crate::links::Links;
use crate::number::Cell;
use crate::visit::Visit;
use gj_api::Problem;
use gj_api::frequency::{self, ask::Asked};
use gj_gate::{Gate, Overview};
use gj_model::Grouping;

/// Releases asked about at most, the newest first.
const RELEASES_MAX: usize = 20;

pub(crate) struct Line {
    pub(crate) release: String,
    pub(crate) day: String,
    pub(crate) address: String,
    /// Frequency and five counts; empty where there is none.
    pub(crate) cells: Vec<Cell>,
    /// Why there are none.
    pub(crate) instead: &'static str,
}

/// The lines, the newest release first.
pub(crate) async fn lines(
    gate: &Gate,
    visit: &Visit,
    overview: &Overview,
    links: &Links,
    b: &BrowserWords,
) -> Result<Vec<Line>, Problem> {
    let words = visit.words();
    let mut lines = Vec::new();
    for card in overview.freezes.iter().take(RELEASES_MAX) {
        let there = Links { freeze: card.name.clone(), by: Grouping::None, ..links.clone() };
        let question = Asked::from_query(&there.query())?;
        let mut line = Line {
            release: card.name.to_string(),
            day: date::day(&card.created_at),
            address: there.here(),
            cells: Vec::new(),
            instead: b.history_absent,
        };
        match frequency::answer(gate, visit.session.as_ref(), question).await {
            Ok(answer) => {
                if let Some(cells) = answer.get().sites.first().and_then(|site| site.groups.get("all")) {
                    let counts = [cells.ac, cells.an, cells.hom, cells.hemi, cells.people];
                    line.cells.push(Cell::frequency(cells, words));
                    line.cells.extend(counts.map(|count| Cell::count(count, words)));
                }
            }
            // One release may be closed to who may see another.
            Err(problem) if problem.reasons().is_some() => line.instead = b.history_refused,
            Err(problem) => return Err(problem),
        }
        lines.push(line);
    }
    Ok(lines)
}
