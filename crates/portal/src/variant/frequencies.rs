//! The frequencies of a variant's page: every split as bars and as one table, the facts above them, and
//! people by genotype.

use crate::bars::{self, Bar};
use crate::browser_words::{self, Words as BrowserWords};
use crate::group_name;
use crate::number::{self, Cell};
use crate::visit::Visit;
use crate::words::{Words, fill};
use gj_api::variant::{Measured, VariantAnswer};
use gj_gate::Overview;
use gj_gate::acts::overview::FreezeCard;
use gj_model::Grouping;

/// The part of a page.
pub(crate) struct Frequencies {
    pub(crate) facts: Vec<Fact>,
    pub(crate) everybody: Vec<Bar>,
    pub(crate) splits: Vec<Split>,
    /// The end of the bars' scale, in words.
    pub(crate) top: String,
    pub(crate) genotypes: Option<Genotypes>,
}

pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) text: String,
    pub(crate) shown: bool,
}

/// One way to split: bars, and rows of the table.
pub(crate) struct Split {
    pub(crate) label: &'static str,
    pub(crate) bars: Vec<Bar>,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) label: String,
    /// Frequency, the five counts and two filtering frequencies, in the order of the table's head.
    pub(crate) cells: Vec<Cell>,
}

/// Everybody by genotype, beside what equilibrium would have.
pub(crate) struct Genotypes {
    pub(crate) rows: Vec<(&'static str, String, String)>,
    pub(crate) bars: Vec<Bar>,
    pub(crate) hardy: String,
}

pub(crate) fn of(visit: &Visit, overview: &Overview, answer: &VariantAnswer) -> Frequencies {
    let words = visit.words();
    let of_split = |split: Grouping| {
        let name = format!("{}:", split.name());
        let groups = answer.groups.iter();
        groups.filter_map(move |(group, of)| Some((group.strip_prefix(&name)?.to_owned(), of))).collect()
    };
    let all: Vec<(String, &Measured)> =
        answer.groups.get("all").map(|all| ("all".into(), all)).into_iter().collect();
    let measured = answer.groups.values().filter_map(|group| group.statistics.frequency);
    let top = bars::top(measured.fold(0.0, f64::max));
    let drawn = |by: Grouping, groups: &[(String, &Measured)]| {
        let bar = |(group, of): &(String, &Measured)| {
            // Nobody called is no frequency, but nothing is hidden either: an empty bar.
            let value = of.statistics.frequency.or((of.cells.an == Some(0)).then_some(0.0));
            Bar::new(label(visit, overview, by, group), Cell::frequency(&of.cells, words).text, value, top)
        };
        groups.iter().map(bar).collect::<Vec<_>>()
    };
    let listed = |by: Grouping, groups: &[(String, &Measured)]| {
        groups.iter().map(|(group, of)| row(label(visit, overview, by, group), of, words)).collect::<Vec<_>>()
    };
    let split = |(by, label): (Grouping, &'static str)| {
        let groups: Vec<(String, &Measured)> = of_split(by);
        Split { label, bars: drawn(by, &groups), rows: listed(by, &groups) }
    };
    let labels = [
        (Grouping::Stratum, words.by_stratum),
        (Grouping::Contributor, words.by_contributor),
        (Grouping::Sex, words.by_sex),
    ];
    let whole = Split { label: words.group_all, bars: Vec::new(), rows: listed(Grouping::None, &all) };
    Frequencies {
        facts: all.first().map(|(_, all)| facts(visit, overview, answer, all)).unwrap_or_default(),
        everybody: drawn(Grouping::None, &all),
        splits: std::iter::once(whole).chain(labels.into_iter().map(split)).collect(),
        top: number::percent(top),
        genotypes: all.first().and_then(|(_, all)| genotypes(browser_words::of(visit.language), all)),
    }
}

/// A count with a smaller one in front; hidden if either is.
fn beside(part: Option<u32>, whole: Option<u32>, words: &Words) -> Cell {
    let text = format!("{} / {}", number::shown(part, words), number::shown(whole, words));
    Cell { text, shown: part.is_some() && whole.is_some() }
}

fn facts(visit: &Visit, overview: &Overview, answer: &VariantAnswer, all: &Measured) -> Vec<Fact> {
    let (words, b) = (visit.words(), browser_words::of(visit.language));
    let people = release(overview, answer).and_then(|card| card.people);
    let called = match (all.cells.people, people) {
        (Some(called), Some(people)) => {
            let [called, people] = [called, people].map(|count| number::count(u64::from(count)));
            let text = fill(b.called_of, &[("called", &called), ("people", &people)]);
            Cell { text, shown: true }
        }
        (called, _) => Cell::count(called, words),
    };
    let faf = match &answer.group_max {
        Some(found) => {
            let group = label(visit, overview, Grouping::Stratum, &found.group);
            Cell { text: format!("{} ({group})", number::frequency(found.faf95)), shown: true }
        }
        None => Cell { text: b.none_above_zero.to_owned(), shown: true },
    };
    let fact = |(label, cell): (&'static str, Cell)| Fact { label, text: cell.text, shown: cell.shown };
    let facts = [
        (b.fact_frequency, Cell::frequency(&all.cells, words)),
        (b.fact_alleles, beside(all.cells.ac, all.cells.an, words)),
        (b.fact_hom, Cell::count(all.cells.hom, words)),
        (b.fact_faf, faf),
        (b.fact_called, called),
    ];
    facts.into_iter().map(fact).collect()
}

/// The release's card on the home page.
pub(crate) fn release<'a>(overview: &'a Overview, answer: &VariantAnswer) -> Option<&'a FreezeCard> {
    overview.freezes.iter().find(|card| card.name == answer.citation.freeze)
}

