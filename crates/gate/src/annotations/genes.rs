//! Genes of a layer: grouped from transcripts, named by symbols, ids, aliases and names in two languages.

use super::cards::{self, Found, Gene, GeneTranscript, Segment};
use super::sets::OpenSet;
use gj_annotation::{Constraint, Transcript};
use gj_model::{Contig, Region};
use gj_ontology::fold;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Characters of a text that is looked for inside names.
const INSIDE_CHARS_MIN: usize = 3;

/// Every gene of a layer.
#[derive(Debug, Default)]
pub(crate) struct Genes {
    /// By contig, then first base.
    entries: Vec<Entry>,
    /// The last base of any gene up to each entry, on its contig.
    reach: Vec<u32>,
    /// Names without what spellings differ in; each with genes, the best reason first.
    names: BTreeMap<String, Vec<Named>>,
}

#[derive(Debug)]
struct Entry {
    set: usize,
    contig: Contig,
    start: u32,
    end: u32,
    /// Ranks among the transcripts of the set.
    transcripts: Vec<usize>,
    symbol: String,
    id: String,
    name_en: Option<String>,
    name_ja: Option<String>,
    aliases: Vec<String>,
    constraint: Constraint,
}

/// A name of a gene; the better reason is the smaller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    reason: Reason,
    gene: u32,
    /// As written.
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Symbol,
    Id,
    Name,
    Alias,
}

/// Without its version.
fn bare(id: &str) -> &str {
    id.split_once('.').map_or(id, |(bare, _)| bare)
}

impl Genes {
    pub(crate) fn of(sets: &[Arc<OpenSet>]) -> Genes {
        let mut entries: Vec<Entry> = Vec::new();
        let mut taken: HashSet<(Contig, String)> = HashSet::new();
        for (rank, set) in sets.iter().enumerate() {
            let found = of_set(rank, set);
            // A gene that an earlier set has is shown once, as that set has it.
            let new: Vec<Entry> =
                found.into_iter().filter(|e| !taken.contains(&(e.contig, fold(&e.symbol)))).collect();
            taken.extend(new.iter().map(|entry| (entry.contig, fold(&entry.symbol))));
            entries.extend(new);
        }
        for set in sets {
            tell(&mut entries, set);
        }
        entries.sort_by(|a, b| (a.contig, a.start, a.end, &a.id).cmp(&(b.contig, b.start, b.end, &b.id)));
        let (mut reach, mut last) = (Vec::with_capacity(entries.len()), None);
        for entry in &entries {
            let before = last.filter(|(contig, _)| *contig == entry.contig).map_or(0, |(_, end)| end);
            reach.push(entry.end.max(before));
            last = Some((entry.contig, entry.end.max(before)));
        }
        let mut genes = Genes { entries, reach, names: BTreeMap::new() };
        genes.name();
        genes
    }

    fn name(&mut self) {
        for (rank, entry) in self.entries.iter().enumerate() {
            let id = bare(&entry.id).to_owned();
            let one = |reason, name: &String| (reason, name.clone());
            let names = [one(Reason::Symbol, &entry.symbol), (Reason::Id, id)].into_iter();
            let written = entry.name_en.iter().chain(&entry.name_ja).map(|name| one(Reason::Name, name));
            let aliases = entry.aliases.iter().map(|name| one(Reason::Alias, name));
            for (reason, name) in names.chain(written).chain(aliases) {
                let (folded, gene) = (fold(&name), rank as u32);
                if !folded.is_empty() {
                    self.names.entry(folded).or_default().push(Named { reason, gene, name });
                }
            }
        }
        for named in self.names.values_mut() {
            named.sort();
            let mut seen = HashSet::new();
            named.retain(|one| seen.insert(one.gene));
        }
    }

    /// The gene of a name in any spelling, the best reason first: a symbol before somebody's alias.
    pub(crate) fn gene(&self, sets: &[Arc<OpenSet>], name: &str) -> Option<Gene> {
        let named = self.names.get(&fold(name)).or_else(|| self.names.get(&fold(bare(name.trim()))))?;
        named.first().map(|one| self.card(sets, one.gene as usize))
    }

