//! The table of variants on the pages of genes and regions: chosen columns, filters, order, pages, and the same
//! rows as text with tabs or JSON. Only writes down what [`gj_api::table`] answered.

mod columns;

use crate::browser_words::{self, Words as BrowserWords};
use crate::links::Links;
use crate::number::{self, Cell};
use crate::visit::Visit;
use crate::words::fill;
use columns::Column;
use gj_api::table::Row;
use gj_api::table::ask::TableAsked;

/// Variants on one page of the table.
const PAGE_ROWS: usize = 100;
/// Parameters of an address that choose rows.
const CHOICE: [&str; 6] = ["severity", "impact", "min", "max", "clinvar", "sort"];

/// The part of a page.
pub(crate) struct SiteTable {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Line>,
    /// How many of how many.
    pub(crate) count: String,
    pub(crate) form: Form,
    pub(crate) pages: Pages,
    pub(crate) tsv: String,
    pub(crate) json: String,
    pub(crate) vcf: String,
}

pub(crate) struct Line {
    pub(crate) address: String,
    pub(crate) variant: String,
    pub(crate) cells: Vec<Cell>,
}

/// The fields that choose rows and columns, as they are.
pub(crate) struct Form {
    pub(crate) selects: Vec<Select>,
    pub(crate) bounds: Vec<(&'static str, &'static str, String)>,
    pub(crate) columns: Vec<(&'static str, &'static str, bool)>,
    /// What the page keeps: purpose, disease, project.
    pub(crate) kept: Vec<(&'static str, String)>,
    pub(crate) is_open: bool,
}

pub(crate) struct Select {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// Value, label, whether chosen.
    pub(crate) options: Vec<(&'static str, &'static str, bool)>,
}

/// Which page of how many, and the links to its neighbours.
pub(crate) struct Pages {
    pub(crate) sentence: String,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) several: bool,
}

/// The parameters of a table's question: the place and what the address chooses.
pub(crate) fn query(visit: &Visit, links: &Links, place: (&str, &str)) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("freeze", links.freeze.as_str()).append_pair(place.0, place.1);
    query.append_pair("purpose", &links.purpose);
    if let Some(project) = &links.project {
        query.append_pair("project", project.as_str());
    }
    for name in CHOICE {
        if let Some(value) = visit.param(name) {
            query.append_pair(name, value);
        }
    }
    query.finish()
}

/// The table of the rows answered.
pub(crate) fn of(visit: &Visit, links: &Links, asked: &TableAsked, rows: &[Row], query: &str) -> SiteTable {
    let b = browser_words::of(visit.language);
    let chosen = asked.choice.of(rows);
    let columns = columns::chosen(visit.param("columns"), b, visit.words());
    let (first, pages) = pages(visit, chosen.len());
    let line = |row: &&Row| Line {
        address: links.variant(&row.variant),
        variant: crate::variant::short(&row.variant.to_string()),
        cells: columns.iter().map(|column| column.cell(visit.language, row)).collect(),
    };
    let lines = chosen.iter().skip(first).take(PAGE_ROWS).map(line).collect();
    let [shown, all] = [chosen.len(), rows.len()].map(|count| number::count(count as u64));
    SiteTable {
        rows: lines,
        count: fill(b.table_count, &[("shown", &shown), ("all", &all)]),
        form: form(visit, b, &columns),
        pages,
        tsv: format!("/api/table.tsv?{query}"),
        json: format!("/api/table?{query}"),
        vcf: links.vcf(),
        columns,
    }
}

fn form(visit: &Visit, b: &'static BrowserWords, columns: &[Column]) -> Form {
    let now = |name: &str| visit.param(name).unwrap_or_default().to_owned();
    let select = |name: &'static str, label, options: &[(&'static str, &'static str)]| {
        let now = now(name);
        let options = options.iter().map(|(value, label)| (*value, *label, *value == now)).collect();
        Select { name, label, options }
    };
    let any = ("", b.table_any);
    let kept = ["purpose", "disease", "project"];
    Form {
        selects: vec![
            select(
                "severity",
                b.table_severity,
                &[
                    any,
                    ("lof", b.severity_lof),
                    ("lof,missense", b.severity_lof_missense),
                    ("synonymous", b.severity_synonymous),
                    ("other", b.severity_other),
                ],
            ),
            select(
                "impact",
                b.table_impact,
                &[any, ("HIGH", "HIGH"), ("MODERATE", "MODERATE"), ("LOW", "LOW"), ("MODIFIER", "MODIFIER")],
            ),
            select(
                "clinvar",
                b.table_clinvar,
                &[
                    any,
                    ("any", b.clinvar_any),
                    ("pathogenic", b.clinvar_pathogenic),
                    ("uncertain", b.clinvar_uncertain),
                    ("benign", b.clinvar_benign),
                ],
            ),
            select(
                "sort",
                b.table_sort,
                &[
                    ("", b.sort_place),
                    ("severity", b.sort_severity),
                    ("frequency", b.sort_frequency),
                    ("-frequency", b.sort_frequency_down),
                    ("-hom", b.sort_hom_down),
                ],
            ),
        ],
        bounds: vec![("min", b.table_min, now("min")), ("max", b.table_max, now("max"))],
        columns: columns::ALL
            .map(|name| {
                let on = columns.iter().any(|column| column.name == name);
                (name, columns::label(name, b, visit.words()), on)
            })
            .to_vec(),
        kept: kept.into_iter().map(|name| (name, now(name))).filter(|(_, value)| !value.is_empty()).collect(),
        is_open: CHOICE.iter().chain(&["columns"]).any(|name| visit.param(name).is_some()),
    }
}

/// The first row of the page asked for, and the links around it. A page past the end is the last.
fn pages(visit: &Visit, rows: usize) -> (usize, Pages) {
    let last = rows.div_ceil(PAGE_ROWS).max(1);
    let page = visit.param("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
    let address = |page: usize| visit.address_with(&[("page", &page.to_string())]);
    let (shown, of) = (number::count(page as u64), number::count(last as u64));
    let pages = Pages {
        sentence: fill(visit.words().page_of, &[("page", &shown), ("pages", &of)]),
        previous: (page > 1).then(|| address(page - 1)),
        next: (page < last).then(|| address(page + 1)),
        several: last > 1,
    };
    ((page - 1) * PAGE_ROWS, pages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::tests::visit;

    #[test]
    fn pages_hold_a_hundred_and_end_at_the_last() {
        let first = |address: &str, rows| pages(&visit(address), rows).0;
        assert_eq!(first("/", 1_000), 0);
        assert_eq!(first("/?page=2", 1_000), 100);
        assert_eq!(first("/?page=99", 1_000), 900);
        assert_eq!(first("/?page=0", 1_000), 0);
        assert_eq!(first("/?page=x", 0), 0);
        assert!(!pages(&visit("/"), 100).1.several && pages(&visit("/"), 101).1.several);
    }
}
