//! Identifiers of alleles against those that gnomAD publishes with each variant (VRS 1.3), which were computed
//! by the GA4GH reference implementation; fully justified forms against a naive search on random sequences.

use crate::fixture::{bytes, shared};
use crate::random::Dice;
use gj_annotation::{Justified, NoBases, Reference, Stretch, spdi, vrs};
use gj_model::{Contig, Variant};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What gnomAD says of one allele: where it lies when fully justified, what stands there, its id.
struct Published {
    variant: Variant,
    start: u32,
    end: u32,
    state: String,
    id: String,
}

fn published() -> Option<Vec<Published>> {
    let folder = shared()?.join("gnomad");
    let files = [
        "freqs/grch38/v4.0/gnomad-genomes.Y.vcf",
        "freqs/grch38/v4.0/gnomad-exomes.1.vcf",
        "freqs/grch38/v4.0/gnomad-genomes.1.vcf",
        "gnomad-nuclear/example-genomes-grch38/v4.0/gnomad-genomes.vcf",
        "gnomad-nuclear/example-exomes-grch38/v4.0/gnomad-exomes.vcf",
    ];
    let mut found = Vec::new();
    for file in files {
        let text = String::from_utf8(bytes(&folder.join(file))).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let info: BTreeMap<&str, &str> =
                fields[7].split(';').filter_map(|pair| pair.split_once('=')).collect();
            let second = |name: &str| info[name].split(',').nth(1).unwrap();
            let variant = format!("{}-{}-{}-{}", fields[0], fields[1], fields[3], fields[4]);
            found.push(Published {
                variant: variant.parse().unwrap(),
                start: second("VRS_Starts").parse().unwrap(),
                end: second("VRS_Ends").parse().unwrap(),
                state: second("VRS_States").to_owned(),
                id: second("VRS_Allele_IDs").to_owned(),
            });
        }
    }
    Some(found)
}

/// Bases that the published alleles themselves tell: reference alleles, and what an insertion or deletion slides
/// over. Beside a region whatever ends the slide is assumed.
struct Told(BTreeMap<u32, u8>, Contig);

impl Reference for Told {
    fn bases(&self, contig: Contig, start: u32, end: u32) -> Option<Cow<'_, [u8]>> {
        (contig == self.1).then_some(())?;
        (start..=end)
            .map(|at| Some(*self.0.get(&at).unwrap_or(&b'N')))
            .collect::<Option<Vec<u8>>>()
            .map(Cow::Owned)
    }
}

fn told(one: &Published) -> Told {
    let mut bases = BTreeMap::new();
    let (reference, alternate) = (one.variant.reference.as_bytes(), one.variant.alternate.as_bytes());
    let longer = alternate.len() as i64 - reference.len() as i64;
    let region = i64::from(one.end) - i64::from(one.start);
    let state = one.state.as_bytes();
    // An insertion's state begins with the region; a deletion's region goes on with the period of the deletion.
    for at in 0..region {
        let unit = longer.unsigned_abs() as i64;
        let base = if longer > 0 {
            state[at as usize]
        } else if at < unit {
            // The deleted bases, rotated to the start of the region.
            let shift = i64::from(one.variant.position.get()) - i64::from(one.start);
            let deleted = &reference[alternate.len()..];
            deleted[(at - shift).rem_euclid(unit) as usize]
        } else {
            state[(at - unit) as usize]
        };
        bases.insert(one.start + at as u32 + 1, base);
    }
    for (at, base) in reference.iter().enumerate() {
        bases.insert(one.variant.position.get() + at as u32, *base);
    }
    Told(bases, one.variant.contig)
}

