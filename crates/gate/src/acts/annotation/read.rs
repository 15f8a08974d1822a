//! From files to a staged set: each kind has its reader, all have one way to be refused.

use super::{AnnotationFile, AnnotationKind, NewAnnotation, wrong};
use crate::annotations::Bases;
use crate::error::GateError;
use gj_annotation::{
    Counted, Fasta, FastaPiece, GeneModels, GeneTable, Populations, ReadError, Reference, Selections, Site,
    SiteFile, Transcript, left_aligned, number_of_allele_id, vrs,
};
use gj_model::{Contig, Variant};
use gj_store::annotation::{AnnotationFiles, AnnotationWriter, KnownRow, PopulationCounts, StagedAnnotation};
use gj_store::{Store, StoreError};
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

/// A line's number leaves room for that of its file above it.
const FILE_SHIFT: u32 = 40;

/// Writes the files of a set into a staged folder. Also how many alleles were passed over.
pub(super) fn stage(
    store: &Store,
    new: NewAnnotation,
    reference: &[Arc<AnnotationFiles>],
) -> Result<(StagedAnnotation, u64), GateError> {
    let NewAnnotation { kind, files, selections, populations, .. } = new;
    let mut writer = store.stage_annotation(&kind.to_string())?;
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    let mut files: Vec<Source> = files.into_iter().chain(selections).map(Source::of).collect();
    let (own, lists) = files.split_at_mut(names.len());
    let (mut passed_over, mut codes) = (0, Vec::new());
    match kind {
        AnnotationKind::Reference => bases(&mut writer, own)?,
        AnnotationKind::Genes => genes(&mut writer, own, lists)?,
        AnnotationKind::GeneTable => table(&mut writer, own)?,
        AnnotationKind::Variants => passed_over = sites(&mut writer, own, None, reference)?.0,
        AnnotationKind::Frequencies => {
            (passed_over, codes) = sites(&mut writer, own, Some(&populations), reference)?;
        }
    }
    // Read to the end, so that the digest is that of the whole file.
    let digests: io::Result<Vec<String>> = files.into_iter().map(Source::digest).collect();
    let digests = digests.map_err(|error| wrong(format!("a file cannot be read on: {error}")))?;
    let staged = writer.finish(digests, codes).map_err(|error| match error {
        StoreError::SiteTwice { first, second } => {
            let place = |number: u64| {
                let (file, line) = (number >> FILE_SHIFT, number & ((1 << FILE_SHIFT) - 1));
                format!("{}, line {line}", names[file as usize])
            };
            let (first, second) = (place(first), place(second));
            wrong(format!("{second}: the same variant as in {first}; expected each once"))
        }
        other => other.into(),
    })?;
    if staged.manifest().entries == 0 {
        return Err(wrong(format!("{} holds nothing of use; expected {kind}", names.join(", "))));
    }
    Ok((staged, passed_over))
}

/// The id of a set that has none yet.
pub(super) fn no_id() -> gj_model::AnnotationId {
    "0".parse().expect("a digit is an id")
}

/// A file whose bytes are digested while they are read.
struct Source {
    name: String,
    reader: BufReader<Digested>,
}

struct Digested {
    reader: Box<dyn BufRead + Send>,
    hasher: blake3::Hasher,
}

impl Read for Digested {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.hasher.update(&out[..read]);
        Ok(read)
    }
}

impl Source {
    fn of(file: AnnotationFile) -> Source {
        let digested = Digested { reader: file.reader, hasher: blake3::Hasher::new() };
        Source { name: file.name, reader: BufReader::with_capacity(256 << 10, digested) }
    }

    fn digest(mut self) -> io::Result<String> {
        io::copy(&mut self.reader, &mut io::sink())?;
        Ok(self.reader.into_inner().hasher.finalize().to_hex().to_string())
    }
}

fn refused(error: ReadError) -> GateError {
    wrong(error.to_string())
}

fn bases(writer: &mut AnnotationWriter, files: &mut [Source]) -> Result<(), GateError> {
    let mut seen: Vec<(Contig, u32, u32)> = Vec::new();
    let mut disk = None;
    for Source { name, reader } in files {
        let read = Fasta::new(name, reader).read(|piece| {
            let done = match piece {
                FastaPiece::Start(contig, start) => {
                    seen.push((contig, start, start));
                    writer.stretch(contig, start)
                }
                FastaPiece::Bases(bases) => {
                    if let Some((_, _, end)) = seen.last_mut() {
                        *end += bases.len() as u32;
                    }
                    writer.bases(bases)
                }
            };
            done.map_err(|error| {
                let told = error.to_string();
                disk = Some(error);
                told
            })
        });
        if let Some(error) = disk {
            return Err(error.into());
        }
        read.map_err(refused)?;
    }
    seen.sort_unstable();
    let overlap = seen.windows(2).find(|pair| pair[0].0 == pair[1].0 && pair[1].1 < pair[0].2);
    if let Some([_, (contig, start, _)]) = overlap {
        return Err(wrong(format!("{contig}:{start} is in two sequences; expected each base once")));
    }
    Ok(())
}