fn row(label: String, of: &Measured, words: &Words) -> Row {
    let cells = &of.cells;
    let counts = [cells.ac, cells.an, cells.hom, cells.hemi, cells.people];
    let filtering = [of.statistics.faf95, of.statistics.faf99].map(|value| match (value, cells.an) {
        (Some(value), _) => Cell { text: number::frequency(value), shown: true },
        (None, Some(0)) => Cell { text: String::new(), shown: true },
        (None, _) => Cell { text: words.hidden.to_owned(), shown: false },
    });
    let counts = counts.into_iter().map(|count| Cell::count(count, words));
    let cells = std::iter::once(Cell::frequency(cells, words)).chain(counts).chain(filtering);
    Row { label, cells: cells.collect() }
}

fn genotypes(b: &BrowserWords, all: &Measured) -> Option<Genotypes> {
    let (seen, p) = (all.statistics.genotypes?, all.statistics.hardy_weinberg?);
    let alternate = all.statistics.frequency?;
    let people = f64::from(seen.without + seen.het + seen.hom);
    let reference = 1.0 - alternate;
    let shares = [reference * reference, 2.0 * reference * alternate, alternate * alternate];
    let labels = [b.genotype_without, b.genotype_het, b.genotype_hom];
    let counts = [seen.without, seen.het, seen.hom];
    let lines = || labels.into_iter().zip(counts).zip(shares);
    Some(Genotypes {
        rows: lines()
            .map(|((label, count), share)| {
                (label, number::count(u64::from(count)), format!("{:.1}", people * share))
            })
            .collect(),
        bars: lines()
            .map(|((label, count), _)| {
                let text = number::count(u64::from(count));
                Bar::new(label.to_owned(), text, Some(f64::from(count)), people)
            })
            .collect(),
        hardy: fill(b.hardy, &[("p", &number::probability(p))]),
    })
}

/// What a group is called.
pub(crate) fn label(visit: &Visit, overview: &Overview, by: Grouping, group: &str) -> String {
    let words = visit.words();
    match (by, group) {
        (Grouping::None, _) => words.group_all.to_owned(),
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
