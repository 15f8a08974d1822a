//! Frequencies of sites as files: sites-only VCF 4.3, plain or BGZF with a tabix index, and Parquet. A
//! hidden count is a `.`, or null; zero is written.
//!
//! VCF 4.3 specification, <https://samtools.github.io/hts-specs/VCFv4.3.pdf>, sections 1.4 and 1.6.

mod group_id;
mod parquet;

pub use parquet::ParquetSites;

use crate::bgzf::Bgzf;
use crate::encoded::Encoded;
use crate::index::{Index, Place};
use gj_model::{Cells, Contig, SiteFrequency};
use group_id::GroupIds;
use std::io::{self, Write};

/// The five counts and the frequency: key, `Number`, `Type`, meaning.
const KEYS: [(&str, &str, &str, &str); 6] = [
    ("AC", "A", "Integer", "Alternate alleles"),
    ("AN", "1", "Integer", "Called alleles"),
    ("AF", "A", "Float", "Alternate allele frequency"),
    ("nhomalt", "A", "Integer", "People with two copies of the alternate allele"),
    ("nhemi", "A", "Integer", "People whose only copy is the alternate allele"),
    ("npeople", "1", "Integer", "People with a call"),
];

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitesHead {
    /// The release.
    pub freeze: String,
    /// Its citable digest.
    pub digest: String,
    /// Counts from 1 to one less are hidden.
    pub smallest_cell: u32,
    /// Hidden cells of the whole file, where they are known before it is written.
    pub hidden_cells: Option<usize>,
    /// Names of the groups, `all` with them.
    pub groups: Vec<String>,
    /// Places of which something is not told now, each with why.
    pub withheld: Vec<String>,
}

/// A sites-only VCF being written line by line.
#[derive(Debug)]
pub struct SitesText {
    head: SitesHead,
    groups: GroupIds,
}

impl SitesText {
    /// A file of that head.
    pub fn new(head: SitesHead) -> SitesText {
        let groups = GroupIds::of(head.groups.iter().map(String::as_str));
        SitesText { head, groups }
    }

    /// Writes what stands before the sites.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_header(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "##fileformat=VCFv4.3")?;
        writeln!(out, "##source=genomics-japan-{}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "##reference=GRCh38")?;
        for contig in Contig::all() {
            writeln!(out, "##contig=<ID={contig},length={},assembly=GRCh38>", contig.length())?;
        }
        let head = &self.head;
        writeln!(out, "##gjFreeze=<ID={},Digest=\"{}\">", head.freeze, quoted(&head.digest))?;
        let most = head.smallest_cell.saturating_sub(1);
        let hidden = head.hidden_cells.map(|cells| format!("HiddenCells={cells},")).unwrap_or_default();
        writeln!(
            out,
            "##gjDisclosure=<ID=small-cells,SmallestCell={},{hidden}Description=\"Counts from 1 to {most}, and \
                counts that would reveal one by subtraction, are hidden and written as a dot; zero is shown\">",
            head.smallest_cell
        )?;
        for place in &head.withheld {
            writeln!(out, "##gjWithheld=\"{}\"", quoted(place))?;
        }
        for (id, name) in self.groups.renamed() {
            writeln!(out, "##gjGroup=<ID={id},Name=\"{}\">", quoted(name))?;
        }
        for (group, suffix) in self.groups.suffixes() {
            for (key, number, kind, meaning) in KEYS {
                let people = if group == "all" { "everybody".to_owned() } else { format!("group {group}") };
                let about = quoted(&format!("{meaning}, {people}"));
                writeln!(
                    out,
                    "##INFO=<ID={key}{suffix},Number={number},Type={kind},Description=\"{about}\">"
                )?;
            }
        }
        writeln!(out, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    }

    /// Writes one site.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_site(&self, site: &SiteFrequency, out: &mut impl Write) -> io::Result<()> {
        let v = &site.variant;
        write!(out, "{}\t{}\t.\t{}\t{}\t.\t.\t", v.contig, v.position, v.reference, v.alternate)?;
        let mut between = "";
        for (group, suffix) in self.groups.suffixes() {
            let Some(cells) = site.groups.get(group) else { continue };
            for ((key, ..), value) in KEYS.iter().zip(values(cells)) {
                write!(out, "{between}{key}{suffix}={value}")?;
                between = ";";
            }
        }
        writeln!(out, "{}", if between.is_empty() { "." } else { "" })
    }
}

/// The same as BGZF, with a tabix index.
pub struct SitesVcfGz<W> {
    text: SitesText,
    out: Bgzf<W>,
}

impl<W: Write> SitesVcfGz<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// What the writer says.
    pub fn new(out: W, head: SitesHead) -> io::Result<SitesVcfGz<W>> {
        let (text, mut out) = (SitesText::new(head), Bgzf::new(out, Index::tabix()));
        let mut header = Vec::new();
        text.write_header(&mut header)?;
        out.append(&header)?;
        Ok(SitesVcfGz { text, out })
    }

    /// Adds a site; they must ascend.
    ///
    /// # Errors
    /// What the writer says.
    pub fn push(&mut self, site: &SiteFrequency) -> io::Result<()> {
        let mut line = Vec::new();
        self.text.write_site(site, &mut line)?;
        self.out.append_record(Place::of(&site.variant), &Encoded::of(line))
    }

    /// Ends the file and writes its index.
    ///
    /// # Errors
    /// What the writers say.
    pub fn finish(self, index: impl Write) -> io::Result<()> {
        self.out.finish(index)
    }
}

/// The values of [`KEYS`], in their order.
fn values(cells: &Cells) -> [String; 6] {
    let count = |cell: Option<u32>| cell.map_or_else(|| ".".to_owned(), |count| count.to_string());
    // A VCF Float has 32 bits; this is the shortest text that reads back as the same one.
    let frequency =
        cells.frequency().map_or_else(|| ".".to_owned(), |frequency| (frequency as f32).to_string());
    [count(cells.ac), count(cells.an), frequency, count(cells.hom), count(cells.hemi), count(cells.people)]
}

/// Text inside the quotes of a header line.
fn quoted(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ").replace('\\', "\\\\").replace('"', "\\\"")
}
