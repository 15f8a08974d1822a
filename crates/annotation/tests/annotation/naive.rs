//! A second implementation that is slow and plain: the variant is written into the genome, every base of the
//! transcript is walked before and after, both proteins are translated and compared.

use crate::fixture::{Case, files, folders, variant};
use crate::random::{Dice, variants};
use gj_annotation::{Annotator, Consequence as C, ProteinChange, Transcript};

fn complement(base: char) -> char {
    "ACGTN".chars().zip("TGCAN".chars()).find(|(from, _)| *from == base).unwrap().1
}

/// One letter of the codon's amino acid, by the groups of the wheel of codons.
fn amino_acid(codon: &str) -> char {
    let groups = [
        ("F", "TTT TTC"),
        ("L", "TTA TTG CTT CTC CTA CTG"),
        ("I", "ATT ATC ATA"),
        ("M", "ATG"),
        ("V", "GTT GTC GTA GTG"),
        ("S", "TCT TCC TCA TCG AGT AGC"),
        ("P", "CCT CCC CCA CCG"),
        ("T", "ACT ACC ACA ACG"),
        ("A", "GCT GCC GCA GCG"),
        ("Y", "TAT TAC"),
        ("*", "TAA TAG TGA"),
        ("H", "CAT CAC"),
        ("Q", "CAA CAG"),
        ("N", "AAT AAC"),
        ("K", "AAA AAG"),
        ("D", "GAT GAC"),
        ("E", "GAA GAG"),
        ("C", "TGT TGC"),
        ("W", "TGG"),
        ("R", "CGT CGC CGA CGG AGA AGG"),
        ("G", "GGT GGC GGA GGG"),
    ];
    groups.iter().find(|(_, codons)| codons.contains(codon)).map_or('X', |(aa, _)| aa.chars().next().unwrap())
}

fn protein(bases: &str) -> String {
    let mut protein = String::new();
    for start in (0..bases.len() / 3 * 3).step_by(3) {
        protein.push(amino_acid(&bases[start..start + 3]));
        if protein.ends_with('*') {
            break;
        }
    }
    protein
}

/// The bases from the start codon to the end of the transcript, each with what the variant makes of it.
fn from_start(transcript: &Transcript, genome: &[String]) -> String {
    let coding = transcript.coding.as_ref().unwrap();
    let mut bases: Vec<&String> =
        transcript.exons.iter().flat_map(|e| &genome[e.start as usize - 1..e.end as usize]).collect();
    if !transcript.is_forward() {
        bases.reverse();
    }
    let bases = bases[coding.start as usize..].iter();
    bases
        .map(|base| match transcript.is_forward() {
            true => (*base).clone(),
            false => base.chars().rev().map(complement).collect(),
        })
        .collect()
}

