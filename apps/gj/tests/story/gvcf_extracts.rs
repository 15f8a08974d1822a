//! Extracts of people who came as gVCFs, beside people who came as plain VCFs: every genotype is the one
//! that a naive joint caller reads in the files.

use crate::cohort::{Dice, header};
use crate::extracts::{EVERYWHERE, approve, columns, split, text, write};
use crate::gvcf::files;
use crate::house::{House, has};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A record of one person. A reference block is one without a spelled alternate allele.
struct Record {
    contig: String,
    position: u32,
    end: u32,
    reference: String,
    alternates: Vec<String>,
    genotype: String,
    of_gvcf: bool,
    /// Whether every base of it is called, as `docs/counting.md` says.
    calls: bool,
}

/// A person: what their file says, read without the program.
struct Person {
    name: String,
    /// May be given to a company alone.
    for_companies: bool,
    records: Vec<Record>,
}

type Site = (usize, u32, String, String);

fn is_spelled(alternate: &&String) -> bool {
    alternate.bytes().all(|base| b"ACGTN".contains(&base))
}

/// The records of one column of a VCF.
fn records(vcf: &str, column: usize, of_gvcf: bool) -> Vec<Record> {
    let record = |line: &str| {
        let f: Vec<&str> = line.split('\t').collect();
        let position: u32 = f[1].parse().unwrap();
        let alternates: Vec<String> = f[4].split(',').map(str::to_owned).collect();
        let is_block = !alternates.iter().any(|alternate| is_spelled(&alternate));
        let end = f[7].split(';').find_map(|entry| entry.strip_prefix("END=")).filter(|_| is_block);
        let values: Vec<&str> = f[9 + column].split(':').collect();
        let depth = |name| f[8].split(':').position(|key| key == name).and_then(|at| values.get(at));
        let depth = depth("MIN_DP").or(depth("DP")).and_then(|text| text.parse::<u32>().ok());
        Record {
            contig: f[0].to_owned(),
            position,
            end: end.map_or(position + f[3].len() as u32 - 1, |end| end.parse().unwrap()),
            reference: f[3].to_owned(),
            alternates,
            genotype: values[0].to_owned(),
            of_gvcf,
            calls: of_gvcf && !values[0].contains('.') && !(is_block && depth == Some(0)),
        }
    };
    vcf.lines().filter(|line| !line.starts_with('#')).map(record).collect()
}

impl Person {
    fn new(name: &str, vcf: &str, column: usize, of_gvcf: bool) -> Person {
        let for_companies = name.bytes().map(u32::from).sum::<u32>() % 3 != 0;
        Person { name: name.to_owned(), for_companies, records: records(vcf, column, of_gvcf) }
    }

    fn row(&self, sex: &str) -> String {
        let consent = if self.for_companies { "research,company-alone" } else { "research" };
        format!("{}\tP-{}\t{sex}\t\t\t\tJPT\t{consent}\t\n", self.name, self.name)
    }

    /// The genotype at a variant, and whether it is a reason to give the row.
    fn genotype(&self, (contig, position, reference, alternate): &Site) -> (String, bool) {
        let over = |r: &&Record| (r.position..=r.end).contains(position) && EVERYWHERE[*contig] == r.contig;
        let own = self.records.iter().filter(over).find_map(|r| {
            let number = r.alternates.iter().position(|a| a == alternate)? + 1;
            let is_here = r.position == *position && r.reference == *reference;
            is_here.then(|| (split(&r.genotype, number), r.of_gvcf))
        });
        if let Some((mut own, of_gvcf)) = own {
            // An absent row reads `0/0`, so a reference call of a gVCF does, whether it has a row or not.
            if of_gvcf && own == "0|0" {
                own = "0/0".to_owned();
            }
            // Only carriers are a reason where an absent row is a reference call.
            let lists = own.contains('1') || !of_gvcf && own.contains('0');
            return (own, lists);
        }
        let block = self.records.iter().filter(over).find(|r| r.calls);
        let copies = block.map_or(0, |r| r.genotype.split(['/', '|']).count());
        (["./.", "0", "0/0"][copies].to_owned(), false)
    }
}