    /// Transcripts of the genes of a name: preferred ones first, then those with the longest coding part.
    pub(crate) fn transcripts<'s>(&self, sets: &'s [Arc<OpenSet>], name: &str) -> Vec<&'s Transcript> {
        let Some(one) = self.names.get(&fold(name)).and_then(|named| named.first()) else {
            return Vec::new();
        };
        let entry = &self.entries[one.gene as usize];
        ordered(transcripts(sets, entry))
    }

    /// Genes with a base in a region.
    pub(crate) fn within(&self, sets: &[Arc<OpenSet>], region: &Region) -> Vec<Gene> {
        let (start, end) = (region.start.get(), region.end.get());
        let from = self.entries.partition_point(|e| e.contig < region.contig);
        let to = self.entries.partition_point(|e| (e.contig, e.start) <= (region.contig, end));
        let first = from + self.reach[from..to].partition_point(|reach| *reach < start);
        let near = (first..to).filter(|rank| self.entries[*rank].end >= start);
        near.map(|rank| self.card(sets, rank)).collect()
    }

    /// Genes of a name, then those whose name begins with the text, then those whose name holds it.
    pub(crate) fn find(&self, text: &str, most: usize) -> Vec<Found> {
        // An id is known without its version.
        let unversioned = fold(bare(text));
        let folded = if self.names.contains_key(&unversioned) { unversioned } else { fold(text) };
        if folded.is_empty() {
            return Vec::new();
        }
        let begins = self.names.range(folded.clone()..).take_while(|(name, _)| name.starts_with(&folded));
        // Symbols before other names, shorter ones before longer.
        let mut hits: Vec<(bool, &Named, usize)> = begins
            .flat_map(|(name, all)| all.iter().map(move |one| (name, one)))
            .map(|(name, one)| (*name != folded, one, name.len()))
            .collect();
        hits.sort_by(|a, b| (a.0, a.1.reason, a.2, a.1).cmp(&(b.0, b.1.reason, b.2, b.1)));
        let is_long = folded.chars().count() >= INSIDE_CHARS_MIN || !folded.is_ascii();
        if hits.len() < most && is_long {
            let inside =
                self.names.iter().filter(|(name, _)| !name.starts_with(&folded) && name.contains(&folded));
            hits.extend(inside.flat_map(|(name, all)| all.iter().map(|one| (true, one, name.len()))));
        }
        let mut seen = HashSet::new();
        let first = hits.into_iter().filter(|(_, one, _)| seen.insert(one.gene)).take(most);
        first.map(|(_, one, _)| self.found(one)).collect()
    }

    fn found(&self, named: &Named) -> Found {
        let entry = &self.entries[named.gene as usize];
        Found::Gene {
            symbol: entry.symbol.clone(),
            id: entry.id.clone(),
            name_en: entry.name_en.clone(),
            name_ja: entry.name_ja.clone(),
            region: region(entry),
            matched: named.name.clone(),
        }
    }

    fn card(&self, sets: &[Arc<OpenSet>], rank: usize) -> Gene {
        let entry = &self.entries[rank];
        let all = ordered(transcripts(sets, entry));
        Gene {
            symbol: entry.symbol.clone(),
            id: entry.id.clone(),
            name_en: entry.name_en.clone(),
            name_ja: entry.name_ja.clone(),
            aliases: entry.aliases.clone(),
            region: region(entry),
            // INVARIANT: an entry is made of one transcript at least.
            strand: all.first().map_or('+', |transcript| cards::sign(transcript.strand)),
            transcripts: all.into_iter().map(transcript_card).collect(),
            constraint: (!entry.constraint.is_empty()).then_some(entry.constraint),
            set: sets[entry.set].row.name.clone(),
        }
    }
}

fn region(entry: &Entry) -> Region {
    Region::new(entry.contig, u64::from(entry.start), u64::from(entry.end))
        .unwrap_or_else(|_| Region::whole(entry.contig))
}

