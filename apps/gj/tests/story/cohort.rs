//! The real cohort, split as four institutions would bring it, and a small one made up on the spot.

use crate::house::{House, has, shared};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// An institution of the real cohort: its sheet, its sample names, its files.
#[derive(Debug, Clone)]
pub struct Contributor {
    pub id: &'static str,
    pub sheet: PathBuf,
    pub samples: Vec<String>,
    pub files: Vec<PathBuf>,
}

/// The 1000 Genomes 30× pharmacogene regions: 3,202 people, JPT held by one contributor alone.
pub struct Real {
    pub genes: Vec<PathBuf>,
    pub contributors: Vec<Contributor>,
    pub population: HashMap<String, String>,
}

/// The real cohort, or `None` with a note. Split once a process, kept in cargo's folder for tests.
pub fn real() -> Option<&'static Real> {
    static REAL: OnceLock<Option<Real>> = OnceLock::new();
    REAL.get_or_init(|| {
        let shared = shared()?;
        has("bcftools").then(|| split(&shared.join("data/genotypes")))
    })
    .as_ref()
}

fn contributor_of(population: &str, superpopulation: &str) -> &'static str {
    match (population, superpopulation) {
        ("JPT", _) => "jpt-centre",
        (_, "EAS" | "SAS") => "asia-biobank",
        (_, "EUR" | "AMR") => "west-hospital",
        _ => "africa-institute",
    }
}

fn split(genotypes: &Path) -> Real {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real");
    let mut genes: Vec<PathBuf> = fs::read_dir(genotypes.join("1000g_nygc30x_grch38_pgx"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "gz"))
        .collect();
    genes.sort();
    let ids = ["jpt-centre", "asia-biobank", "west-hospital", "africa-institute"];
    let mut sheets: BTreeMap<&str, String> = ids.iter().map(|id| (*id, header())).collect();
    let mut samples: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let panel = fs::read_to_string(genotypes.join("panels/igsr_samples.tsv")).unwrap();
    let origin: HashMap<&str, (&str, &str)> = panel
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|f| (f[0], (f[3], f[5])))
        .collect();
    let pedigree = fs::read_to_string(genotypes.join("panels/1KGP_2504_and_698_with_GIAB.ped")).unwrap();
    let pedigree: HashMap<&str, Vec<&str>> =
        pedigree.lines().map(|line| line.split('\t').collect::<Vec<_>>()).map(|f| (f[1], f)).collect();
    let mut population = HashMap::new();
    for name in names(&genes[0]) {
        let (of, superpopulation) = origin[name.as_str()];
        let id = contributor_of(of, superpopulation);
        let f = &pedigree[name.as_str()];
        let parent = |text: &str| if text == "0" { String::new() } else { text.to_owned() };
        let sex = if f[4] == "1" { "male" } else { "female" };
        // Every fourth person did not allow use by a company alone.
        let consent = if f[1].bytes().map(u32::from).sum::<u32>() % 4 == 0 {
            "research"
        } else {
            "research,company-alone"
        };
        let row = [&name, &format!("P-{name}"), sex, f[0], &parent(f[2]), &parent(f[3]), of, consent, ""]
            .join("\t");
        sheets.get_mut(id).unwrap().push_str(&(row + "\n"));
        samples.entry(id).or_default().push(name.clone());
        population.insert(name, of.to_owned());
    }
    let contributors = ids.map(|id| {
        let own = folder.join(id);
        fs::create_dir_all(&own).unwrap();
        let sheet = folder.join(format!("{id}.tsv"));
        fs::write(&sheet, &sheets[id]).unwrap();
        let files = genes.iter().map(|gene| subset(gene, &own, &samples[id])).collect();
        Contributor { id, sheet, samples: samples[id].clone(), files }
    });
    Real { genes, contributors: contributors.to_vec(), population }
}

/// Writes the file's records for these samples only, unless it is there already.
fn subset(gene: &Path, folder: &Path, samples: &[String]) -> PathBuf {
    let target = folder.join(gene.file_name().unwrap());
    if !target.exists() {
        let part = folder.join("part");
        let status = Command::new("bcftools")
            .args(["view", "-Oz", "-s", &samples.join(",")])
            .arg("-o")
            .arg(&part)
            .arg(gene)
            .status()
            .unwrap();
        assert!(status.success());
        fs::rename(part, &target).unwrap();
    }
    target
}