/// The columns that an extract of these people must have, in an order that needs no names.
fn expected(people: &[&Person]) -> Vec<Vec<String>> {
    let mut sites: BTreeSet<Site> = BTreeSet::new();
    for record in people.iter().flat_map(|person| &person.records) {
        let contig = EVERYWHERE.iter().position(|contig| *contig == record.contig).unwrap();
        for alternate in record.alternates.iter().filter(is_spelled) {
            sites.insert((contig, record.position, record.reference.clone(), alternate.clone()));
        }
    }
    let mut all = vec![Vec::new(); people.len()];
    for site in sites {
        let genotypes: Vec<(String, bool)> = people.iter().map(|person| person.genotype(&site)).collect();
        if genotypes.iter().any(|(_, lists)| *lists) {
            let variant = [EVERYWHERE[site.0], &site.1.to_string(), &site.2, &site.3].join("-");
            for (column, (genotype, _)) in all.iter_mut().zip(genotypes) {
                column.push(format!("{variant} {genotype}"));
            }
        }
    }
    all.sort();
    all
}

/// A plain VCF: at variants of the gVCFs, inside their blocks, and on another contig with one of them.
fn plain(gvcfs: &[Person]) -> String {
    let mut dice = Dice(31);
    let mut sites: BTreeSet<(u32, String, String)> = BTreeSet::new();
    for record in gvcfs.iter().flat_map(|person| &person.records) {
        if dice.roll(40) != 0 {
            continue;
        }
        match record.alternates.iter().find(is_spelled) {
            Some(alternate) => sites.insert((record.position, record.reference.clone(), alternate.clone())),
            None if dice.roll(60) == 0 => {
                sites.insert((record.position + 1, "A".to_owned(), "AGTC".to_owned()))
            }
            None => false,
        };
    }
    let mut text =
        "##fileformat=VCFv4.2\n##contig=<ID=chr2>\n##contig=<ID=chr22>\n#CHROM\tPOS\tID\tREF\tALT\t\
                    QUAL\tFILTER\tINFO\tFORMAT\tplain1\tplain2\tplain3\n"
            .to_owned();
    for (position, reference, alternate) in sites {
        let several = format!("{alternate},{reference}TTTTTTT");
        text += &format!("chr22\t{position}\t.\t{reference}\t{several}\t.\t.\t.\tGT");
        let spelled = ["0/0", "0|0", "0/1", "1|0", "0|1", "1/1", "./.", "./1", "0/.", "1/2", "0|2", "1|."];
        // Some records are missing for all three, or reference for all three.
        let sides = [1, 2, spelled.len()][dice.roll(3) as usize];
        for _ in 0..3 {
            let call = if sides == 1 { "./." } else { spelled[dice.roll(sides as u64) as usize] };
            text += &format!("\t{call}");
        }
        text.push('\n');
    }
    text
}

/// Two people with what the real files of one autosome do not have: one copy, on X and on MT.
fn haploid(name: &str, lines: &[&str]) -> String {
    let head = "##fileformat=VCFv4.2\n##ALT=<ID=NON_REF,Description=\"any\">\n##contig=<ID=chrX>\n##contig=<ID=chrM>\n";
    let mut text = format!("{head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{name}\n");
    for line in lines {
        let f: Vec<&str> = line.split(' ').collect();
        let (alternates, info) = match f[3] {
            "." => ("<NON_REF>".to_owned(), format!("END={}", f[4])),
            bases => (format!("{bases},<NON_REF>"), ".".to_owned()),
        };
        text += &format!("{}\t{}\t.\t{}\t{alternates}\t.\t.\t{info}\tGT:DP\t{}\n", f[0], f[1], f[2], f[5]);
    }
    text
}

