//! `/variant/{freeze}/{variant}`: how frequent a variant is, by group, with what is hidden and why.

use crate::bars::{self, Bar};
use crate::citation;
use crate::desk::Desk;
use crate::frame::{Frame, render};
use crate::group_name;
use crate::links::Links;
use crate::number::{self, Cell};
use crate::purpose::{self, PurposeForm, Why};
use crate::trouble;
use crate::visit::Visit;
use crate::why_hidden::WhyHidden;
use crate::words::{Words, fill};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use gj_api::Problem;
use gj_api::frequency::{self, ask::Asked};
use gj_gate::{FrequencyAnswer, Gate, Overview};
use gj_model::{Cells, Grouping, SiteFrequency};

/// Bases shown on either side by the link to the surroundings.
const AROUND_BASES: u32 = 500;

#[derive(Template)]
#[template(path = "variant.html")]
struct VariantPage {
    frame: Frame,
    w: &'static Words,
    release: String,
    splits: Vec<Split>,
    purpose: PurposeForm,
    caption: String,
    bars: Vec<Bar>,
    table: Vec<Row>,
    hidden: Option<WhyHidden>,
    links: Links,
    around: String,
    citation: String,
}

#[derive(Template)]
#[template(path = "absent.html")]
struct AbsentPage {
    frame: Frame,
    w: &'static Words,
    sentence: String,
    around: String,
    purpose: PurposeForm,
}

/// A way to split, as a link.
pub(crate) struct Split {
    label: &'static str,
    address: String,
    chosen: bool,
}