#[test]
fn proteins_are_those_of_the_changed_genome() {
    let (mut dice, mut checked) = (Dice(99), 0);
    for folder in folders() {
        let case = Case::read(&files(&folder, ".gff")[0], &files(&folder, ".fa")[0]);
        for (name, bases) in &case.sequences {
            let before: Vec<String> =
                bases.iter().map(|&b| char::from(b.to_ascii_uppercase()).into()).collect();
            let reference = case.reference(name);
            let mut annotator = Annotator::new(&case.models, &reference);
            for (position, from, to) in variants(&case, bases, 60, &mut dice) {
                let v = variant(name, &position.to_string(), &from, &to).unwrap();
                let mut after = before.clone();
                // All of the new allele on its last base that is also an old one, so that it stays in the exon.
                for (i, base) in after[position - 1..position - 1 + from.len()].iter_mut().enumerate() {
                    *base = match (to.get(i..=i), i + 1 == from.len()) {
                        (Some(_), true) => to[i..].to_owned(),
                        (Some(one), false) => one.to_owned(),
                        (None, _) => String::new(),
                    };
                }
                for annotation in annotator.annotate(&v) {
                    let (transcript, terms) = (annotation.transcript, annotation.consequences);
                    let Some(coding) = transcript.coding.as_ref() else { continue };
                    if coding.missing > 0 || coding.slippage || coding.end_incomplete {
                        continue;
                    }
                    // Only where every base of the record, and one beside it, is coding: the rest is place.
                    let is_coding = |p: u32| {
                        transcript.offset(p).is_some_and(|o| (coding.start + 3..coding.end - 3).contains(&o))
                    };
                    let first = v.position.get();
                    if !(first - 1..=first + from.len() as u32).all(is_coding) {
                        continue;
                    }
                    let (old, new) = (from_start(transcript, &before), from_start(transcript, &after));
                    let length = (coding.end - coding.start) as usize;
                    let (old, new) = (protein(&old[..length]), protein(&new));
                    // A stop inside the reference is selenocysteine or a pseudogene.
                    if old.find('*') != Some(length / 3 - 1) {
                        continue;
                    }
                    let told =
                        format!("{v} on {}: {terms}, {:?}\n{old}\n{new}", transcript.id, annotation.protein);
                    let shift = (to.len() + 3 * from.len() - from.len()) % 3;
                    assert_eq!(terms.has(C::Frameshift), shift != 0, "{told}");
                    assert_eq!(terms.has(C::Synonymous), old == new, "{told}");
                    let is_same = matches!(annotation.protein, Some(ProteinChange::Same(_)));
                    assert_eq!(is_same, old == new, "{told}");
                    if shift == 0 {
                        assert_eq!(
                            terms.has(C::StopGained),
                            new.len() * 3 < length + to.len() - from.len(),
                            "{told}"
                        );
                        let same_length = to.len() == from.len();
                        let missense = same_length && old != new && old.len() == new.len();
                        assert_eq!(terms.has(C::Missense), missense, "{told}");
                        let indel = [C::InframeInsertion, C::InframeDeletion, C::ProteinAltering];
                        assert_eq!(indel.iter().any(|&t| terms.has(t)), !same_length, "{told}");
                    }
                    assert_eq!(apply(&old, annotation.protein.as_ref().unwrap(), &new), new, "{told}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 200 || folders().is_empty(), "{checked} checked");
}

/// The old protein with the change applied; what a name does not tell, the tail of a frameshift or an
/// extension, is taken from the new one after its length was compared.
fn apply(old: &str, change: &ProteinChange, new: &str) -> String {
    let letters = |all: &[u8]| String::from_utf8(all.to_vec()).unwrap();
    let upto = |number: u32| old[..number as usize - 1].to_owned();
    let after = |number: u32| old[number as usize..].to_owned();
    let applied = match change {
        ProteinChange::Same(_) => old.to_owned(),
        ProteinChange::StartLost => panic!("no start is touched"),
        ProteinChange::Substitution(at, b'*') => upto(at.number) + "*",
        ProteinChange::Substitution(at, to) => upto(at.number) + &letters(&[*to]) + &after(at.number),
        ProteinChange::Deletion(first, last) => upto(first.number) + &after(last.number),
        ProteinChange::Duplication(first, last) => {
            let (first, last) = (first.number as usize, last.number as usize);
            old[..last].to_owned() + &old[first - 1..last] + &old[last..]
        }
        ProteinChange::Insertion(left, _, all) => upto(left.number + 1) + &letters(all) + &after(left.number),
        ProteinChange::Delins(first, last, all) => upto(first.number) + &letters(all) + &after(last.number),
        ProteinChange::Frameshift(at, to, stop) => {
            let end = stop.map_or(new.len(), |stop| at.number as usize - 1 + stop as usize);
            assert_eq!(new.len(), end, "{change}");
            assert_eq!(new.ends_with('*'), stop.is_some());
            upto(at.number) + &letters(&[*to]) + &new[at.number as usize..]
        }
        ProteinChange::Extension(at, to, _) => {
            upto(at.number) + &letters(&[*to]) + &new[at.number as usize..]
        }
    };
    let end = applied.find('*').map_or(applied.len(), |stop| stop + 1);
    applied[..end].to_owned()
}
