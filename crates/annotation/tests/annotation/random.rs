//! Random variants on real genes: the installed bcftools, and HGVS names there and back.

use crate::fixture::{Case, csq, files, folders, has_bcftools, missense, of_bcsq, unversioned, variant};
use gj_annotation::{Annotator, Edit, hgvs};
use std::collections::{BTreeMap, BTreeSet};

/// A small generator of its own, so that a failure can be repeated.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn bases(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"ACGT"[self.below(4)])).collect()
    }
}

/// Variants in or near exons of a case's transcripts: position (1-based), reference and alternate allele.
pub fn variants(case: &Case, bases: &[u8], count: usize, dice: &mut Dice) -> Vec<(usize, String, String)> {
    let exons: Vec<_> = case.models.transcripts().iter().flat_map(|t| &t.exons).collect();
    let mut made = Vec::new();
    for _ in 0..count {
        let exon = exons[dice.below(exons.len())];
        let near = exon.start.saturating_sub(12).max(2) as usize;
        let position = near + dice.below((exon.bases() as usize).min(2_000) + 24);
        let (from, to) = match dice.below(5) {
            0 | 1 => (1, 1),
            2 => (1 + dice.below(7), 1),
            3 => (1, 1 + dice.below(7)),
            _ => (1 + dice.below(4), 1 + dice.below(4)),
        };
        // Room to move a change to either side.
        if position + 40 > bases.len() {
            continue;
        }
        let reference = &bases[position - 1..position - 1 + from];
        let reference = String::from_utf8(reference.to_ascii_uppercase()).unwrap();
        let (first, rest) = reference.split_at(1);
        let alternate = match (from, to) {
            (1, 1) => dice.bases(1),
            (_, 1) => first.to_owned(),
            (1, _) => format!("{first}{}", dice.bases(to - 1)),
            _ => format!("{}{}", dice.bases(1), dice.bases(to - 1)),
        };
        if alternate != reference && !rest.contains('N') && !first.contains('N') {
            made.push((position, reference, alternate));
        }
    }
    made.sort();
    made.dedup();
    made
}

#[test]
fn random_variants_agree_with_the_installed_bcftools() {
    if !has_bcftools() {
        return;
    }
    let (mut dice, mut compared, mut equal) = (Dice(0x2026_1122), 0, 0);
    let mut same_protein = 0;
    let (mut explained, mut strange): (BTreeMap<&str, usize>, Vec<String>) = Default::default();
    for folder in folders() {
        let (gff, fa) = (&files(&folder, ".gff")[0], &files(&folder, ".fa")[0]);
        let case = Case::read(gff, fa);
        let Some((name, bases)) = case.sequences.iter().next().filter(|_| case.sequences.len() == 1) else {
            continue;
        };
        let mut vcf = format!("##fileformat=VCFv4.2\n##contig=<ID={name}>\n");
        vcf += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        for (position, reference, alternate) in variants(&case, bases, 400, &mut dice) {
            vcf += &format!("{name}\t{position}\t.\t{reference}\t{alternate}\t.\t.\t.\n");
        }
        let Some(rows) = csq(gff, fa, &vcf) else {
            eprintln!("bcftools gives up on {}", folder.display());
            continue;
        };
        for (name, position, reference, alternate, bcsq) in rows {
            let v = variant(&name, &position.to_string(), &reference, &alternate).unwrap();
            let (ours, theirs) = (case.terms(&name, &v), of_bcsq(&bcsq));
            let proteins = missense(&case, &name, &v);
            for one in bcsq.split(',').map(|one| one.split('|').collect::<Vec<_>>()) {
                if let ["missense", _, id, _, _, amino_acids, ..] = one[..]
                    && reference.len() == 1
                {
                    assert_eq!(
                        proteins.get(&unversioned(id)).map(String::as_str),
                        Some(amino_acids),
                        "{v} {id}"
                    );
                    same_protein += 1;
                }
            }
            let ids: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            for id in ids {
                let none = BTreeSet::new();
                let (ours, theirs) = (ours.get(id).unwrap_or(&none), theirs.get(id).unwrap_or(&none));
                compared += 1;
                if ours == theirs {
                    equal += 1;
                } else if let Some(why) = why(ours, theirs) {
                    *explained.entry(why).or_default() += 1;
                } else {
                    strange.push(format!("{v} {id}: bcftools {theirs:?}, ours {ours:?}"));
                }
            }
        }
    }
    eprintln!("{compared} compared, {equal} equal, {explained:#?}, not explained: {strange:#?}");
    if compared > 0 {
        assert!(same_protein > 1_000, "{same_protein}");
        assert!(equal * 100 > compared * 80 && strange.len() * 1_000 < compared);
    }
}

