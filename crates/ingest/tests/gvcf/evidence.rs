//! Evidence of carriers: what the file says is what is kept, through files, batches and erasures.

use crate::cohort::{Cohort, shared, text_of};
use gj_ingest::BlockFloor;
use gj_model::SampleSet;
use gj_store::{Batch, Evidence};
use std::collections::BTreeMap;
use std::process::Command;

/// By variant and sample key.
type Table = BTreeMap<(String, i64), Evidence>;

fn table(batches: &[Batch]) -> Table {
    let mut found = Table::new();
    for batch in batches {
        let everybody = SampleSet::all(batch.samples());
        let mut scan = batch.evidence(None, &everybody).unwrap();
        while let Some(rows) = scan.next_rows().unwrap() {
            for row in rows {
                assert!(row.carriers.is_sorted_by_key(|(column, _)| *column));
                for (column, evidence) in row.carriers {
                    let key = batch.manifest().samples[column];
                    assert_eq!(found.insert((row.variant.to_string(), key), evidence), None);
                }
            }
        }
    }
    found
}

/// What a VCF says of its carriers, by the letter.
fn naive(text: &str, cohort: &mut Cohort, found: &mut Table) {
    let names: Vec<String> = text
        .lines()
        .find(|l| l.starts_with("#CHROM"))
        .unwrap()
        .split('\t')
        .skip(9)
        .map(str::to_owned)
        .collect();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let f: Vec<&str> = line.split('\t').collect();
        for (number, alternate) in f[4].split(',').enumerate() {
            if alternate.bytes().any(|base| !b"ACGT".contains(&base)) {
                continue;
            }
            for (name, sample) in names.iter().zip(&f[9..]) {
                let values: Vec<&str> = sample.split(':').collect();
                let value = |key: &str, index: usize| -> Option<u32> {
                    let place = f[8].split(':').position(|k| k == key)?;
                    let number: f64 = values.get(place)?.split(',').nth(index)?.parse().ok()?;
                    Some(number.round() as u32)
                };
                let evidence = Evidence {
                    gq: value("GQ", 0),
                    dp: value("DP", 0),
                    ad_ref: value("AD", 0),
                    ad_alt: value("AD", number + 1),
                };
                let carries = values[0].split(['/', '|']).any(|allele| allele == (number + 1).to_string());
                if carries && evidence != Evidence::default() {
                    let site = format!("{}-{}-{}-{alternate}", f[0], f[1], f[3]);
                    found.insert((site, cohort.key(name)), evidence);
                }
            }
        }
    }
}

const RECORDS: &str = "\
chr1 100 . A C,G . . . GT:AD:DP:GQ 0/1:3,4,1:8:99 1/2:0,5,6:11:12.5 0/0:9,0,0:9:30 2|2:.:7:.
chr1 200 . A C . . . GT:DP 0/1:5 ./.:. 1 .
chr1 300 . A C . . . GT 0/1 0/1 0/1 0/1
chr1 400 . A C . . . GT:GQ 0/1 ./1:7 0/1:. 0/0:50
chr1 500 . A C,<DEL> . . . GT:AD 0/2:1,0,3 0/1:1,2,0 1/2:0,4,5 ./.";

fn vcf() -> String {
    let mut text = String::from("##fileformat=VCFv4.2\n##contig=<ID=chr1>\n");
    text += "##FORMAT=<ID=GQ,Number=1,Type=Float,Description=\"q\">\n";
    text += "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n";
    text += "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n";
    text += "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"a\">\n";
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP0\tP1\tP2\tP3\n";
    text + &RECORDS.replace(' ', "\t") + "\n"
}