fn of_set(rank: usize, set: &OpenSet) -> Vec<Entry> {
    let Some(models) = &set.models else { return Vec::new() };
    let mut by_gene: HashMap<(Contig, &str), Entry> = HashMap::new();
    for (place, transcript) in models.transcripts().iter().enumerate() {
        let span = transcript.span();
        let entry =
            by_gene.entry((transcript.contig, transcript.gene_id.as_str())).or_insert_with(|| Entry {
                set: rank,
                contig: transcript.contig,
                start: span.start,
                end: span.end,
                transcripts: Vec::new(),
                symbol: transcript.symbol.clone(),
                id: transcript.gene_id.clone(),
                name_en: None,
                name_ja: None,
                aliases: Vec::new(),
                constraint: Constraint::default(),
            });
        (entry.start, entry.end) = (entry.start.min(span.start), entry.end.max(span.end));
        entry.transcripts.push(place);
    }
    let mut found: Vec<Entry> = by_gene.into_values().collect();
    found.sort_by(|a, b| (a.contig, a.start, &a.id).cmp(&(b.contig, b.start, &b.id)));
    found
}

/// Adds what a table says: a later table's word stands over an earlier one's, aliases add up.
fn tell(entries: &mut [Entry], set: &OpenSet) {
    if set.facts.is_empty() {
        return;
    }
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (rank, entry) in entries.iter().enumerate() {
        by_name.entry(entry.symbol.to_uppercase()).or_default().push(rank);
        by_name.entry(bare(&entry.id).to_uppercase()).or_default().push(rank);
    }
    for facts in &set.facts {
        // By id where the table has one: symbols change hands.
        let keys = [facts.id.as_deref(), facts.symbol.as_deref()].into_iter().flatten();
        let Some(ranks) = keys.map(str::to_uppercase).find_map(|key| by_name.get(&key)) else { continue };
        for rank in ranks {
            let entry = &mut entries[*rank];
            entry.name_en = facts.name_en.clone().or(entry.name_en.take());
            entry.name_ja = facts.name_ja.clone().or(entry.name_ja.take());
            for alias in &facts.aliases {
                if !entry.aliases.contains(alias) {
                    entry.aliases.push(alias.clone());
                }
            }
            let (old, new) = (entry.constraint, facts.constraint);
            entry.constraint = Constraint {
                loeuf: new.loeuf.or(old.loeuf),
                pli: new.pli.or(old.pli),
                missense_z: new.missense_z.or(old.missense_z),
                lof_observed: new.lof_observed.or(old.lof_observed),
                lof_expected: new.lof_expected.or(old.lof_expected),
                missense_observed: new.missense_observed.or(old.missense_observed),
                missense_expected: new.missense_expected.or(old.missense_expected),
            };
        }
    }
}

fn transcripts<'s>(sets: &'s [Arc<OpenSet>], entry: &Entry) -> Vec<&'s Transcript> {
    let models = sets[entry.set].models.iter();
    models.flat_map(|models| entry.transcripts.iter().map(|rank| &models.transcripts()[*rank])).collect()
}

/// Preferred transcripts first, then the most coding bases, then the most bases.
fn ordered(mut all: Vec<&Transcript>) -> Vec<&Transcript> {
    all.sort_by_cached_key(|transcript| {
        let coding = transcript.coding.as_ref().map_or(0, |coding| coding.end - coding.start);
        (
            cards::rank(transcript.selection),
            Reverse(coding),
            Reverse(transcript.bases()),
            transcript.id.clone(),
        )
    });
    all
}

fn transcript_card(transcript: &Transcript) -> GeneTranscript {
    let segment = |span: &gj_annotation::Span| Segment { start: span.start, end: span.end };
    let ends = transcript.coding.as_ref().and_then(|coding| {
        let (one, other) = (transcript.position(coding.start)?, transcript.position(coding.end - 1)?);
        Some((one.min(other), one.max(other)))
    });
    let coding = ends.map(|(first, last)| {
        let inside = transcript.exons.iter().filter(|exon| exon.start <= last && exon.end >= first);
        inside.map(|exon| Segment { start: exon.start.max(first), end: exon.end.min(last) }).collect()
    });
    GeneTranscript {
        id: transcript.id.clone(),
        twin: transcript.twin.clone(),
        protein: transcript.protein.clone(),
        biotype: transcript.biotype.clone(),
        selection: transcript.selection.map(cards::selection),
        exons: transcript.exons.iter().map(segment).collect(),
        coding: coding.unwrap_or_default(),
    }
}
