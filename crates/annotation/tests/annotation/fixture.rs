//! Real gene models with their bases, and `bcftools csq` run on them.

use flate2::read::MultiGzDecoder;
use gj_annotation::{Annotator, GeneModels, ProteinChange, Stretch};
use gj_model::{Contig, Variant};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shared real data, or a note that the test is skipped.
pub fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("GJ_SHARED").map_or(beside, PathBuf::from).join("data/annotation");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "CI must have the shared data");
        eprintln!("skipped: the shared real data are not here (set GJ_SHARED)");
        return None;
    }
    Some(folder)
}

/// Whether bcftools is installed.
pub fn has_bcftools() -> bool {
    let found = Command::new("bcftools").arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "CI must have bcftools");
    if !found {
        eprintln!("skipped: bcftools is not installed");
    }
    found
}

pub fn bytes(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_some_and(|e| e == "gz") {
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
        return unpacked;
    }
    bytes
}

pub fn text(path: &Path) -> String {
    String::from_utf8(bytes(path)).unwrap()
}

/// Names of sequences that are no contig of GRCh38 stand for chr1 here.
pub fn contig(name: &str) -> Contig {
    name.parse().unwrap_or("chr1".parse().unwrap())
}

/// Sequences of a FASTA file.
pub fn fasta(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let text = text(path);
    let records = text.split('>').skip(1).map(|record| {
        let (heading, bases) = record.split_once('\n').unwrap();
        let name = heading.split_whitespace().next().unwrap().to_owned();
        (name, bases.bytes().filter(|b| !b.is_ascii_whitespace()).collect())
    });
    records.collect()
}

/// A case: gene models, the sequence of each contig by its name in the files.
pub struct Case {
    pub models: GeneModels,
    pub sequences: BTreeMap<String, Vec<u8>>,
}

impl Case {
    pub fn read(gff: &Path, fa: &Path) -> Case {
        let text = text(gff);
        let renamed = text.lines().map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            // Of GRCh37, which we refuse.
            [_, _, "chromosome", ..] => String::new(),
            // Cut out of larger files, some genes begin before base 1; we refuse that.
            [name, source, kind, start, ref rest @ ..] if !line.starts_with('#') => {
                let start = start.parse::<i64>().unwrap().max(1);
                format!("{}\t{source}\t{kind}\t{start}\t{}\n", contig(name), rest.join("\t"))
            }
            _ => format!("{line}\n"),
        });
        let name = gff.file_name().unwrap().to_str().unwrap();
        let models = GeneModels::from_gff3(name, renamed.collect::<String>().as_bytes()).unwrap();
        Case { models, sequences: fasta(fa) }
    }

    pub fn reference(&self, name: &str) -> Stretch {
        Stretch::new(contig(name), 1, &self.sequences[name])
    }

    /// Our terms by transcript, spelt as bcftools spells them; introns and what is beside left out.
    pub fn terms(&self, name: &str, variant: &Variant) -> BTreeMap<String, BTreeSet<String>> {
        let reference = self.reference(name);
        let mut annotator = Annotator::new(&self.models, &reference);
        let mut terms = BTreeMap::new();
        for annotation in annotator.annotate(variant) {
            let all = annotation.consequences.iter().filter_map(|c| in_bcftools(c.term()));
            let all: BTreeSet<String> = all.map(str::to_owned).collect();
            if !all.is_empty() {
                terms.insert(unversioned(&annotation.transcript.id), all);
            }
        }
        terms
    }
}

/// Amino acids before and after by transcript, as bcftools writes them: `146M>146T`. Only one for another.
pub fn missense(case: &Case, name: &str, variant: &Variant) -> BTreeMap<String, String> {
    let reference = case.reference(name);
    let mut annotator = Annotator::new(&case.models, &reference);
    let found = annotator.annotate(variant).into_iter().filter_map(|annotation| match annotation.protein? {
        ProteinChange::Substitution(at, to) if to != b'*' => {
            // Ensembl counts the codon that an incomplete start cuts, bcftools does not.
            let cut = annotation.transcript.coding.as_ref().is_some_and(|c| c.missing > 0);
            let (number, from, to) = (at.number - u32::from(cut), char::from(at.amino_acid), char::from(to));
            Some((unversioned(&annotation.transcript.id), format!("{number}{from}>{number}{to}")))
        }
        _ => None,
    });
    found.collect()
}