#[test]
fn split_records_pick_their_own_allele_s_reads() {
    let mut cohort = Cohort::new(BlockFloor::default());
    let file = cohort.write("a.vcf", &vcf());
    cohort.take_in(&[file]);
    let mut expected = Table::new();
    naive(&vcf(), &mut cohort, &mut expected);
    assert_eq!(expected.len(), 4 + 1 + 1 + 2);
    assert_eq!(table(&cohort.batches), expected);
    let of = |site: &str, key: i64| expected[&(site.to_owned(), key)];
    let known = |gq, dp, ad_ref, ad_alt| Evidence { gq, dp, ad_ref, ad_alt };
    assert_eq!(of("chr1-100-A-G", 2), known(Some(13), Some(11), Some(0), Some(6)));
    assert_eq!(of("chr1-100-A-G", 4), known(None, Some(7), None, None));
    // Masked people are not read; a region reads its own.
    let mut some = SampleSet::none(4);
    some.insert(1);
    let mut scan = cohort.batches[0].evidence(Some(&"chr1:1-300".parse().unwrap()), &some).unwrap();
    let rows = scan.next_rows().unwrap().unwrap();
    assert!(rows.iter().all(|row| row.carriers.len() == 1 && row.carriers[0].0 == 1) && rows.len() == 2);
    // Erased, nothing of the person is left; nor compacted.
    cohort.erase("P1");
    expected.retain(|(_, key), _| *key != 2);
    assert_eq!(table(&cohort.batches), expected);
    cohort.compact();
    assert_eq!(table(&cohort.batches), expected);
}

#[test]
fn a_file_without_such_fields_has_no_table() {
    let mut cohort = Cohort::new(BlockFloor::default());
    let plain: String = vcf()
        .lines()
        .filter(|l| l.starts_with('#') || l.contains("\t300\t"))
        .fold(String::new(), |text, line| text + line + "\n");
    let file = cohort.write("a.vcf", &plain);
    cohort.take_in(&[file]);
    assert_eq!(cohort.batches[0].manifest().evidence, None);
    assert!(table(&cohort.batches).is_empty());
}

#[test]
fn a_repeated_call_keeps_its_first_evidence() {
    let mut cohort = Cohort::new(BlockFloor::default());
    let first = cohort.write("a.vcf", &vcf());
    let second = cohort.write("b.vcf", &vcf().replace("0/1:3,4,1:8:99", "0/1:1,1,1:3:1"));
    cohort.take_in(&[first, second]);
    let mut expected = Table::new();
    naive(&vcf(), &mut cohort, &mut expected);
    assert_eq!(table(&cohort.batches), expected);
    // A later batch brings one variant more; what is held already is not kept twice.
    let more = vcf() + &"chr1 600 . A C . . . GT:DP 0/1:5 0/0:6 0/0:7 0/0:8\n".replace(' ', "\t");
    let more = cohort.write("c.vcf", &more);
    cohort.take_in(&[more]);
    assert_eq!(cohort.batches[1].manifest().evidence.as_ref().unwrap().rows, 1);
    assert_eq!(table(&cohort.batches).len(), expected.len() + 1);
}

#[test]
fn fifty_real_people_s_evidence_is_what_their_files_say_as_vcf_and_as_bcf() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/gvcf/hail_1kg_chr22");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "gz"))
        .collect();
    files.sort();
    let mut cohort = Cohort::new(BlockFloor::default());
    files.chunks(20).for_each(|files| {
        cohort.take_in(files);
    });
    let mut expected = Table::new();
    files.iter().for_each(|file| naive(&text_of(file), &mut cohort, &mut expected));
    assert_eq!(expected.len(), 1_198);
    assert_eq!(table(&cohort.batches), expected);
    let counts = cohort.count(None, None);
    cohort.compact();
    assert_eq!(table(&cohort.batches), expected);
    if Command::new("bcftools").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI must have bcftools");
        return;
    }
    let mut binary = Cohort::new(BlockFloor::default());
    for part in files.chunks(25) {
        let bcfs = part.iter().enumerate().map(|(index, file)| {
            let bcf = binary.folder.path().join(format!("{index}-{}.bcf", part.len()));
            let output = Command::new("bcftools").args(["view", "-Ob", "-o"]).arg(&bcf).arg(file).output();
            assert!(output.unwrap().status.success());
            bcf
        });
        let bcfs: Vec<_> = bcfs.collect();
        binary.take_in(&bcfs);
    }
    assert_eq!(table(&binary.batches), expected);
    crate::cohort::assert_same(&binary.count(None, None), &counts, "BCF");
}
