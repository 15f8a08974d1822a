//! Sheets that read, and what is said of those that do not.

use super::*;

const HEADER: &str = "sample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\tdiseases";

fn problems(text: &str) -> Problems {
    match parse(text.as_bytes(), "sheet.tsv") {
        Err(Error::Sheet(problems)) => problems,
        other => panic!("expected problems, found {other:?}"),
    }
}

#[test]
fn what_spreadsheets_write_is_read() {
    let text = "\u{feff}diseases\tsample\tparticipant\tsex\tfamily\tfather\tmother\tstratum\tconsent\r\n\
        \r\nMONDO:0005148\t\u{3000}S1\u{3000}\tP1\t女\t0\t.\t\tJPT\tresearch, foreign\r\n\t\t\t\t\t\t\t\t\r\n";
    let sheet = parse(text.as_bytes(), "sheet.tsv").unwrap();
    assert_eq!(sheet.rows[0].sample, "S1");
    assert_eq!(sheet.rows[0].line, 3);
    assert_eq!(sheet.rows[0].about_person.diseases, ["MONDO:0005148"]);
    assert_eq!(sheet.rows[0].about_sample.father, None);
}

#[test]
fn every_problem_of_every_line_is_told() {
    let text = format!(
        "{HEADER}\nSECRET1\tP1\twoman\tF\tSECRET1\t0\t\tresearch;foreign\tflu\nS2\tP2\nS3\t\tmale\t\t\t\tJPT\t\t\n"
    );
    let problems = problems(&text);
    assert_eq!(problems.total, 7);
    let shown = problems.to_string();
    for place in
        ["column `sex`", "column `stratum`", "column `consent`", "column `diseases`", "column `father`"]
    {
        assert!(shown.contains(&format!("line 2, {place}")), "{shown}");
    }
    assert!(shown.contains("line 3: expected 9 cells separated by tabs, found 2"), "{shown}");
    assert!(shown.contains("line 4, column `participant`"), "{shown}");
    assert!(!shown.contains("SECRET") && !shown.contains("woman"), "{shown}");
}

#[test]
fn a_missing_header_does_not_put_names_into_the_message() {
    let shown = problems("SECRET1\tSECRET2\tmale\t\t\t\tJPT\tresearch\t\n").to_string();
    assert!(shown.contains("line 1: expected the header") && !shown.contains("SECRET"), "{shown}");
}

#[test]
fn duplicates_and_disagreeing_lines_are_told() {
    let text = format!(
        "{HEADER}\nS1\tP1\tmale\t\t\t\tJPT\tresearch\t\nS1\tP1\tmale\t\t\t\tJPT\tresearch\t\n\
        S2\tP1\tfemale\t\t\t\tCHB\tresearch,foreign\t\n"
    );
    let shown = problems(&text).to_string();
    assert!(shown.contains("line 3, column `sample`: the same sample as on line 2"), "{shown}");
    assert!(shown.contains("line 4, column `sex`: differs from line 2"), "{shown}");
    assert!(shown.contains("line 4, column `consent`"), "{shown}");
}

#[test]
fn many_problems_are_counted_but_not_all_shown() {
    let text = format!("{HEADER}\n{}", "x\n".repeat(50));
    let problems = problems(&text);
    assert_eq!((problems.total, problems.shown.len()), (50, 20));
    assert!(problems.to_string().ends_with("… and 30 more"));
}

#[test]
fn other_than_utf8_is_told_by_line() {
    let mut bytes = format!("{HEADER}\nS1").into_bytes();
    bytes.extend_from_slice(&[0x83, 0x65]);
    let shown = parse(&bytes, "sheet.tsv").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(shown.contains("line 2: expected UTF-8"), "{shown}");
    assert!(parse(HEADER.as_bytes(), "sheet.tsv").is_err());
    assert!(parse(b"", "sheet.tsv").is_err());
}

#[test]
fn cells_in_quotes_are_refused_and_not_repeated() {
    let text = format!("{HEADER}\n\"SECRET1\"\tP1\tmale\t\t\t\tJPT\t\"research,foreign\"\t\n");
    let shown = problems(&text).to_string();
    assert!(shown.contains("line 2, column `sample`: expected cells without double quotes"), "{shown}");
    assert!(shown.contains("line 2, column `consent`") && shown.contains("remove the quotes"), "{shown}");
    assert!(shown.contains("has 2 problems") && !shown.contains("SECRET"), "{shown}");
    let header: Vec<String> = HEADER.split('\t').map(|cell| format!("\"{cell}\"")).collect();
    let shown = problems(&(header.join("\t") + "\nS1\n")).to_string();
    assert!(shown.contains("line 1: expected cells without double quotes"), "{shown}");
}
