//! Lists that prefer one transcript of a gene: the summary of MANE, and RefSeq Select.

use crate::error::ReadError;
use crate::feature::At;
use crate::transcript::Selection;
use std::collections::HashMap;

/// Preferred transcripts by accession without version: a curated choice outlives a new version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selections {
    by_accession: HashMap<String, Selection>,
    /// The accession in the other collection, each with its version.
    twins: HashMap<String, String>,
}

/// An accession without its version.
pub(crate) fn unversioned(accession: &str) -> &str {
    let is_version = |version: &str| !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
    accession.rsplit_once('.').filter(|(_, version)| is_version(version)).map_or(accession, |(bare, _)| bare)
}

impl Selections {
    /// Adds the rows of `MANE.GRCh38.v….summary.txt`: RefSeq's and Ensembl's accession of each transcript.
    ///
    /// # Errors
    /// [`ReadError::Line`] where a column is missing or a status is unknown; nothing is added then.
    pub fn add_mane(&mut self, file: &str, text: &str) -> Result<(), ReadError> {
        let mut lines = text.lines().enumerate();
        let heading = lines.next().map_or("", |(_, line)| line).trim_start_matches('#');
        let column = |name: &'static str| {
            heading.split('\t').position(|column| column == name).ok_or_else(|| {
                At { file, line: 1 }.refuse(
                    format!("no column `{name}`"),
                    "the heading of a MANE summary: RefSeq_nuc, Ensembl_nuc, MANE_status",
                )
            })
        };
        let (refseq, ensembl, status) =
            (column("RefSeq_nuc")?, column("Ensembl_nuc")?, column("MANE_status")?);
        let (mut added, mut twins) = (HashMap::new(), HashMap::new());
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let at = At { file, line: number + 1 };
            let fields: Vec<&str> = line.split('\t').collect();
            let field = |column: usize| fields.get(column).copied().filter(|field| !field.is_empty());
            let selection = match field(status) {
                Some("MANE Select") => Selection::ManeSelect,
                Some("MANE Plus Clinical") => Selection::ManePlusClinical,
                other => {
                    let found = format!("status `{}`", other.unwrap_or(""));
                    return Err(at.refuse(found, "`MANE Select` or `MANE Plus Clinical`"));
                }
            };
            let (Some(refseq), Some(ensembl)) = (field(refseq), field(ensembl)) else {
                return Err(at.refuse("an accession is missing", "one of RefSeq and one of Ensembl"));
            };
            for (accession, twin) in [(refseq, ensembl), (ensembl, refseq)] {
                added.insert(unversioned(accession).to_owned(), selection);
                twins.insert(accession.to_owned(), twin.to_owned());
            }
        }
        self.twins.extend(twins);
        self.by_accession.extend(added);
        Ok(())
    }

    /// Adds the rows of RefSeq Select as UCSC's table has them: accession, contig, start, end, symbol. Where
    /// MANE prefers the transcript too, MANE's word stays.
    ///
    /// # Errors
    /// [`ReadError::Line`] where a line has no five columns; nothing is added then.
    pub fn add_refseq_select(&mut self, file: &str, text: &str) -> Result<(), ReadError> {
        let mut added = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            if fields.len() != 5 || !fields[0].starts_with(['N', 'X']) {
                let found = format!("{} columns, the first `{}`", fields.len(), fields[0]);
                let expected = "accession of RefSeq, contig, start, end, symbol, separated by tabs";
                return Err(At { file, line: number + 1 }.refuse(found, expected));
            }
            added.push(unversioned(fields[0]).to_owned());
        }
        for accession in added {
            self.by_accession.entry(accession).or_insert(Selection::RefSeqSelect);
        }
        Ok(())
    }

    /// The preference for a transcript, by its accession with or without version.
    pub fn of(&self, transcript: &str) -> Option<Selection> {
        self.by_accession.get(unversioned(transcript)).copied()
    }

    /// The accession of the same bases in the other collection, by an accession of exactly that version.
    pub fn twin(&self, transcript: &str) -> Option<&str> {
        self.twins.get(transcript).map(String::as_str)
    }

    /// How many accessions are preferred.
    pub fn len(&self) -> usize {
        self.by_accession.len()
    }

    /// Whether no list was read.
    pub fn is_empty(&self) -> bool {
        self.by_accession.is_empty()
    }
}
