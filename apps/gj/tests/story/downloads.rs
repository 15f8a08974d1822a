//! A whole release as files: the numbers of the API on every site, read by bcftools, tabix and DuckDB; ranges;
//! and none of it after somebody left.

use crate::cohort::{MadeUp, real};
use crate::duckdb::python;
use crate::house::{House, has};
use crate::http;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// By `contig-position-reference-alternate`, the five counts of each group; hidden ones as `.`.
type Table = BTreeMap<String, BTreeMap<String, [String; 5]>>;

const AS: [&str; 6] = ["--freeze", "r1", "--as", "academic", "--purpose", "GRU"];

fn download(house: &House, file: &str, by: &str, out: &Path) {
    let words = [&["download"][..], &AS, &["--file", file, "--by", by, "--out"]].concat();
    house.ok(&words, &[out]);
}

/// What the API's question answers of every site, contig by contig.
fn asked(house: &House, contigs: &[&str], by: &str) -> Table {
    let mut table = Table::new();
    for contig in contigs {
        let words = [&["frequency"][..], &AS, &["--region", contig, "--by", by, "--json"]].concat();
        for site in house.json(&words, &[]).as_array().unwrap() {
            let text = |name: &str| site[name].as_str().unwrap().to_owned();
            let key = format!("{}-{}-{}-{}", text("chrom"), site["pos"], text("ref"), text("alt"));
            let groups = site["groups"].as_object().unwrap().iter().map(|(group, cells)| {
                let cell = |name: &str| match &cells[name] {
                    Value::Null => ".".to_owned(),
                    count => count.to_string(),
                };
                (group.clone(), ["ac", "an", "hom", "hemi", "people"].map(cell))
            });
            assert!(table.insert(key, groups.collect()).is_none());
        }
    }
    table
}

/// The same out of lines `contig position reference alternate`, then five counts a group.
fn read(text: &str, groups: &[String]) -> Table {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), 4 + 5 * groups.len(), "{line}");
        let cells = fields[4..].chunks(5).map(|cells| {
            let cells: [&str; 5] = cells.try_into().unwrap();
            cells.map(|cell| if cell == "None" { ".".to_owned() } else { cell.to_owned() })
        });
        (fields[..4].join("-"), groups.iter().cloned().zip(cells).collect())
    };
    text.lines().map(row).collect()
}

fn keys(suffix: &str) -> [String; 5] {
    ["AC", "AN", "nhomalt", "nhemi", "npeople"].map(|key| format!("{key}{suffix}"))
}

fn suffix(group: &str) -> String {
    if group == "all" { String::new() } else { format!("_{group}") }
}