#[test]
fn ids_of_version_1_equal_those_gnomad_publishes() {
    let Some(published) = published() else { return };
    let (mut replaced, mut slid) = (0, 0);
    for one in &published {
        let substitution = one.variant.reference.len() == one.variant.alternate.len();
        let found = if substitution {
            replaced += 1;
            vrs(&one.variant, &NoBases)
        } else {
            slid += 1;
            let reference = told(one);
            let change = Justified::of(&one.variant, &reference).unwrap();
            let spread = (change.start, change.end(), String::from_utf8(change.inserted).unwrap());
            assert_eq!(spread, (one.start, one.end, one.state.clone()), "{}", one.variant);
            vrs(&one.variant, &reference)
        };
        assert_eq!(found.unwrap().v1, one.id, "{}", one.variant);
    }
    let contigs: BTreeSet<&str> = published.iter().map(|one| one.variant.contig.name()).collect();
    assert!(replaced > 300 && slid > 100, "{replaced} substitutions, {slid} insertions and deletions");
    assert_eq!(contigs, BTreeSet::from(["chr1", "chrY"]));
}

/// Every spelling of the same change: all variants, anchored anywhere, that make the same sequence.
fn spellings(genome: &[u8], variant: &Variant) -> Vec<Variant> {
    let apply = |from: usize, deleted: usize, inserted: &[u8]| {
        [&genome[..from], inserted, &genome[from + deleted..]].concat()
    };
    let at = variant.position.get() as usize - 1;
    let changed = apply(at, variant.reference.len(), variant.alternate.as_bytes());
    let (deleted, inserted) = (variant.reference.len() - 1, variant.alternate.len() - 1);
    let mut found = Vec::new();
    for anchor in 0..genome.len() - deleted {
        let insertion = changed.get(anchor + 1..anchor + 1 + inserted).unwrap_or_default();
        if insertion.len() == inserted && apply(anchor + 1, deleted, insertion) == changed {
            let base = char::from(genome[anchor]);
            let text = |bases: &[u8]| format!("{base}{}", String::from_utf8_lossy(bases));
            found.push(
                format!(
                    "chr1-{}-{}-{}",
                    anchor + 1,
                    text(&genome[anchor + 1..anchor + 1 + deleted]),
                    text(insertion)
                )
                .parse()
                .unwrap(),
            );
        }
    }
    found
}

#[test]
fn all_spellings_of_a_change_have_one_name_and_its_region_is_their_span() {
    let mut dice = Dice(7);
    let mut several = 0;
    for _ in 0..400 {
        // Two letters make repeats likely; the ends stop every slide.
        let middle = (0..60).map(|_| b"AC"[dice.below(2)]);
        let genome: Vec<u8> = b"GT".iter().copied().chain(middle).chain(*b"TG").collect();
        let (at, size) = (2 + dice.below(50), 1 + dice.below(5));
        let anchor = char::from(genome[at]);
        let bases: String = genome[at + 1..at + 1 + size].iter().map(|b| char::from(*b)).collect();
        let put: String = (0..size).map(|_| char::from(b"AC"[dice.below(2)])).collect();
        let text = match dice.below(2) {
            0 => format!("chr1-{}-{anchor}{bases}-{anchor}", at + 1),
            _ => format!("chr1-{}-{anchor}-{anchor}{put}", at + 1),
        };
        let variant: Variant = text.parse().unwrap();
        let reference = Stretch::new(variant.contig, 1, &genome);
        let all = spellings(&genome, &variant);
        assert!(all.contains(&variant));
        several += usize::from(all.len() > 1);
        let name = spdi(&variant, &reference).unwrap();
        let ids = vrs(&variant, &reference).unwrap();
        for spelling in &all {
            assert_eq!(spdi(spelling, &reference).as_ref(), Some(&name), "{variant} as {spelling}");
            assert_eq!(vrs(spelling, &reference).as_ref(), Some(&ids));
        }
        let change = Justified::of(&variant, &reference).unwrap();
        let deleted = variant.reference.len() as u32 - 1;
        let first = all.iter().map(|v| v.position.get()).min().unwrap();
        let last = all.iter().map(|v| v.position.get() + deleted).max().unwrap();
        assert_eq!((change.start, change.end()), (first, last), "{variant}");
        assert_eq!(change.deleted, &genome[first as usize..last as usize]);
    }
    assert!(several > 200, "{several}");
}
