//! All transcripts of one version of gene models, and those near a place in O(log n + found).

use crate::draft::Draft;
use crate::error::ReadError;
use crate::selection::{Selections, unversioned};
use crate::transcript::Transcript;
use crate::{gff3, gtf};
use gj_model::Contig;
use std::collections::HashMap;
use std::io::BufRead;

/// Gene models of GRCh38.
#[derive(Debug, Clone)]
pub struct GeneModels {
    /// By contig, then first base.
    transcripts: Vec<Transcript>,
    /// Where each contig begins in `transcripts`; one more than contigs.
    contigs: [usize; 26],
    /// For each rank the last base of any transcript in the half of its contig that it is the middle of: an
    /// interval tree without pointers.
    reach: Vec<u32>,
    by_accession: HashMap<String, usize>,
}

impl GeneModels {
    /// Reads GFF3 as Ensembl and RefSeq publish it, unpacked. Scaffolds and patches are passed over.
    ///
    /// # Errors
    /// [`ReadError`] with the line; nothing is kept.
    pub fn from_gff3(file: &str, mut bytes: &[u8]) -> Result<GeneModels, ReadError> {
        GeneModels::read_gff3(file, &mut bytes)
    }

    /// The same from a stream, line by line.
    ///
    /// # Errors
    /// As [`GeneModels::from_gff3`].
    pub fn read_gff3(file: &str, reader: &mut dyn BufRead) -> Result<GeneModels, ReadError> {
        GeneModels::of(file, "GFF3", gff3::read(file, reader)?)
    }

    /// Reads GTF as Ensembl and GENCODE publish it, unpacked. Scaffolds and patches are passed over.
    ///
    /// # Errors
    /// [`ReadError`] with the line; nothing is kept.
    pub fn from_gtf(file: &str, mut bytes: &[u8]) -> Result<GeneModels, ReadError> {
        GeneModels::read_gtf(file, &mut bytes)
    }

    /// The same from a stream, line by line.
    ///
    /// # Errors
    /// As [`GeneModels::from_gtf`].
    pub fn read_gtf(file: &str, reader: &mut dyn BufRead) -> Result<GeneModels, ReadError> {
        GeneModels::of(file, "GTF", gtf::read(file, reader)?)
    }

    fn of(file: &str, expected: &'static str, drafts: Vec<Draft>) -> Result<GeneModels, ReadError> {
        let transcripts: Result<Vec<_>, _> = drafts.into_iter().map(|draft| draft.finish(file)).collect();
        let transcripts = transcripts?;
        if transcripts.is_empty() {
            return Err(ReadError::Empty { file: file.to_owned(), expected });
        }
        Ok(GeneModels::new(transcripts))
    }

    /// Models of transcripts that were read before. INVARIANT: each has an exon.
    pub fn new(mut transcripts: Vec<Transcript>) -> GeneModels {
        let key = |t: &Transcript| (t.contig, t.span());
        transcripts.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id)));
        let mut contigs = [0; 26];
        for (rank, start) in contigs.iter_mut().enumerate() {
            *start = transcripts.partition_point(|t| usize::from(t.contig.index()) < rank);
        }
        let mut reach = vec![0; transcripts.len()];
        for pair in contigs.windows(2) {
            grow(&transcripts[pair[0]..pair[1]], &mut reach[pair[0]..pair[1]]);
        }
        let mut by_accession = HashMap::new();
        for (rank, transcript) in transcripts.iter().enumerate() {
            by_accession.entry(unversioned(&transcript.id).to_owned()).or_insert(rank);
        }
        let mut models = GeneModels { transcripts, contigs, reach, by_accession };
        models.know_twins();
        models
    }

    /// Marks the transcripts that curated lists prefer; what the file's own tags say stays of the others.
    pub fn prefer(&mut self, selections: &Selections) {
        for transcript in &mut self.transcripts {
            transcript.selection = selections.of(&transcript.id).or(transcript.selection);
            transcript.twin = selections.twin(&transcript.id).map(str::to_owned);
        }
        self.know_twins();
    }

    /// A twin's accession finds the transcript, unless another has it for its own.
    fn know_twins(&mut self) {
        for (rank, transcript) in self.transcripts.iter().enumerate() {
            if let Some(twin) = &transcript.twin {
                self.by_accession.entry(unversioned(twin).to_owned()).or_insert(rank);
            }
        }
    }

    /// The transcripts themselves, by contig and first base.
    pub fn into_transcripts(self) -> Vec<Transcript> {
        self.transcripts
    }

    /// All, by contig and first base.
    pub fn transcripts(&self) -> &[Transcript] {
        &self.transcripts
    }

    /// The transcript of an accession, its own or its twin's. A version must be the one that is here: another one may have other bases.
    pub fn transcript(&self, accession: &str) -> Option<&Transcript> {
        let found = &self.transcripts[*self.by_accession.get(unversioned(accession))?];
        let is_it = found.id == accession || found.twin.as_deref() == Some(accession);
        (is_it || !accession.contains('.')).then_some(found)
    }

    /// Transcripts with a base in `start..=end` (1-based), by first base.
    pub fn overlapping(&self, contig: Contig, start: u32, end: u32) -> impl Iterator<Item = &Transcript> {
        let rank = usize::from(contig.index());
        let (from, to) = (self.contigs[rank], self.contigs[rank + 1]);
        let mut found = Vec::new();
        self.search(from, to, (start, end), &mut found);
        found.into_iter().map(|rank| &self.transcripts[rank])
    }

    fn search(&self, from: usize, to: usize, place: (u32, u32), found: &mut Vec<usize>) {
        let middle = from + (to - from) / 2;
        if from == to || self.reach[middle] < place.0 {
            return;
        }
        self.search(from, middle, place, found);
        let span = self.transcripts[middle].span();
        if span.start <= place.1 {
            if span.end >= place.0 {
                found.push(middle);
            }
            self.search(middle + 1, to, place, found);
        }
    }
}

/// Fills in the last base of each half; returns that of the whole.
fn grow(transcripts: &[Transcript], reach: &mut [u32]) -> u32 {
    if transcripts.is_empty() {
        return 0;
    }
    let middle = transcripts.len() / 2;
    let left = grow(&transcripts[..middle], &mut reach[..middle]);
    let right = grow(&transcripts[middle + 1..], &mut reach[middle + 1..]);
    reach[middle] = left.max(right).max(transcripts[middle].span().end);
    reach[middle]
}