fn bcftools(arguments: &[&str], file: &Path) -> String {
    let output = Command::new("bcftools").args(arguments).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn by_bcftools(file: &Path, groups: &[String]) -> Table {
    let info: Vec<String> =
        groups.iter().flat_map(|g| keys(&suffix(g))).map(|key| format!("%{key}")).collect();
    let format = format!("%CHROM\t%POS\t%REF\t%ALT\t{}\n", info.join("\t"));
    read(&bcftools(&["query", "-f", &format], file), groups)
}

const BY_DUCKDB: &str = "
import duckdb, sys
for row in duckdb.sql(f'select {sys.argv[2]} from read_parquet(\"{sys.argv[1]}\")').fetchall():
    print('\\t'.join(map(str, row)))
";

fn by_duckdb(python: &str, file: &Path, groups: &[String]) -> Table {
    let columns = groups.iter().flat_map(|g| keys(&suffix(g))).map(|key| format!("\"{key}\""));
    let columns: Vec<String> = ["contig", "position", "reference", "alternate"]
        .map(str::to_owned)
        .into_iter()
        .chain(columns)
        .collect();
    let output =
        Command::new(python).args(["-c", BY_DUCKDB]).arg(file).arg(columns.join(", ")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read(&String::from_utf8(output.stdout).unwrap(), groups)
}

#[test]
fn files_of_the_real_panel_hold_what_the_api_answers_on_every_site() {
    let Some(real) = real() else { return };
    if !has("bcftools") || !has("tabix") {
        return;
    }
    let house = House::new();
    real.contributors.iter().for_each(|contributor| house.take_in(contributor));
    house.ok(&["freeze", "r1"], &[]);
    let contigs: Vec<String> = (1..=22).map(|c| format!("chr{c}")).chain(["chrX".to_owned()]).collect();
    let contigs: Vec<&str> = contigs.iter().map(String::as_str).collect();
    let expected = asked(&house, &contigs, "stratum");
    // 46,689 records, some in two files.
    assert!(expected.len() > 46_000, "{}", expected.len());
    let hidden = expected.values().flat_map(BTreeMap::values).flatten().filter(|cell| *cell == ".").count();
    assert!(hidden > 100_000, "{hidden} hidden cells");
    let groups: Vec<String> = expected.values().next().unwrap().keys().cloned().collect();
    assert_eq!(groups.len(), 27);

    let (vcf, parquet) = (house.beside("r1.vcf.gz"), house.beside("r1.parquet"));
    download(&house, "sites.vcf.gz", "stratum", &vcf);
    download(&house, "sites.vcf.gz.tbi", "stratum", &house.beside("r1.vcf.gz.tbi"));
    download(&house, "sites.parquet", "stratum", &parquet);
    assert!(by_bcftools(&vcf, &groups) == expected, "the VCF differs from the API");
    // The index finds what lies in a region, and nothing else.
    let region = "chr22:42126499-42130865";
    let inside = |key: &&String| {
        let mut fields = key.split('-');
        let (contig, position) = (fields.next().unwrap(), fields.next().unwrap().parse::<u32>().unwrap());
        contig == "chr22" && (42_126_499..=42_130_865).contains(&position)
    };
    let wanted = expected.keys().filter(inside).count();
    let format = ["query", "-f", "%POS\n", "-i", "POS>=42126499 && POS<=42130865", "-r", region];
    assert!(wanted > 100 && bcftools(&format, &vcf).lines().count() == wanted);
    let tabix = Command::new("tabix").arg(&vcf).arg(region).output().unwrap();
    assert!(String::from_utf8(tabix.stdout).unwrap().lines().count() >= wanted);
    if let Some(python) = python("duckdb") {
        assert!(by_duckdb(&python, &parquet, &groups) == expected, "the Parquet differs from the API");
    }
}

#[test]
fn a_file_is_served_in_ranges_to_who_may_and_never_after_somebody_left() {
    let cohort = MadeUp::new(80, 40, 7);
    let house = House::new();
    let everybody: Vec<usize> = (0..80).collect();
    fs::write(house.beside("sheet.tsv"), cohort.sheet(&everybody)).unwrap();
    fs::write(house.beside("a.vcf"), cohort.vcf(&everybody, |_| true)).unwrap();
    house.ok(&["import-samples", "--institution", "centre"], &[&house.beside("sheet.tsv")]);
    house.ok(&["ingest", "--institution", "centre"], &[&house.beside("a.vcf")]);
    house.ok(&["freeze", "r1"], &[]);
    let server = house.serve();
    let token = house.token("academic");
    let path = "/api/download/r1/sites.parquet?by=sex";
    let get = |headers: &str| {
        let headers = format!("Authorization: Bearer {token}\r\n{headers}");
        http::send(&server.address, "GET", path, &headers, "")
    };
    assert_eq!(http::get(&server.address, path, None).status, 401);
    assert_eq!(http::get(&server.address, "/api/download/r1/sites.csv", Some(&token)).status, 404);
    assert_eq!(http::get(&server.address, "/api/download/r7/sites.parquet", Some(&token)).status, 404);
    let whole = get("");
    assert_eq!(whole.status, 200, "{}", whole.body);
    let (tag, length) = (whole.header("etag").unwrap(), whole.header("content-length").unwrap());
    assert_eq!(whole.header("accept-ranges").unwrap(), "bytes");
    let end = get("Range: bytes=-4\r\n");
    assert_eq!((end.status, end.body.as_str()), (206, "PAR1"));
    let last: u64 = length.parse::<u64>().unwrap() - 1;
    assert_eq!(end.header("content-range").unwrap(), format!("bytes {}-{last}/{length}", last - 3));
    assert_eq!(get(&format!("If-None-Match: {tag}\r\n")).status, 304);
    assert_eq!(get(&format!("Range: bytes={length}-\r\n")).status, 416);
    assert_eq!(get("Range: bytes=0-3\r\nIf-Range: \"other\"\r\n").status, 200);
    assert_eq!(get(&format!("Range: bytes=0-3\r\nIf-Range: {tag}\r\n")).body, "PAR1");
    // The same state, the same bytes; made once.
    assert_eq!(get("").header("etag").unwrap(), tag);
    let kept = || fs::read_dir(house.dir().join("downloads")).unwrap().count();
    assert_eq!(kept(), 1);
    // Another process masks somebody: the next byte is of the others alone.
    house.ok(&["withdraw", "P1"], &[]);
    let after = get(&format!("Range: bytes=0-3\r\nIf-Range: {tag}\r\n"));
    assert_eq!(after.status, 200, "the range is of a file that is gone");
    assert_ne!(after.header("etag").unwrap(), tag);
    assert_eq!(kept(), 1, "what was made before stays behind");
    // Every delivery and refusal is a line.
    drop(server);
    let log = house.ok(&["audit", "export"], &[]);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |outcome: &str| {
        let files = lines.iter().filter(|l| l["act"] == "frequency.read" && l["outcome"] == outcome);
        files.count()
    };
    assert_eq!((of("answered"), of("refused")), (8, 2));
    house.ok(&["verify"], &[]);
}
