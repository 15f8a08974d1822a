//! Sample sheets: read or refused whole, in words that repeat no cell.

use gj_registry::sheet::Sheet;

/// A word of the fuzzer's seeds that stands for what only the sheet may say.
const SECRET: &str = "Zq7";

/// The bytes of a sheet.
pub fn probe(bytes: &[u8]) {
    let read = Sheet::parse(bytes, "sheet.tsv");
    match &read {
        Ok(sheet) => {
            assert!(!sheet.is_empty());
            // What spreadsheets add changes nothing.
            let mark = [b"\xef\xbb\xbf", bytes].concat();
            let marked = Sheet::parse(&mark, "sheet.tsv");
            let is_marked = bytes.starts_with(b"\xef\xbb\xbf");
            assert!(is_marked || marked.is_ok_and(|marked| marked.len() == sheet.len()), "a byte order mark");
            let blank = [bytes, b"\n\n"].concat();
            let blank = Sheet::parse(&blank, "sheet.tsv");
            assert!(blank.is_ok_and(|blank| blank.len() == sheet.len()), "blank lines");
        }
        Err(error) => assert!(!format!("{error} {error:?}").contains(SECRET), "a message repeats a cell"),
    }
    assert!(!format!("{:?}", read.ok()).contains(SECRET), "a debug print repeats a cell");
}
