//! The page of a variant, made from an answer written by hand.

use super::*;
use crate::visit::tests::visit;
use gj_gate::{Citation, FrequencyAnswer, acts::overview::Progress};
use gj_model::{Bilingual, Cells, SiteFrequency};
use std::collections::BTreeMap;

fn overview() -> Overview {
    Overview {
        name: Bilingual { ja: "事業".into(), en: "Programme".into() },
        build: "GRCh38".into(),
        smallest_cell: 10,
        freezes: vec![],
        purposes: vec![],
        progress: Progress { contributors: 0, batches: 0, batches_waiting: 0 },
    }
}

fn answer() -> VariantAnswer {
    let cells = |ac, an| Cells { ac, an: Some(an), hom: Some(200), hemi: Some(0), people: Some(an / 2) };
    let variant: Variant = "chr22-42127941-G-A".parse().unwrap();
    let groups = BTreeMap::from([
        ("all".to_owned(), cells(Some(1_601), 6_404)),
        ("stratum:<script>".to_owned(), cells(None, 208)),
        ("stratum:JPT".to_owned(), cells(Some(1_000), 2_000)),
        ("sex:female".to_owned(), cells(Some(800), 3_202)),
        ("contributor:a:b".to_owned(), cells(Some(0), 0)),
    ]);
    let answer = FrequencyAnswer {
        citation: Citation { freeze: "2026.1".parse().unwrap(), digest: "abc".into() },
        by: Grouping::Every,
        smallest_cell: 10,
        hidden_cells: 3,
        sites: vec![SiteFrequency { variant: variant.clone(), groups }],
        ledger: Default::default(),
    };
    VariantAnswer::of(&answer, variant)
}

fn nothing() -> Known {
    Known {
        tags: vec![],
        first: vec![],
        rest: vec![],
        rest_words: String::new(),
        clinvar: vec![],
        panels: vec![],
        ours_hidden: false,
        names: vec![],
        sets: String::new(),
        is_loaded: false,
        has_clinvar: false,
        has_panels: false,
    }
}

#[test]
fn hidden_cells_are_named_and_explained_and_strata_escaped() {
    let links = asked("2026.1", ("variant", "chr22-42127941-G-A"), &Why::of("GRU"), "every").unwrap();
    for (address, hidden, female) in [("/v?lang=ja", "非表示", "女性"), ("/v?lang=en", "hidden", "Female")]
    {
        let visit = visit(address);
        let (overview, why) = (overview(), Why::of("GRU"));
        let ready = Ready { visit: &visit, overview: &overview, why: &why, links: links.clone() };
        let html = found(&ready, &answer(), nothing()).render().unwrap();
        assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"));
        assert!(html.contains(hidden) && html.contains("why-hidden") && html.contains("0.2500"));
        // All three splits stand on one page, and a name keeps its own colon.
        assert!(html.contains("JPT") && html.contains(female) && html.contains(">a:b<"), "{html}");
    }
}

#[test]
fn genotypes_and_filtering_frequencies_are_those_of_the_counts() {
    let found = frequencies::of(&visit("/v?lang=en"), &overview(), &answer());
    let genotypes = found.genotypes.unwrap();
    let seen: Vec<&str> = genotypes.rows.iter().map(|(_, seen, _)| seen.as_str()).collect();
    assert_eq!(seen, ["1,801", "1,201", "200"]);
    // 3,202 people at a quarter: 9, 6 and 1 sixteenths, but for the one allele too many.
    let expected: f64 = genotypes.rows.iter().map(|(_, _, expected)| expected.parse::<f64>().unwrap()).sum();
    assert!((expected - 3_202.0).abs() < 0.2, "{expected}");
    assert!(found.facts[3].text.contains("(JPT)"), "{}", found.facts[3].text);
    let hidden: Vec<bool> = found.splits[1].rows[0].cells.iter().map(|cell| cell.shown).collect();
    assert_eq!(hidden, [false, false, true, true, true, true, false, false]);
}

#[test]
fn questions_that_cannot_be_read_are_told_by_name() {
    let name = |freeze, variant, purpose, by| match asked(freeze, ("variant", variant), &Why::of(purpose), by)
    {
        Err(Problem::Parameter(bad)) => bad.name,
        other => format!("{other:?}"),
    };
    assert_eq!(name("..", "chr22-5-G-A", "GRU", ""), "freeze");
    assert_eq!(name("1", "chr22", "GRU", ""), "variant");
    assert_eq!(name("1", "chr22-5-G-A", "?", ""), "purpose");
    assert_eq!(name("1", "chr22-5-G-A", "GRU", "age"), "by");
}
