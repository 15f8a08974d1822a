//! Every count of every site of every real gene file equals bcftools', before and after withdrawals.

use crate::cohort::{Real, real};
use crate::house::House;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// AC, AN and homozygous people.
pub type Numbers = [u64; 3];

/// By `pos-ref-alt`, the numbers of everybody and of the Japanese.
pub type Table = BTreeMap<String, [Numbers; 2]>;

#[test]
fn counts_of_all_and_of_jpt_equal_bcftools_before_and_after_25_withdrawals() {
    let Some(real) = real() else { return };
    let house = House::showing_everything();
    real.contributors.iter().for_each(|contributor| house.take_in(contributor));
    house.ok(&["freeze", "r1"], &[]);
    let everybody: Vec<&String> = real.contributors.iter().flat_map(|c| &c.samples).collect();
    assert_eq!(everybody.len(), 3202);
    compare(real, &house, "r1", &everybody);

    // Spread over all contributors, three of them Japanese.
    let leaving: Vec<&String> = everybody.iter().copied().step_by(everybody.len() / 24).take(25).collect();
    assert_eq!(leaving.len(), 25);
    assert!(leaving.iter().any(|name| real.population[*name] == "JPT"));
    let participants: Vec<String> = leaving.iter().map(|name| format!("P-{name}")).collect();
    let words: Vec<&str> =
        std::iter::once("withdraw").chain(participants.iter().map(String::as_str)).collect();
    house.ok(&words, &[]);
    let staying: Vec<&String> = everybody.iter().copied().filter(|name| !leaving.contains(name)).collect();
    compare(real, &house, "r1", &staying);
    house.ok(&["freeze", "r2"], &[]);
    compare(real, &house, "r2", &staying);
    house.ok(&["verify"], &[]);
}

fn compare(real: &Real, house: &House, freeze: &str, people: &[&String]) {
    let groups = house.beside("groups.txt");
    let mut text = String::new();
    for name in people {
        let japanese = if real.population[*name] == "JPT" { ",JPT" } else { "" };
        writeln!(text, "{name}\tALL{japanese}").unwrap();
    }
    std::fs::write(&groups, text).unwrap();
    let names = people.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(",");
    let mut sites = 0;
    for gene in &real.genes {
        let expected = by_bcftools(gene, &names, &groups);
        let found = by_gj(house, freeze, &expected);
        let wanted: Table = expected.1;
        let differences: Vec<&String> =
            wanted.keys().filter(|key| wanted.get(*key) != found.get(*key)).collect();
        assert!(
            differences.is_empty(),
            "{}: {} of {} sites differ, first {:?}",
            gene.display(),
            differences.len(),
            wanted.len(),
            differences[0]
        );
        sites += wanted.len();
    }
    // 46,689 records in all files.
    assert_eq!(sites, 46_689);
}

/// The contig and span of a file, and its numbers.
pub fn by_bcftools(gene: &Path, names: &str, groups: &Path) -> ((String, u64, u64), Table) {
    let mut view = Command::new("bcftools")
        .args(["view", "-Ou", "-s", names])
        .arg(gene)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut fill = Command::new("bcftools")
        .args(["+fill-tags", "-Ou", "-", "--", "-t", "AC,AN,AC_Hom", "-S"])
        .arg(groups)
        .stdin(view.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let format = "%CHROM\t%POS\t%REF\t%ALT\t%AC_ALL\t%AN_ALL\t%AC_Hom_ALL\t%AC_JPT\t%AN_JPT\t%AC_Hom_JPT\n";
    let query = Command::new("bcftools")
        .args(["query", "-f", format])
        .stdin(fill.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(query.status.success() && view.wait().unwrap().success() && fill.wait().unwrap().success());
    let mut table = Table::new();
    let (mut contig, mut start, mut end) = (String::new(), u64::MAX, 0);
    for line in String::from_utf8(query.stdout).unwrap().lines() {
        let f: Vec<&str> = line.split('\t').collect();
        let number = |index: usize| f[index].parse::<u64>().unwrap();
        let position = number(1);
        (contig, start, end) = (f[0].to_owned(), start.min(position), end.max(position));
        // bcftools counts alleles in homozygous genotypes, two a person.
        let of = |index: usize| [number(index), number(index + 1), number(index + 2) / 2];
        table.insert(format!("{position}-{}-{}", f[2], f[3]), [of(4), of(7)]);
    }
    ((contig, start, end), table)
}

fn by_gj(house: &House, freeze: &str, expected: &((String, u64, u64), Table)) -> Table {
    let ((contig, start, end), _) = expected;
    let region = format!("{contig}:{start}-{end}");
    let sites = house.json(
        &[
            "frequency",
            "--freeze",
            freeze,
            "--region",
            &region,
            "--as",
            "academic",
            "--purpose",
            "GRU",
            "--by",
            "stratum",
            "--json",
        ],
        &[],
    );
    let numbers = |cells: &Value| ["ac", "an", "hom"].map(|name| cells[name].as_u64().unwrap());
    let row = |site: &Value| {
        let key =
            format!("{}-{}-{}", site["pos"], site["ref"].as_str().unwrap(), site["alt"].as_str().unwrap());
        (key, [numbers(&site["groups"]["all"]), numbers(&site["groups"]["JPT"])])
    };
    sites.as_array().unwrap().iter().map(row).collect()
}