struct Row {
    label: String,
    /// Frequency and the five counts, in the order of the table's head.
    cells: [Cell; 6],
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
    let why = purpose::chosen(gate, visit, overview.get()).await?;
    let by = visit.param("by").unwrap_or(Grouping::Stratum.name());
    let links = asked(freeze, ("variant", variant), &why, by)?;
    let question = Asked::from_query(&links.query())?;
    let answer = frequency::answer(gate, visit.session.as_ref(), question).await?;
    match answer.get().sites.first() {
        Some(site) => {
            let page = found(visit, (overview.get(), &why), &links, answer.get(), site);
            Ok(render(visit, StatusCode::OK, &page))
        }
        None => Ok(render(visit, StatusCode::NOT_FOUND, &absent(visit, (overview.get(), &why), &links))),
    }
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

fn found(
    visit: &Visit,
    (overview, why): (&Overview, &Why),
    links: &Links,
    answer: &FrequencyAnswer,
    site: &SiteFrequency,
) -> VariantPage {
    let words = visit.words();
    let groups = in_order(site);
    let label = |group: &str| label(visit, overview, links.by, group);
    let top = bars::top(groups.iter().filter_map(|(_, cells)| cells.frequency()).fold(0.0, f64::max));
    let bar = |(group, cells): &(&str, &Cells)| {
        // Nobody called is no frequency, but nothing is hidden either: an empty bar.
        let value = cells.frequency().or((cells.an == Some(0)).then_some(0.0));
        Bar::new(label(group), Cell::frequency(cells, words).text, value, top)
    };
    let alternate: String = site.variant.alternate.chars().take(20).collect();
    VariantPage {
        frame: Frame::new(
            visit,
            fill(words.variant_title, &[("variant", &short(&site.variant.to_string()))]),
        ),
        w: words,
        splits: splits(visit, links.by),
        purpose: purpose::form(visit.language, overview, why, links.by.name()),
        caption: fill(words.frequency_caption, &[("alternate", &alternate), ("top", &number::percent(top))]),
        bars: groups.iter().map(bar).collect(),
        table: groups.iter().map(|(group, cells)| row(label(group), cells, words)).collect(),
        hidden: WhyHidden::of(answer, words),
        links: links.clone(),
        around: links.around(AROUND_BASES),
        citation: citation::sentence(visit.language, overview, &links.freeze, &answer.citation.digest),
        release: fill(words.release_is, &[("release", links.freeze.as_str())]),
    }
}

fn absent(visit: &Visit, (overview, why): (&Overview, &Why), links: &Links) -> AbsentPage {
    let words = visit.words();
    let values = [("variant", links.place.to_string()), ("release", links.freeze.to_string())];
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    AbsentPage {
        frame: Frame::new(visit, words.not_in_release),
        w: words,
        sentence: fill(words.not_in_release_text, &values),
        around: links.around(AROUND_BASES),
        purpose: purpose::form(visit.language, overview, why, links.by.name()),
    }
}

fn splits(visit: &Visit, chosen: Grouping) -> Vec<Split> {
    let words = visit.words();
    let labels = [
        (Grouping::Stratum, words.by_stratum),
        (Grouping::Contributor, words.by_contributor),
        (Grouping::Sex, words.by_sex),
    ];
    let split = |(by, label): (Grouping, &'static str)| {
        let address = visit.address_with(&[("by", by.name())]);
        Split { label, address, chosen: by == chosen }
    };
    labels.into_iter().map(split).collect()
}

fn row(label: String, cells: &Cells, words: &Words) -> Row {
    let counts = [cells.ac, cells.an, cells.hom, cells.hemi, cells.people];
    let [ac, an, hom, hemi, people] = counts.map(|count| Cell::count(count, words));
    Row { label, cells: [Cell::frequency(cells, words), ac, an, hom, hemi, people] }
}

/// Everybody first, then the groups by name.
fn in_order(site: &SiteFrequency) -> Vec<(&str, &Cells)> {
    let mut groups: Vec<(&str, &Cells)> =
        site.groups.iter().map(|(group, cells)| (group.as_str(), cells)).collect();
    groups.sort_by_key(|(group, _)| *group != "all");
    groups
}

fn label(visit: &Visit, overview: &Overview, by: Grouping, group: &str) -> String {
    let words = visit.words();
    match (by, group) {
        (_, "all") => words.group_all.to_owned(),
        (Grouping::Sex, "female") => words.sex_female.to_owned(),
        (Grouping::Sex, "male") => words.sex_male.to_owned(),
        (Grouping::Sex, "unknown") => words.sex_unknown.to_owned(),
        (Grouping::Contributor, id) => {
            let mut known = overview.freezes.iter().flat_map(|freeze| &freeze.contributors);
            let named = known.find(|contributor| contributor.id == id);
            named.map_or_else(|| id.to_owned(), |contributor| group_name::shown(visit.language, contributor))
        }
        (_, group) => group.to_owned(),
    }
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
mod tests {
    use super::*;
    use crate::visit::tests::visit;
    use gj_gate::{Citation, acts::overview::Progress};
    use gj_model::Bilingual;
    use std::collections::BTreeMap;

    #[test]
    fn hidden_cells_are_named_and_explained_and_strata_escaped() {
        let overview = Overview {
            name: Bilingual { ja: "事業".into(), en: "Programme".into() },
            build: "GRCh38".into(),
            smallest_cell: 10,
            freezes: vec![],
            purposes: vec![],
            progress: Progress { contributors: 0, batches: 0, batches_waiting: 0 },
        };
        let cells = |ac, an| Cells { ac, an: Some(an), hom: None, hemi: Some(0), people: Some(an / 2) };
        let site = SiteFrequency {
            variant: "chr22-42127941-G-A".parse().unwrap(),
            groups: BTreeMap::from([
                ("all".to_owned(), cells(Some(1_601), 6_404)),
                ("<script>".to_owned(), cells(None, 208)),
            ]),
        };
        let answer = FrequencyAnswer {
            citation: Citation { freeze: "2026.1".parse().unwrap(), digest: "abc".into() },
            by: Grouping::Stratum,
            smallest_cell: 10,
            hidden_cells: 3,
            sites: vec![],
            ledger: Default::default(),
        };
        let links = asked("2026.1", ("variant", "chr22-42127941-G-A"), &Why::of("GRU"), "stratum").unwrap();
        for (address, hidden) in [("/v?lang=ja", "非表示"), ("/v?lang=en", "hidden")] {
            let html = found(&visit(address), (&overview, &Why::of("GRU")), &links, &answer, &site)
                .render()
                .unwrap();
            assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"));
            assert!(html.contains(hidden) && html.contains("why-hidden") && html.contains("0.2500"));
        }
    }

    #[test]
    fn questions_that_cannot_be_read_are_told_by_name() {
        let name =
            |freeze, variant, purpose, by| match asked(freeze, ("variant", variant), &Why::of(purpose), by) {
                Err(Problem::Parameter(bad)) => bad.name,
                other => format!("{other:?}"),
            };
        assert_eq!(name("..", "chr22-5-G-A", "GRU", ""), "freeze");
        assert_eq!(name("1", "chr22", "GRU", ""), "variant");
        assert_eq!(name("1", "chr22-5-G-A", "?", ""), "purpose");
        assert_eq!(name("1", "chr22-5-G-A", "GRU", "age"), "by");
    }
}
