//! What was read from one file, counted; for the submitter's receipt and for a progress bar.

use serde::{Deserialize, Serialize};

/// Counts of one file, complete once the reader has returned its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadReport {
    /// Records in the file, whether or not they gave rows.
    pub records: u64,
    /// Rows given: one for each alternate allele spelled in bases, after duplicates were collapsed.
    pub rows: u64,
    /// Records with more than one alternate allele spelled in bases.
    pub multiallelic_records: u64,
    /// Rows whose position or alleles the reference changed (trimmed or moved to the left).
    pub normalised_rows: u64,
    /// Rows dropped because an earlier row gave the same variant and the same calls.
    pub duplicate_rows: u64,
    /// Skipped alternate alleles `*` (the base is deleted by another record).
    pub star_alternates: u64,
    /// Alternate alleles `<NON_REF>` or `<*>`, which make a gVCF: they give callability, no row.
    pub non_ref_alternates: u64,
    /// Skipped alternate alleles in other angle brackets: `<DEL>`, `<INS>` …
    pub symbolic_alternates: u64,
    /// Skipped alternate alleles that are breakends.
    pub breakend_alternates: u64,
    /// Skipped records whose ALT is `.`.
    pub records_without_alternate: u64,
    /// Skipped records on unplaced, alternate and decoy sequences.
    pub secondary_contig_records: u64,
    /// Bytes of the file consumed so far, as stored (compressed).
    pub bytes_read: u64,
    /// Size of the file, as stored.
    pub bytes_total: u64,
}

impl ReadReport {
    /// Adds the record counts of `part`; the byte counts stay.
    pub(crate) fn absorb(&mut self, part: &ReadReport) {
        self.records += part.records;
        self.rows += part.rows;
        self.multiallelic_records += part.multiallelic_records;
        self.normalised_rows += part.normalised_rows;
        self.duplicate_rows += part.duplicate_rows;
        self.star_alternates += part.star_alternates;
        self.non_ref_alternates += part.non_ref_alternates;
        self.symbolic_alternates += part.symbolic_alternates;
        self.breakend_alternates += part.breakend_alternates;
        self.records_without_alternate += part.records_without_alternate;
        self.secondary_contig_records += part.secondary_contig_records;
    }
}
