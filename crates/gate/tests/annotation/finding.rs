//! A variant is found by every name it has, wherever and however it is written.

use crate::files::{World, bytes, text};
use gj_gate::acts::annotation::AnnotationKind;
use gj_gate::annotations::{Annotations, Found};
use gj_model::{Contig, Position, Variant};
use std::collections::BTreeMap;
use std::path::Path;

const TABLE: &str = "symbol\tname\tname_ja\talias_symbol\tlof.oe_ci.upper\tlof.pLI\n\
    CYP2C19\tcytochrome P450 family 2 subfamily C member 19\tシトクロムP450 2C19\tP450IIC19|CPCJ\t1.21\t0.0001\n\
    BRCA2\tBRCA2 DNA repair associated\t乳癌感受性遺伝子2\tFANCD1|FAD\t0.63\t0\n";

/// The slices of the demo's reference: contig, first base, bases.
fn slices() -> Vec<(Contig, u32, Vec<u8>)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/gj/demo/reference.fa.gz");
    let text = String::from_utf8(bytes(&file)).unwrap();
    let slices = text.split('>').skip(1).map(|record| {
        let (heading, bases) = record.split_once('\n').unwrap();
        let (name, start) = match heading.trim().split_once(':') {
            Some((name, span)) => (name, span.split_once('-').unwrap().0.parse().unwrap()),
            None => (heading.trim(), 1),
        };
        (name.parse().unwrap(), start, bases.bytes().filter(u8::is_ascii_alphabetic).collect())
    });
    slices.collect()
}

/// Numbers without any luck (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % limit
    }
}

/// The sequence with a change made, for comparing changes by what they make.
fn applied(slice: &(Contig, u32, Vec<u8>), variant: &Variant) -> Vec<u8> {
    let at = (variant.position.get() - slice.1) as usize;
    assert_eq!(&slice.2[at..at + variant.reference.len()], variant.reference.as_bytes(), "{variant}");
    [&slice.2[..at], variant.alternate.as_bytes(), &slice.2[at + variant.reference.len()..]].concat()
}

fn random(dice: &mut Dice, slice: &(Contig, u32, Vec<u8>)) -> Variant {
    let length = slice.2.len();
    let at = 2_000.min(length / 3) + dice.below(length - 2 * 2_000.min(length / 3));
    let bases = |count: usize, dice: &mut Dice| -> String {
        (0..count).map(|_| char::from(b"ACGT"[dice.below(4)])).collect()
    };
    let here = |count: usize| String::from_utf8(slice.2[at..at + count].to_vec()).unwrap();
    let (reference, alternate) = match dice.below(4) {
        0 => (here(1), bases(1, dice)),
        1 => (here(1), here(1) + &bases(1 + dice.below(3), dice)),
        2 => (here(2 + dice.below(4)), here(1)),
        _ => (here(1 + dice.below(3)), bases(1 + dice.below(3), dice)),
    };
    let position = Position::new(slice.1 + at as u32).unwrap();
    Variant { contig: slice.0, position, reference, alternate }
}

/// The one variant that a text means.
fn only(layer: &Annotations, text: &str) -> Variant {
    match &layer.find(text).unwrap()[..] {
        [Found::Variant { variant, .. }] => variant.clone(),
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test]
async fn every_name_leads_back_to_the_same_change() {
    let world = World::new().await;
    world.with_demo().await;
    let layer = world.current().await;
    let slices = slices();
    let (mut dice, mut kinds) = (Dice(5), BTreeMap::<&str, usize>::new());
    for _ in 0..3_000 {
        let slice = &slices[dice.below(slices.len())];
        let variant = random(&mut dice, slice);
        if variant.reference == variant.alternate {
            continue;
        }
        let made = applied(slice, &variant);
        let aligned = only(&layer, &variant.to_string());
        assert_eq!(applied(slice, &aligned), made, "{variant} as {aligned}");
        // As far left as it goes: no other place further left makes the same sequence.
        if aligned.reference.len() != aligned.alternate.len() && aligned.position.get() > slice.1 + 1 {
            let (from, to) = (&aligned.reference, &aligned.alternate);
            let at = (aligned.position.get() - slice.1) as usize;
            let is_pure = from.len() == 1 || to.len() == 1;
            if is_pure && from.as_bytes()[0] == to.as_bytes()[0] {
                let longer = if from.len() > to.len() { from } else { to };
                assert_ne!(longer.as_bytes()[longer.len() - 1], slice.2[at], "{variant} as {aligned}");
            }
        }
        let names = layer.names(&variant).unwrap();
        let [hgvs, spdi] = [names.hgvs_genomic.unwrap(), names.spdi.unwrap()];
        let mut written = vec![("g.", hgvs.clone()), ("lower case", hgvs.to_lowercase()), ("SPDI", spdi)];
        let plain = variant.to_string();
        let wide = plain.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap());
        written.push(("full width", wide.collect()));
        for told in layer.consequences(&variant).unwrap() {
            if let Some(name) = told.hgvs_transcript {
                written.push(("c.", name.clone()));
                let (_, change) = name.split_once(':').unwrap();
                written.push(("c. of a gene", format!("{}:{change}", told.symbol.to_lowercase())));
                written.push(("no version", name.split('.').next().unwrap().to_owned() + ":" + change));
            }
            if let Some(name) =
                told.hgvs_protein.filter(|_| variant.reference.len() == variant.alternate.len())
            {
                let (_, change) = name.split_once(':').unwrap();
                let query = format!("{} {change}", told.symbol);
                let found = layer.find(&query).unwrap();
                if aligned.reference.len() == 1
                    && !change.contains('?')
                    && !change.contains("ext")
                    && change != "p.(=)"
                {
                    let is_it =
                        |one: &Found| matches!(one, Found::Variant { variant: v, .. } if *v == aligned);
                    assert!(found.iter().any(is_it), "{query}: {found:?}");
                    *kinds.entry("p.").or_default() += 1;
                }
            }
        }
        for (kind, name) in written {
            assert_eq!(only(&layer, &name), aligned, "{kind} {name} of {variant}");
            *kinds.entry(kind).or_default() += 1;
        }
    }
    assert!(kinds.values().all(|count| *count > 30) && kinds.len() == 8, "{kinds:?}");
}

