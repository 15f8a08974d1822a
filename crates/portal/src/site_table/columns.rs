//! The columns a table of variants may have: `columns=consequence,protein,frequency,ac`.

use crate::browser_words::Words as BrowserWords;
use crate::consequence_name;
use crate::language::Language;
use crate::number::{self, Cell};
use crate::words::Words;
use gj_api::table::Row;

/// Every column, in the order they stand in.
pub(super) const ALL: [&str; 14] = [
    "gene",
    "consequence",
    "impact",
    "coding",
    "protein",
    "frequency",
    "ac",
    "an",
    "hom",
    "hemi",
    "people",
    "clinvar",
    "rs",
    "panels",
];
const DEFAULT: [&str; 7] = ["consequence", "protein", "frequency", "ac", "an", "hom", "clinvar"];
/// Columns of counts stand to the right.
const NUMBERS: [&str; 6] = ["frequency", "ac", "an", "hom", "hemi", "people"];

/// One column of a table.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) number: bool,
    words: &'static Words,
}

/// The columns named, in their own order; those every table begins with where none is, or none is known.
pub(super) fn chosen(names: Option<&str>, b: &'static BrowserWords, words: &'static Words) -> Vec<Column> {
    let wanted = |name: &&str| names.is_some_and(|names| names.split(',').any(|wanted| wanted == *name));
    let mut known: Vec<&'static str> = ALL.into_iter().filter(wanted).collect();
    if known.is_empty() {
        known = DEFAULT.to_vec();
    }
    let column = |name| Column { name, label: label(name, b, words), number: NUMBERS.contains(&name), words };
    known.into_iter().map(column).collect()
}

/// What a column is called.
pub(super) fn label(name: &str, b: &'static BrowserWords, words: &'static Words) -> &'static str {
    match name {
        "gene" => b.column_gene,
        "consequence" => b.column_consequence,
        "impact" => b.column_impact,
        "coding" => b.column_coding,
        "protein" => b.column_protein,
        "frequency" => words.column_frequency,
        "ac" => words.column_ac,
        "an" => words.column_an,
        "hom" => words.column_hom,
        "hemi" => words.column_hemi,
        "people" => words.column_called,
        "clinvar" => b.column_clinvar,
        "rs" => b.column_rs,
        _ => b.column_panels,
    }
}

impl Column {
    /// What a row has in this column.
    pub(super) fn cell(&self, language: Language, row: &Row) -> Cell {
        let text = |text: String| Cell { text, shown: true };
        let of_told = |field: fn(&gj_gate::annotations::Told) -> Option<&str>| {
            text(row.told.as_ref().and_then(field).unwrap_or_default().to_owned())
        };
        match self.name {
            "gene" => of_told(|told| Some(&told.symbol)),
            "consequence" => {
                let terms = row.told.iter().filter_map(|told| told.terms.first());
                text(terms.map(|term| consequence_name::of(language, term.term)).collect())
            }
            "impact" => of_told(|told| Some(told.impact)),
            "coding" => of_told(|told| told.hgvs_transcript.as_deref().map(change)),
            "protein" => of_told(|told| told.hgvs_protein.as_deref().map(change)),
            "frequency" => Cell::frequency(&row.cells, self.words),
            "ac" => Cell::count(row.cells.ac, self.words),
            "an" => Cell::count(row.cells.an, self.words),
            "hom" => Cell::count(row.cells.hom, self.words),
            "hemi" => Cell::count(row.cells.hemi, self.words),
            "people" => Cell::count(row.cells.people, self.words),
            "clinvar" => {
                let cards = row.known.clinvar.iter().map(|card| card.significance.replace('_', " "));
                text(cards.collect::<Vec<_>>().join("; "))
            }
            "rs" => text(row.known.rs.join(", ")),
            _ => {
                let panels =
                    row.known.frequencies.iter().filter(|panel| panel.population == "all" && panel.an > 0);
                let shown = panels.map(|panel| {
                    let frequency = f64::from(panel.ac) / f64::from(panel.an);
                    format!("{} {}", panel.set, number::frequency(frequency))
                });
                text(shown.collect::<Vec<_>>().join("; "))
            }
        }
    }
}

/// A name of HGVS without its accession, which is the same in every row.
fn change(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, change)| change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_named_or_the_usual_ones() {
        let b = crate::browser_words::of(Language::En);
        let names = |chosen_names| {
            let columns = chosen(chosen_names, b, Language::En.words());
            columns.iter().map(|column| column.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Some("ac,consequence")), ["consequence", "ac"]);
        assert_eq!(names(None), DEFAULT);
        assert_eq!(names(Some("<script>")), DEFAULT);
        assert_eq!(change("ENST1.2:c.5G>A"), "c.5G>A");
    }
}
