//! What is known of variants equals what bcftools reads from the same files.

use crate::files::{World, bcftools, set, shared};
use gj_gate::acts::annotation::AnnotationKind;
use gj_gate::annotations::Found;
use gj_model::Variant;
use std::collections::BTreeSet;

#[tokio::test]
async fn clinvar_is_told_as_its_file_has_it() {
    let Some(shared) = shared() else { return };
    let file = shared.join("clinvar/clinvar_20260226_GRCh38_subset.vcf.gz");
    let query = "%CHROM-%POS-%REF-%ALT\t%ID\t%CLNSIG\t%CLNREVSTAT\t%CLNDN\t%RS\n";
    let Some(rows) = bcftools(&["query", "-f", query], &file) else { return };
    let world = World::new().await;
    let loaded =
        world.load(set(AnnotationKind::Variants, "clinvar", "2026-02", std::slice::from_ref(&file))).await;
    let layer = world.current().await;
    let (mut told, mut numbers, mut identifiers, mut without, mut rank) = (0, 0, 0, 0, 0);
    let mut sites = BTreeSet::new();
    for row in rows.lines() {
        let fields: Vec<&str> = row.split('\t').collect();
        let [variant, id, significance, review, conditions, rs] = fields[..] else { panic!("{row}") };
        // Alleles that are no bases, and longer ones than may be asked for.
        let Ok(variant) = variant.parse::<Variant>() else { continue };
        sites.insert(variant.clone());
        rank += 1;
        if rank % 5 != 0 {
            continue;
        }
        let known = layer.known(&variant).unwrap();
        let card = known.clinvar.iter().find(|card| card.id == id);
        if significance == "." {
            assert!(card.is_none(), "{row}");
            without += 1;
        } else {
            let card = card.unwrap_or_else(|| panic!("{row}: {known:?}"));
            let plain = |text: &str| match text {
                "." => String::new(),
                text => text.replace('|', "; ").replace('_', " "),
            };
            assert_eq!(
                (card.significance.as_str(), card.review.as_str()),
                (&*plain(significance), &*plain(review))
            );
            assert_eq!(card.conditions.join("; "), plain(conditions), "{row}");
            told += 1;
        }
        if rank % 25 == 0 {
            let names = layer.names(&variant).unwrap();
            for id in [names.vrs_1, names.vrs].into_iter().flatten() {
                let found = layer.find(&id).unwrap();
                let is_it = |one: &Found| matches!(one, Found::Variant { variant: v, .. } if *v == variant);
                assert!(found.len() == 1 && is_it(&found[0]), "{row}: {found:?}");
                identifiers += 1;
            }
        }
        if rs != "." && rank % 25 == 0 {
            for number in rs.split(',') {
                assert!(known.rs.contains(&format!("rs{number}")), "{row}");
                let found = layer.find(&format!("RS{number}")).unwrap();
                let is_it = |one: &Found| matches!(one, Found::Variant { variant: v, .. } if *v == variant);
                assert!(found.iter().any(is_it), "{row}: {found:?}");
                numbers += 1;
            }
        }
    }
    assert!(told > 5_000 && numbers > 500, "{told} cards, {numbers} numbers, {without} without");
    assert!(identifiers > 1_000, "{identifiers} identifiers of VRS");
    assert!(loaded.set.entries as usize >= sites.len());
    // A place has what a walk over all finds.
    for pair in sites.iter().collect::<Vec<_>>().chunks(997).map(|chunk| chunk[0]) {
        let (start, end) = (pair.position.get(), pair.position.get() + 5_000);
        let region = format!("{}:{start}-{end}", pair.contig).parse().unwrap();
        let found: Vec<Variant> = layer.known_in(&region).unwrap().into_iter().map(|(v, _)| v).collect();
        let is_in = |v: &&Variant| v.contig == pair.contig && (start..=end).contains(&v.position.get());
        let expected: Vec<Variant> = sites.iter().filter(is_in).cloned().collect();
        let found: Vec<Variant> =
            found.into_iter().filter(|v| v.to_string().parse::<Variant>().is_ok()).collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn counts_of_other_panels_are_those_of_their_files() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("gnomad/freqs/grch38/v4.0");
    let world = World::new().await;
    let mut checked = 0;
    for (name, file) in [
        ("gnomad-exomes", "gnomad-exomes.1.vcf.bgz"),
        ("gnomad-genomes", "gnomad-genomes.1.vcf.bgz"),
        ("gnomad-genomes-y", "gnomad-genomes.Y.vcf.bgz"),
    ] {
        let file = folder.join(file);
        let query = "%CHROM-%POS-%REF-%ALT\t%FILTER\t%AC\t%AN\t%nhomalt\t%AC_eas\t%AN_eas\t%nhomalt_eas\t%AC_XY\t%AN_XY\n";
        let Some(rows) = bcftools(&["query", "-u", "-f", query], &file) else { return };
        world.load(set(AnnotationKind::Frequencies, name, "4.0", &[file])).await;
        let layer = world.current().await;
        for row in rows.lines().filter(|row| row.split('\t').next().unwrap().parse::<Variant>().is_ok()) {
            let fields: Vec<&str> = row.split('\t').collect();
            let known = layer.known(&fields[0].parse().unwrap()).unwrap();
            let of = |population: &str| {
                let found = known.frequencies.iter().find(|f| f.set == name && f.population == population);
                found.unwrap_or_else(|| panic!("{row}: {population}"))
            };
            let number = |text: &str| text.parse::<u32>().unwrap_or(0);
            for (population, at) in [("all", 2), ("eas", 5)] {
                let found = of(population);
                assert_eq!((found.ac, found.an), (number(fields[at]), number(fields[at + 1])), "{row}");
                assert_eq!(found.hom, fields[at + 2].parse().ok(), "{row}");
            }
            assert_eq!((of("XY").ac, of("XY").an), (number(fields[8]), number(fields[9])), "{row}");
            let filters = fields[1].split(';').filter(|filter| !["PASS", "."].contains(filter));
            assert_eq!(of("all").filters, filters.collect::<Vec<_>>(), "{row}");
            checked += 1;
        }
    }
    assert!(checked > 500, "{checked}");
}