/// The header line of a sample sheet.
pub fn header() -> String {
    "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases\n".to_owned()
}

/// Sample names of a BGZF-compressed VCF.
pub fn names(file: &Path) -> Vec<String> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let line = text.lines().find(|line| line.starts_with("#CHROM")).unwrap();
    line.split('\t').skip(9).map(str::to_owned).collect()
}

impl House {
    /// Registers a contributor and takes in its files as one batch.
    pub fn take_in(&self, contributor: &Contributor) {
        self.ok(&["import-samples", "--institution", contributor.id], &[&contributor.sheet]);
        let files: Vec<&Path> = contributor.files.iter().map(PathBuf::as_path).collect();
        self.ok(&["ingest", "--institution", contributor.id], &files);
    }
}

/// A made-up cohort: deterministic, with missing, half, haploid, multi-allelic and phased calls.
pub struct MadeUp {
    pub people: usize,
    records: Vec<(&'static str, u32, &'static str, &'static str, Vec<String>)>,
}

/// A small generator of numbers, so that tests need no crate for it.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64, by Steele, Lea and Flood (2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % sides
    }
}

impl MadeUp {
    pub fn new(people: usize, sites: usize, seed: u64) -> MadeUp {
        let mut dice = Dice(seed);
        let mut records = Vec::new();
        for contig in ["chr2", "chr10", "chr22", "chrX", "chrY", "chrM"] {
            let mut position = 3_000_000;
            if contig == "chrM" {
                position = 100;
            }
            for _ in 0..sites {
                position += 1 + dice.roll(40) as u32;
                let alternates = ["C", "G,T", "AT"][dice.roll(3) as usize];
                let count = alternates.split(',').count() as u64;
                let calls = (0..people).map(|person| call(&mut dice, contig, person, count)).collect();
                records.push((contig, position, "A", alternates, calls));
            }
        }
        MadeUp { people, records }
    }

    /// Sample sheet rows of some people.
    pub fn sheet(&self, people: &[usize]) -> String {
        let row = |p: &usize| {
            let sex = if p.is_multiple_of(2) { "male" } else { "female" };
            let consent = if p.is_multiple_of(3) { "research" } else { "research,company-alone" };
            format!("S{p}\tP{p}\t{sex}\t\t\t\tstratum{}\t{consent}\t\n", p % 4)
        };
        header() + &people.iter().map(row).collect::<String>()
    }

    /// A VCF of some people and of the records whose index `keep` wants.
    pub fn vcf(&self, people: &[usize], keep: impl Fn(usize) -> bool) -> String {
        let mut text =
            "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
                .to_owned();
        for contig in ["chr2", "chr10", "chr22", "chrX", "chrY", "chrM"] {
            text.push_str(&format!("##contig=<ID={contig}>\n"));
        }
        text.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT");
        people.iter().for_each(|p| text.push_str(&format!("\tS{p}")));
        for (contig, position, reference, alternates, calls) in
            self.records.iter().enumerate().filter(|(index, _)| keep(*index)).map(|(_, record)| record)
        {
            text.push_str(&format!("\n{contig}\t{position}\t.\t{reference}\t{alternates}\t.\tPASS\t.\tGT"));
            people.iter().for_each(|p| {
                text.push('\t');
                text.push_str(&calls[*p]);
            });
        }
        text.push('\n');
        text
    }
}

fn call(dice: &mut Dice, contig: &str, person: usize, alternates: u64) -> String {
    let mut allele = || match dice.roll(20) {
        0 => ".".to_owned(),
        1..=6 => (1 + dice.roll(alternates)).to_string(),
        _ => "0".to_owned(),
    };
    let male = person.is_multiple_of(2);
    let (first, second) = (allele(), allele());
    match contig {
        "chrX" if male => first,
        "chrY" if male => first,
        "chrY" => ".".to_owned(),
        "chrM" => first,
        _ if first == "0" && second == "0" && person.is_multiple_of(5) => "0/0".to_owned(),
        _ if person.is_multiple_of(3) => format!("{first}/{second}"),
        _ => format!("{first}|{second}"),
    }
}
