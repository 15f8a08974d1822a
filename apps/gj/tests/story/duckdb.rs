//! The tables are plain Parquet: the queries of `docs/how-to/duckdb.md`, run by DuckDB and pandas on the
//! demo cohort, print what the page shows and what `gj frequency` answers.

use crate::arrows::root;
use crate::house::House;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs the page's blocks of one language in order, in the folder of a panel; prints every table.
const RUN_SQL: &str = r#"
import duckdb, re, sys
connection = duckdb.connect()
for block in re.findall(r"```sql\n(.*?)```", sys.stdin.read(), re.S):
    for statement in duckdb.extract_statements(block):
        table = connection.sql(statement.query)
    if not block.startswith("create"):
        print("\t".join(table.columns))
        for row in table.fetchall():
            print("\t".join(map(str, row)))
"#;
const RUN_PYTHON: &str = r#"
import re, sys
for block in re.findall(r"```python\n(.*?)```", sys.stdin.read(), re.S):
    exec(block)
"#;

/// A Python that has these modules, or a note that the test is skipped.
pub fn python(modules: &str) -> Option<String> {
    let python = std::env::var("GJ_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", &format!("import {modules}")]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "CI must have Python with {modules}");
    eprintln!("skipped: no Python with {modules} (set GJ_PYTHON)");
    None
}

fn run(python: &str, script: &str, page: &Path, folder: &Path) -> String {
    let mut command = Command::new(python);
    command.args(["-c", script]).current_dir(folder).stdin(fs::File::open(page).unwrap());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The cohort of the README, nothing hidden.
fn demo() -> House {
    let house = House::showing_everything();
    for id in ["biobank-minato", "ncc-hikari", "tohoku-kita", "ryukyu-umi"] {
        let demo = root().join("apps/gj/demo");
        house.ok(&["import-samples", "--institution", id], &[&demo.join(format!("{id}.samples.tsv"))]);
        house.ok(&["ingest", "--institution", id], &[&demo.join(format!("{id}.vcf.gz"))]);
    }
    house.ok(&["freeze", "2026.1"], &[]);
    house
}

/// The tables that a page shows after its queries.
fn shown(page: &str) -> Vec<String> {
    let blocks = page.split("```text\n").skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// Counts of one variant by group, as the gate answers.
fn answered(house: &House, variant: &str, by: &str) -> BTreeMap<String, Value> {
    let words =
        ["frequency", "--freeze", "2026.1", "--variant", variant, "--as", "academic", "--purpose", "GRU"];
    let sites = house.json(&[&words[..], &["--by", by, "--json"]].concat(), &[]);
    let groups = sites[0]["groups"].as_object().unwrap().clone();
    groups.into_iter().collect()
}

#[test]
fn duckdb_and_pandas_read_what_the_page_says_and_the_gate_answers() {
    let (Some(with_duckdb), Some(with_pandas)) = (python("duckdb"), python("pandas, pyarrow")) else {
        return;
    };
    let house = demo();
    let page = root().join("docs/how-to/duckdb.md");
    let panel = fs::read_dir(house.dir().join("panels")).unwrap().next().unwrap().unwrap().path();
    let tables = shown(&fs::read_to_string(&page).unwrap());
    let [all, far, _, strata, differing] = &tables[..] else { panic!("{} tables", tables.len()) };
    assert_eq!(run(&with_duckdb, RUN_SQL, &page, &panel), tables[..3].concat());
    assert_eq!(run(&with_pandas, RUN_PYTHON, &page, &panel), tables[3..].concat());

    // What the page shows is what the gate answers.
    let fields = |line: &str| -> Vec<String> { line.split('\t').map(str::to_owned).collect() };
    for line in all.lines().skip(1).map(fields) {
        let group = answered(&house, &line[..4].join("-"), "")["all"].clone();
        for (name, shown) in [("ac", 4), ("an", 5), ("hom", 7), ("people", 8)] {
            assert_eq!(group[name].to_string(), line[shown], "{name}");
        }
    }
    let groups = answered(&house, "chr12-111803962-G-A", "stratum");
    assert_eq!(strata.lines().count(), groups.len());
    for line in strata.lines().skip(1).map(fields) {
        let group = &groups[&line[0]];
        assert_eq!([group["ac"].to_string(), group["an"].to_string()], [line[1].clone(), line[2].clone()]);
    }
    for line in far.lines().skip(1).map(fields) {
        let all = answered(&house, &line[..4].join("-"), "")["all"].clone();
        let number = |name: &str| all[name].as_f64().unwrap();
        let (hom, people) = (number("hom"), number("people"));
        let het = number("ac") - 2.0 * hom;
        let p = number("ac") / number("an");
        let expected = [people * p * p, 2.0 * people * p * (1.0 - p), people * (1.0 - p) * (1.0 - p)];
        let found = [hom, het, people - hom - het];
        let chi2: f64 = found.iter().zip(expected).map(|(o, e)| (o - e) * (o - e) / e).sum();
        assert_eq!([line[5].parse(), line[6].parse()], [Ok(hom), Ok(het)]);
        assert!((chi2 - line[7].parse::<f64>().unwrap()).abs() < 0.006, "{chi2} {line:?}");
    }
    for line in differing.lines().skip(1).map(fields) {
        let strata = answered(&house, &line[..4].join("-"), "stratum");
        let frequency =
            |name: &str| strata[name]["ac"].as_f64().unwrap() / strata[name]["an"].as_f64().unwrap();
        let told: Vec<f64> = line[4..].iter().map(|text| text.parse().unwrap()).collect();
        assert!(
            (frequency("Hondo") - told[0]).abs() < 0.0006 && (frequency("Ryukyu") - told[1]).abs() < 0.0006
        );
    }
}
