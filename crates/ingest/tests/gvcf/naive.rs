//! A slow, obviously right joint caller: looks at every record of every person for every variant.

use crate::cohort::{Table, is_male};
use gj_ingest::BlockFloor;
use gj_model::{Contig, Counts, Zone};
use std::collections::BTreeSet;

/// A record of one person.
struct Record {
    contig: String,
    position: u32,
    end: u32,
    reference: String,
    alternates: Vec<String>,
    /// Allele numbers; `None` is missing.
    alleles: Vec<Option<usize>>,
    is_low: bool,
}

/// A person and the records of all files that have them.
pub struct Person {
    name: String,
    records: Vec<Record>,
}

/// The people of gVCF texts.
pub fn people<'a>(texts: impl IntoIterator<Item = &'a str>, floor: BlockFloor) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for text in texts {
        let names: Vec<&str> =
            text.lines().find(|l| l.starts_with("#CHROM")).unwrap().split('\t').skip(9).collect();
        for (column, name) in names.iter().enumerate() {
            let records = text.lines().filter(|line| !line.starts_with('#'));
            let records = records.map(|line| record(line, 9 + column, floor));
            match people.iter_mut().find(|person| person.name == *name) {
                Some(person) => person.records.extend(records),
                None => people.push(Person { name: (*name).to_owned(), records: records.collect() }),
            }
        }
    }
    people
}

fn record(line: &str, column: usize, floor: BlockFloor) -> Record {
    let fields: Vec<&str> = line.split('\t').collect();
    let position: u32 = fields[1].parse().unwrap();
    let alternates: Vec<String> = fields[4].split(',').map(str::to_owned).collect();
    let is_block = alternates.iter().all(|a| a == "<NON_REF>" || a == "<*>" || a == ".");
    let info_end = fields[7].split(';').find_map(|entry| entry.strip_prefix("END="));
    let end =
        info_end.filter(|_| is_block).map_or(position + fields[3].len() as u32 - 1, |e| e.parse().unwrap());
    let values: Vec<&str> = fields[column].split(':').collect();
    let value = |name: &str| -> Option<f64> {
        let place = fields[8].split(':').position(|key| key == name)?;
        values.get(place)?.parse().ok()
    };
    let depth = value("MIN_DP").or(value("DP"));
    let is_low = is_block
        && (depth.is_some_and(|depth| depth < f64::from(floor.dp))
            || value("GQ").is_some_and(|quality| quality < f64::from(floor.gq)));
    let alleles = values[0].split(['/', '|']).map(|allele| allele.parse().ok()).collect();
    let contig = format!("chr{}", fields[0].trim_start_matches("chr"));
    Record { contig, position, end, reference: fields[3].to_owned(), alternates, alleles, is_low }
}

/// Alleles of a person at a variant: `Some(true)` the variant's, `None` not known.
fn alleles(
    person: &Person,
    contig: &str,
    position: u32,
    reference: &str,
    alternate: &str,
) -> Vec<Option<bool>> {
    let on_contig = || person.records.iter().filter(|r| r.contig == contig);
    let named = on_contig().find_map(|r| {
        let number = r.alternates.iter().position(|a| a == alternate)? + 1;
        let is_here = r.position == position && r.reference == reference;
        is_here.then(|| r.alleles.iter().map(|a| a.map(|a| a == number)).collect())
    });
    if let Some(alleles) = named {
        return alleles;
    }
    // Another record that covers the place with a whole genotype: no copy of this allele.
    let copies = copies(person, contig, position);
    if copies == 0 { vec![None; 2] } else { vec![Some(false); copies] }
}

/// Copies that the first record to call a base gives a person there.
fn copies(person: &Person, contig: &str, position: u32) -> usize {
    let covering =
        person.records.iter().filter(|r| r.contig == contig && (r.position..=r.end).contains(&position));
    let mut called = covering.filter(|r| !r.is_low && r.alleles.iter().all(Option::is_some));
    called.next().map_or(0, |r| r.alleles.len())
}

/// The names of those who are called at a base, with their copies.
pub fn called<'a>(people: &'a [Person], contig: &str, position: u32) -> Vec<(&'a str, usize)> {
    let of = |person: &'a Person| (person.name.as_str(), copies(person, contig, position));
    people.iter().map(of).filter(|(_, copies)| *copies > 0).collect()
}

/// The table of counts over these people; a variant that nobody carries is not there.
pub fn table(people: &[Person]) -> Table {
    let mut sites: BTreeSet<(String, u32, String, String)> = BTreeSet::new();
    for r in people.iter().flat_map(|person| &person.records) {
        for alternate in r.alternates.iter().filter(|a| a.bytes().all(|base| b"ACGTN".contains(&base))) {
            sites.insert((r.contig.clone(), r.position, r.reference.clone(), alternate.clone()));
        }
    }
    let mut table = Table::new();
    for (contig, position, reference, alternate) in sites {
        let mut sums = [Counts::default(); 2];
        for person in people {
            let is_male = is_male(&person.name);
            let alleles = alleles(person, &contig, position, &reference, &alternate);
            let zone = contig.parse::<Contig>().unwrap().zone(position);
            sums[usize::from(is_male)] += counted(&alleles, is_male, zone);
        }
        if sums.iter().any(|sum| sum.ac > 0) {
            table.insert(format!("{contig}-{position}-{reference}-{alternate}"), sums);
        }
    }
    table
}

/// The rules of `docs/counting.md`, written down once more.
fn counted(alleles: &[Option<bool>], is_male: bool, zone: Zone) -> Counts {
    let known = alleles.iter().flatten().count() as u32;
    let alternate = alleles.iter().filter(|allele| **allele == Some(true)).count() as u32;
    let one_copy = match zone {
        Zone::Diploid => false,
        Zone::X => is_male,
        Zone::Y if is_male => true,
        Zone::Y => return Counts::default(),
        Zone::Mt => true,
    };
    let is_mixed = known == 2 && alternate == 1;
    if known == 0 || (one_copy && is_mixed && zone != Zone::Mt) {
        return Counts::default();
    }
    if one_copy {
        let hemi = u32::from(alternate > 0 && !is_mixed);
        return Counts { ac: u32::from(alternate > 0), an: 1, hom: 0, hemi, people: 1 };
    }
    let hemi = u32::from(alleles.len() == 1 && alternate == 1);
    Counts { ac: alternate, an: known, hom: u32::from(alternate == 2), hemi, people: 1 }
}