#[tokio::test]
async fn spellings_of_variants_genes_and_places() {
    let world = World::new().await;
    world.with_demo().await;
    world.load(text(AnnotationKind::GeneTable, "names", "1", "names.tsv", TABLE)).await;
    let layer = world.current().await;
    let slice = slices().into_iter().find(|(contig, ..)| contig.name() == "chr22").unwrap();
    let at = slice.1 + 700;
    let base = char::from(slice.2[700]);
    let other = if base == 'A' { 'G' } else { 'A' };
    let expected: Variant = format!("chr22-{at}-{base}-{other}").parse().unwrap();
    let grouped = format!("{},{:03},{:03}", at / 1_000_000, at / 1_000 % 1_000, at % 1_000);
    for spelling in [
        format!("chr22-{at}-{base}-{other}"),
        format!("22:{at}:{base}:{other}"),
        format!("22 {at} {base} {other}"),
        format!("CHR22\t{at}\t{base}\t{other}"),
        format!("chr22:{grouped}{base}>{other}"),
        format!("chr22:g.{at}{base}>{other}"),
        format!("NC_000022.11:g.{at}{base}>{other}"),
        format!("nc_000022.11:g.{at}{base}>{other}").to_lowercase(),
        format!("NC_000022.11:{}:{base}:{other}", at - 1),
        format!("NC_000022.11:{}:1:{other}", at - 1),
        format!("　２２：{at}：{base}：{other} "),
        format!("22 {at} {base}/{other}"),
    ] {
        assert_eq!(only(&layer, &spelling), expected, "{spelling}");
    }
    // The wrong base is said so, not searched for.
    let wrong = format!("22-{at}-{other}-{base}");
    let found = layer.find(&wrong).unwrap();
    assert!(
        matches!(&found[..], [Found::Nothing { why }] if why.contains("where the reference has")),
        "{found:?}"
    );
    for name in [
        "BRCA2",
        "brca2",
        "ＢＲＣＡ２",
        "ENSG00000139618",
        "ENSG00000139618.19",
        "FANCD1",
        "乳癌感受性遺伝子２",
        "fad",
    ] {
        let gene = layer.gene(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((gene.symbol.as_str(), gene.region.contig.name()), ("BRCA2", "chr13"), "{name}");
        assert_eq!(gene.constraint.unwrap().loeuf, Some(0.63));
        let found = layer.find(name).unwrap();
        assert!(matches!(&found[0], Found::Gene { symbol, .. } if symbol == "BRCA2"), "{name}: {found:?}");
    }
    let part = layer.find("シトクロム").unwrap();
    assert!(matches!(&part[..], [Found::Gene { symbol, .. }] if symbol == "CYP2C19"), "{part:?}");
    for (place, expected) in [
        ("chr22:42126500-42126600", "chr22:42126500-42126600"),
        ("22 42,126,500..42,126,600", "chr22:42126500-42126600"),
        ("X:1000", "chrX:1000-1000"),
        ("chrM", "chrM:1-16569"),
    ] {
        let found = layer.find(place).unwrap();
        assert!(matches!(&found[0], Found::Region { region } if region.to_string() == expected), "{found:?}");
    }
    for nonsense in
        ["", "   ", "rs", "rs99999999999999999999999", ":", "p.", "c.", "chr22-", "%%%", "\u{0}", "::::"]
    {
        let found = layer.find(nonsense).unwrap();
        assert!(!found.iter().any(|one| matches!(one, Found::Variant { .. })), "{nonsense:?}: {found:?}");
    }
}

#[tokio::test]
async fn any_text_is_answered_without_a_panic() {
    let world = World::new().await;
    world.with_demo().await;
    let layer = world.current().await;
    let (mut dice, parts) = (
        Dice(9),
        [
            "chr22",
            "NC_000013.11",
            ":",
            "g.",
            "c.",
            "p.",
            "-",
            "*",
            "+",
            "_",
            "del",
            "ins",
            "dup",
            "inv",
            "A",
            "ACGT",
            "32316463",
            "0",
            "4294967295",
            ">",
            "=",
            "(",
            ")",
            " ",
            "BRCA2",
            "ENST00000380152.8",
            "Arg",
            "Ter",
            "97",
            "fs",
            "乳",
            "ー",
            "－",
            "rs",
            ",",
            "..",
            "\t",
            "１",
            "é",
        ],
    );
    for _ in 0..20_000 {
        let text: String = (0..1 + dice.below(8)).map(|_| parts[dice.below(parts.len())]).collect();
        assert!(layer.find(&text).unwrap().len() <= 50, "{text}");
    }
    assert!(layer.find(&"A".repeat(1 << 20)).unwrap().is_empty());
}