/// Who is in the house, and the house: gVCFs in batches of 17, two made-up ones, a plain batch, and a plain
/// one of another contig with somebody of the gVCFs.
fn ready() -> Option<(House, Vec<Person>)> {
    let files = files()?;
    let house = House::new();
    let mut people: Vec<Person> =
        files.iter().map(|(name, path)| Person::new(name, &text(path), 0, true)).collect();
    let plain = plain(&people);
    for (column, name) in ["plain1", "plain2", "plain3"].into_iter().enumerate() {
        people.push(Person::new(name, &plain, column, false));
    }
    let man = [
        "chrX 2781470 A . 2781479 0/0:9",
        "chrX 2781480 A . 2781500 0:9",
        "chrX 2781501 A G . 1:9",
        "chrX 2781502 A . 2781510 0:0",
        "chrX 2781511 A . 2781520 .:9",
        "chrM 100 A . 120 0:9",
        "chrM 121 A C . 1:9",
    ];
    let woman = [
        "chrX 2781472 A C . 0/1:9",
        "chrX 2781485 A C . 0|1:9",
        "chrX 2781490 A . 2781501 0/0:9",
        "chrX 2781505 A C . 1/1:9",
        "chrX 2781515 A C . ./1:9",
        "chrM 110 A C . 0/1:9",
        "chrM 111 A . 130 0:0",
    ];
    let made = [("made-man", haploid("made-man", &man)), ("made-woman", haploid("made-woman", &woman))];
    people.extend(made.iter().map(|(name, vcf)| Person::new(name, vcf, 0, true)));
    let rows =
        people.iter().map(|person| person.row(if person.name == "made-man" { "male" } else { "female" }));
    fs::write(house.beside("sheet.tsv"), header() + &rows.collect::<String>()).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    let take_in = |paths: &[&Path]| drop(house.ok(&["ingest", "--institution", "centre"], paths));
    let paths: Vec<&Path> = files.iter().map(|(_, path)| path.as_path()).collect();
    take_in(&paths[..17]);
    fs::write(house.beside("plain.vcf"), &plain).unwrap();
    take_in(&[&house.beside("plain.vcf")]);
    paths[17..].chunks(17).for_each(take_in);
    let made: Vec<PathBuf> = made
        .iter()
        .map(|(name, vcf)| {
            let path = house.beside(&format!("{name}.g.vcf"));
            fs::write(&path, vcf).unwrap();
            path
        })
        .collect();
    take_in(&[&made[0], &made[1]]);
    // One of the gVCFs' people has another contig as plain records.
    let head =
        "##fileformat=VCFv4.2\n##contig=<ID=chr2>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
    let other = format!(
        "{head}\t{}\nchr2\t5000\t.\tA\tC\t.\t.\t.\tGT\t0|1\nchr2\t5009\t.\tA\tC\t.\t.\t.\tGT\t0/0\n",
        people[2].name
    );
    fs::write(house.beside("chr2.vcf"), &other).unwrap();
    take_in(&[&house.beside("chr2.vcf")]);
    people[2].records.extend(records(&other, 0, false));
    house.ok(&["freeze", "r1"], &[]);
    Some((house, people))
}

/// Writes the extract as VCF and BCF and compares all of it.
fn check(house: &House, user: &str, people: &[&Person], name: &str) -> Vec<Vec<String>> {
    let id = approve(house, user, &[]);
    let expected = expected(people);
    for format in ["vcf", "bcf"] {
        let report = write(house, &id, user, format, name);
        let file = house.beside(&format!("{name}.{format}"));
        let found = if format == "vcf" {
            text(&file)
        } else {
            let read = Command::new("bcftools").args(["view", "-Ov"]).arg(&file).output().unwrap();
            assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
            String::from_utf8(read.stdout).unwrap()
        };
        let mut found = columns(&found).1;
        found.sort();
        assert_eq!((found.len(), found[0].len()), (expected.len(), expected[0].len()), "{name} as {format}");
        for (column, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let differ = found.iter().zip(expected).find(|(found, expected)| found != expected);
            assert_eq!(differ, None, "{name} as {format}: column {column}: found, expected");
        }
        assert_eq!((&report["people"], &report["sites"]), (&people.len().into(), &expected[0].len().into()));
    }
    expected
}

#[test]
fn every_genotype_is_a_naive_joint_caller_s_beside_a_plain_batch_and_after_compaction_and_withdrawal() {
    if !has("bcftools") {
        return;
    }
    let Some((house, people)) = ready() else { return };
    let everybody: Vec<&Person> = people.iter().collect();
    let before = check(&house, "academic", &everybody, "as-they-came");
    // It is a test of something: all kinds of calls, and variants that only some people may be asked about.
    let calls: BTreeSet<&str> = before.iter().flatten().map(|call| call.split(' ').nth(1).unwrap()).collect();
    for call in ["0/0", "./.", "0", "1", "0/1", "0|1", "1|0", "1/1", "0/.", "./1"] {
        assert!(calls.contains(call), "no {call} in {calls:?}");
    }
    let allowing: Vec<&Person> = people.iter().filter(|person| person.for_companies).collect();
    let part = check(&house, "company-paid", &allowing, "company");
    assert!(part[0].len() < before[0].len() && part.len() < before.len());
    house.ok(&["compact"], &[]);
    assert_eq!(check(&house, "academic", &everybody, "compacted"), before);
    let leaving = [&people[5].name, &people[2].name, &people[51].name];
    let words: Vec<String> = leaving.iter().map(|name| format!("P-{name}")).collect();
    house.ok(&["withdraw", &words[0], &words[1], &words[2]], &[]);
    let staying: Vec<&Person> = people.iter().filter(|person| !leaving.contains(&&person.name)).collect();
    let after = check(&house, "academic", &staying, "withdrawn");
    assert!(after[0].len() < before[0].len());
    house.ok(&["verify"], &[]);
}