pub fn unversioned(id: &str) -> String {
    let is_version = |version: &str| version.bytes().all(|b| b.is_ascii_digit());
    id.rsplit_once('.').filter(|(_, version)| is_version(version)).map_or(id, |(bare, _)| bare).to_owned()
}

/// The word of bcftools for a term; `None` for those it does not tell, or not by transcript.
pub fn in_bcftools(term: &str) -> Option<&str> {
    Some(match term {
        "5_prime_UTR_variant" => "5_prime_utr",
        "3_prime_UTR_variant" => "3_prime_utr",
        "protein_altering_variant" => "inframe_altering",
        "intron_variant"
        | "upstream_gene_variant"
        | "downstream_gene_variant"
        | "non_coding_transcript_exon_variant"
        | "non_coding_transcript_variant"
        | "NMD_transcript_variant" => return None,
        other => other.strip_suffix("_variant").unwrap_or(other),
    })
}

/// Terms by transcript of a field BCSQ. References to other records (`@`) and words without a transcript are
/// left out.
pub fn of_bcsq(field: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut terms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in field.split(',').filter(|one| !one.starts_with('@') && *one != ".") {
        let parts: Vec<&str> = one.split('|').collect();
        let Some(transcript) = parts.get(2).filter(|id| !id.is_empty()) else { continue };
        let words = parts[0].trim_start_matches('*').split('&');
        let words = words.filter(|w| !["intron", "non_coding", "NMD_transcript"].contains(w));
        let words: Vec<String> = words.map(str::to_owned).collect();
        if !words.is_empty() {
            terms.entry(unversioned(transcript)).or_default().extend(words);
        }
    }
    terms
}

/// Contig, position, alleles and BCSQ.
pub type Row = (String, u32, String, String, String);

/// `bcftools csq` on single records, without haplotypes; `None` where it gives up or stops on an assertion.
pub fn csq(gff: &Path, fa: &Path, vcf: &str) -> Option<Vec<Row>> {
    let folder = std::env::temp_dir().join(format!("gj-csq-{}-{:x}", std::process::id(), fnv(vcf)));
    std::fs::create_dir_all(&folder).unwrap();
    let (input, sequence) = (folder.join("in.vcf"), folder.join("ref.fa"));
    std::fs::write(&input, vcf).unwrap();
    std::fs::write(&sequence, bytes(fa)).unwrap();
    let run = Command::new("bcftools")
        .args(["csq", "--force", "-l", "-p", "a", "-v", "0", "-f"])
        .arg(&sequence)
        .arg("-g")
        .arg(gff)
        .arg(&input)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    if !run.status.success() {
        return None;
    }
    let text = String::from_utf8(run.stdout).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let f: Vec<&str> = line.split('\t').collect();
        let bcsq = f[7].split(';').find_map(|info| info.strip_prefix("BCSQ=")).unwrap_or(".");
        (f[0].to_owned(), f[1].parse().unwrap(), f[3].to_owned(), f[4].to_owned(), bcsq.to_owned())
    });
    Some(rows.collect())
}

fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|path| path.to_str().unwrap().ends_with(ending));
    found.sort();
    found
}

pub fn folders() -> Vec<PathBuf> {
    let Some(shared) = shared() else { return Vec::new() };
    let mut folders = files(&shared.join("bcftools_csq"), "");
    folders.retain(|path| path.is_dir());
    folders
}

pub fn variant(name: &str, position: &str, reference: &str, alternate: &str) -> Option<Variant> {
    format!("{}-{position}-{reference}-{alternate}", contig(name)).parse().ok()
}

pub fn told(terms: &BTreeMap<String, BTreeSet<String>>) -> String {
    let all = terms.iter().map(|(id, terms)| {
        format!("{id}:{}", terms.iter().map(String::as_str).collect::<Vec<_>>().join("&"))
    });
    all.collect::<Vec<_>>().join(",")
}