/// Why bcftools and we tell different things; decision 31 says which is meant. `None` where nobody knows.
fn why(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> Option<&'static str> {
    let has = |set: &BTreeSet<String>, words: &[&str]| words.iter().any(|&word| set.contains(word));
    let without = |set: &BTreeSet<String>, words: &[&str]| -> BTreeSet<String> {
        set.iter().filter(|word| !words.contains(&word.as_str())).cloned().collect()
    };
    let differ_by = |words: &[&str]| without(ours, words) == without(theirs, words);
    let sites = ["splice_acceptor", "splice_donor"];
    let utr = ["5_prime_utr", "3_prime_utr"];
    let place = ["5_prime_utr", "3_prime_utr", "splice_region"];
    Some(match () {
        () if differ_by(&["splice_region"]) => "splice region of the trimmed change",
        () if differ_by(&place) => "untranslated exons that the file has no UTR line for",
        () if theirs.is_empty() && !has(ours, &["missense", "frameshift"]) => "untranslated, or no UTR line",
        () if differ_by(&["stop_gained", "splice_region"]) && has(ours, &["frameshift"]) => {
            "stop soon after a shift"
        }
        () if differ_by(&["inframe_insertion", "inframe_altering", "splice_region"]) => {
            "insertion that also changes"
        }
        () if has(ours, &["coding_sequence"]) && has(ours, &sites) => {
            "over a splice site: no protein is told"
        }
        () if has(theirs, &sites) && !has(ours, &sites) => "can be written beside the splice site",
        () if has(ours, &sites) && !has(theirs, &sites) => {
            "site lost in a delins or beside untranslated bases"
        }
        () if has(theirs, &sites) && has(theirs, &["synonymous"]) => "word `synonymous` for no protein",
        () if has(theirs, &["missense"]) && has(ours, &["stop_gained"]) => {
            "stop in the second codon of an MNV"
        }
        () if has(ours, &["start_lost", "start_retained"])
            || has(theirs, &["start_lost", "start_retained"]) =>
        {
            "start codon"
        }
        () if has(ours, &["stop_lost", "stop_retained"]) || has(theirs, &["stop_lost", "stop_retained"]) => {
            "stop codon"
        }
        () if has(ours, &["incomplete_terminal_codon"]) => "incomplete last codon",
        () if differ_by(&utr) => "untranslated exons",
        () => return None,
    })
}

#[test]
fn names_lead_back_to_the_variant() {
    let (mut dice, mut names) = (Dice(7), 0);
    for folder in folders() {
        let case = Case::read(&files(&folder, ".gff")[0], &files(&folder, ".fa")[0]);
        for (name, bases) in &case.sequences {
            let reference = case.reference(name);
            for (position, from, to) in variants(&case, bases, 300, &mut dice) {
                let v = variant(name, &position.to_string(), &from, &to).unwrap();
                let edit = Edit::of(&v);
                let genomic = hgvs::on_genome(&edit, &reference).unwrap();
                let back =
                    |name: &hgvs::Hgvs| hgvs::resolve(name, &case.models, &reference).unwrap().unwrap();
                let normal = back(&genomic);
                let applied = |v: &gj_model::Variant| {
                    let at = v.position.get() as usize - 1;
                    [&bases[..at], v.alternate.as_bytes(), &bases[at + v.reference.len()..]].concat()
                };
                assert!(applied(&normal).eq_ignore_ascii_case(&applied(&v)), "{v} as {genomic} is {normal}");
                let mut annotator = Annotator::new(&case.models, &reference);
                for annotation in annotator.annotate(&v) {
                    let transcript = annotation.transcript;
                    let Some(own) = hgvs::on_transcript(transcript, &edit, &reference) else { continue };
                    if case.models.transcript(&own.accession) != Some(transcript) {
                        continue;
                    }
                    assert_eq!(back(&own), normal, "{v} on {own}");
                    assert_eq!(own.to_string().parse::<hgvs::Hgvs>().unwrap(), own);
                    names += 1;
                }
            }
        }
    }
    assert!(names > 5_000 || folders().is_empty(), "{names} names");
}