fn genes(writer: &mut AnnotationWriter, files: &mut [Source], lists: &mut [Source]) -> Result<(), GateError> {
    let mut selections = Selections::default();
    for Source { name, reader } in lists {
        let mut text = String::new();
        reader.read_to_string(&mut text).map_err(|error| wrong(format!("{name}: {error}")))?;
        // MANE's summary has a heading, the table of RefSeq Select has none.
        let is_mane = text.lines().next().is_some_and(|line| line.contains("MANE_status"));
        let added = match is_mane {
            true => selections.add_mane(name, &text),
            false => selections.add_refseq_select(name, &text),
        };
        added.map_err(refused)?;
    }
    let mut transcripts: Vec<Transcript> = Vec::new();
    for Source { name, reader } in files {
        let is_gtf = name.to_ascii_lowercase().trim_end_matches(".gz").ends_with(".gtf");
        let models = match is_gtf {
            true => GeneModels::read_gtf(name, reader),
            false => GeneModels::read_gff3(name, reader),
        };
        let mut models = models.map_err(refused)?;
        models.prefer(&selections);
        transcripts.extend(models.into_transcripts());
    }
    transcripts.sort_by(|a, b| (a.contig, a.span(), &a.id).cmp(&(b.contig, b.span(), &b.id)));
    if let Some(pair) = transcripts.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(wrong(format!("transcript `{}` is there twice; expected each once", pair[0].id)));
    }
    Ok(writer.lines(transcripts.iter().map(json))?)
}

/// INVARIANT: texts, numbers and lists of them always have a form in JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain fields serialise")
}

fn table(writer: &mut AnnotationWriter, files: &mut [Source]) -> Result<(), GateError> {
    let mut rows = Vec::new();
    for Source { name, reader } in files {
        let taken = GeneTable::read(name, reader, |facts| {
            rows.push(json(&facts));
            Ok(())
        });
        taken.map_err(refused)?;
    }
    Ok(writer.lines(rows.into_iter())?)
}

/// Reads VCF files. `populations` is set for frequencies: as the operator wrote them, or empty. Gives how many
/// alleles were passed over, and the codes of the populations.
fn sites(
    writer: &mut AnnotationWriter,
    files: &mut [Source],
    populations: Option<&[String]>,
    reference: &[Arc<AnnotationFiles>],
) -> Result<(u64, Vec<String>), GateError> {
    let written = populations.map(Populations::written).transpose().map_err(wrong)?;
    let (mut passed_over, mut first): (u64, Option<Populations>) = (0, None);
    for (rank, Source { name, reader }) in files.iter_mut().enumerate() {
        let mut file = SiteFile::open(name, reader).map_err(refused)?;
        let populations = match &written {
            None => None,
            Some(written) => Some(populations_of(name, &file, written)?),
        };
        if let (Some(one), Some(other)) = (&first, &populations)
            && one != other
        {
            return Err(wrong(format!("{name} has other populations than the files before it")));
        }
        let bases = Bases::new(reference);
        while let Some(site) = file.next_site().map_err(refused)? {
            let clinical = if populations.is_none() { site.clinical() } else { None };
            let line = (rank as u64) << FILE_SHIFT | site.line as u64;
            let mut kept = 0;
            for (allele, variant) in site.variants() {
                kept += 1;
                compare(name, &site, &variant, &bases)?;
                let counts = match &populations {
                    Some(populations) => populations.counts(name, &site, allele).map_err(refused)?,
                    None => Vec::new(),
                };
                let row = KnownRow {
                    variant: left_aligned(&variant, &bases),
                    rs: site.rs(),
                    cards: clinical.iter().map(json).collect(),
                    filters: site.filters.clone(),
                    counts: counts.into_iter().map(count).collect(),
                };
                let ids = vrs(&row.variant, &bases).map(|ids| [ids.v1, ids.v2]);
                let numbers = ids.iter().flatten().filter_map(|id| number_of_allele_id(id));
                writer.site(&row, &numbers.collect::<Vec<u64>>(), line)?;
            }
            passed_over += (site.alleles() - kept) as u64;
        }
        bases.check()?;
        first = first.or(populations);
    }
    let codes = first.iter().flat_map(|all| all.all()).map(|population| population.code.clone());
    Ok((passed_over, codes.collect()))
}

fn count(Counted { ac, an, hom }: Counted) -> PopulationCounts {
    PopulationCounts { ac, an, hom }
}

fn populations_of(name: &str, file: &SiteFile<'_>, written: &Populations) -> Result<Populations, GateError> {
    let found = match written.all().is_empty() {
        true => Populations::of_header(file.fields()),
        false => written.clone(),
    };
    if let Some(field) = found.missing(file.fields()) {
        return Err(wrong(format!(
            "{name}: its header declares no INFO field `{field}`; mend `--population`"
        )));
    }
    if found.all().is_empty() {
        let expected = "name fields with `--population all=AC,AN`";
        return Err(wrong(format!("{name}: its header declares no INFO fields `AC` and `AN`; {expected}")));
    }
    Ok(found)
}

/// Where the reference is loaded, a file must agree with it: a file of another build is caught here.
fn compare(name: &str, site: &Site, variant: &Variant, bases: &Bases<'_>) -> Result<(), GateError> {
    let start = variant.position.get();
    let found = bases.bases(variant.contig, start, start + variant.reference.len() as u32 - 1);
    let Some(found) = found else { return Ok(()) };
    let differs =
        found.iter().zip(variant.reference.bytes()).any(|(a, b)| *a != b && *a != b'N' && b != b'N');
    if !differs {
        return Ok(());
    }
    let short = |bases: &[u8]| String::from_utf8_lossy(&bases[..bases.len().min(20)]).into_owned();
    Err(wrong(format!(
        "{name}, line {}: REF is `{}` at {}:{start}, where the reference has `{}`; expected a file of GRCh38",
        site.line,
        short(variant.reference.as_bytes()),
        variant.contig,
        short(&found),
    )))
}
