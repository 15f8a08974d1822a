//! A frequency answer as a sites-only VCF 4.3 file, sorted. A hidden count is a key with `.` as its
//! value; zero is written. Never opens a file: the caller brings the writer.
//!
//! VCF 4.3 specification, <https://samtools.github.io/hts-specs/VCFv4.3.pdf>, sections 1.4 and 1.6.

mod group_id;

use gj_gate::{FrequencyAnswer, Released};
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

/// Writes the file.
///
/// # Errors
/// What the writer says.
pub fn write(answer: &Released<FrequencyAnswer>, out: &mut impl Write) -> io::Result<()> {
    write_answer(answer.get(), out)
}

fn write_answer(answer: &FrequencyAnswer, out: &mut impl Write) -> io::Result<()> {
    let groups = GroupIds::of(&answer.sites);
    write_header(answer, &groups, out)?;
    let mut sites: Vec<&SiteFrequency> = answer.sites.iter().collect();
    sites.sort_by(|a, b| a.variant.cmp(&b.variant));
    sites.into_iter().try_for_each(|site| write_site(site, &groups, out))
}

fn write_header(answer: &FrequencyAnswer, groups: &GroupIds, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "##fileformat=VCFv4.3")?;
    writeln!(out, "##source=genomics-japan-{}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "##reference=GRCh38")?;
    for contig in Contig::all() {
        writeln!(out, "##contig=<ID={contig},length={},assembly=GRCh38>", contig.length())?;
    }
    let citation = &answer.citation;
    writeln!(out, "##gjFreeze=<ID={},Digest=\"{}\">", citation.freeze, quoted(&citation.digest))?;
    let most = answer.smallest_cell.saturating_sub(1);
    writeln!(
        out,
        "##gjDisclosure=<ID=small-cells,SmallestCell={},HiddenCells={},Description=\"Counts from 1 to {most}, and \
            counts that would reveal one by subtraction, are hidden and written as a dot; zero is shown\">",
        answer.smallest_cell, answer.hidden_cells
    )?;
    for (id, name) in groups.renamed() {
        writeln!(out, "##gjGroup=<ID={id},Name=\"{}\">", quoted(name))?;
    }
    for (group, suffix) in groups.suffixes() {
        for (key, number, kind, meaning) in KEYS {
            let people = if group == "all" { "everybody".to_owned() } else { format!("group {group}") };
            let about = quoted(&format!("{meaning}, {people}"));
            writeln!(out, "##INFO=<ID={key}{suffix},Number={number},Type={kind},Description=\"{about}\">")?;
        }
    }
    writeln!(out, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
}

fn write_site(site: &SiteFrequency, groups: &GroupIds, out: &mut impl Write) -> io::Result<()> {
    let v = &site.variant;
    write!(out, "{}\t{}\t.\t{}\t{}\t.\t.\t", v.contig, v.position, v.reference, v.alternate)?;
    let mut between = "";
    for (group, suffix) in groups.suffixes() {
        let Some(cells) = site.groups.get(group) else { continue };
        for ((key, ..), value) in KEYS.iter().zip(values(cells)) {
            write!(out, "{between}{key}{suffix}={value}")?;
            between = ";";
        }
    }
    writeln!(out, "{}", if between.is_empty() { "." } else { "" })
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use gj_gate::Citation;
    use gj_model::Grouping;
    use std::collections::BTreeMap;

    /// An answer with a hidden cell, made by hand.
    pub(crate) fn answer() -> FrequencyAnswer {
        let cells = |ac: Option<u32>, an| Cells {
            ac,
            an: Some(an),
            hom: Some(0),
            hemi: Some(0),
            people: Some(an / 2),
        };
        let site = |variant: &str, ac| SiteFrequency {
            variant: variant.parse().unwrap(),
            groups: BTreeMap::from([
                ("all".to_owned(), cells(Some(1601), 6404)),
                ("JPT".to_owned(), cells(ac, 208)),
                ("a;b \"x\"".to_owned(), cells(Some(0), 0)),
            ]),
        };
        FrequencyAnswer {
            citation: Citation { freeze: "2026.1".parse().unwrap(), digest: "abc".into() },
            by: Grouping::Stratum,
            smallest_cell: 10,
            hidden_cells: 1,
            sites: vec![site("chr22-42127941-GT-A", Some(30)), site("chr22-42127941-G-A", None)],
            ledger: Default::default(),
        }
    }

    #[test]
    fn the_file_is_sorted_and_shows_what_is_hidden() {
        let mut out = Vec::new();
        write_answer(&answer(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            lines[0],
            "chr22\t42127941\t.\tG\tA\t.\t.\tAC=1601;AN=6404;AF=0.25;nhomalt=0;nhemi=0;npeople=3202;\
                AC_JPT=.;AN_JPT=208;AF_JPT=.;nhomalt_JPT=0;nhemi_JPT=0;npeople_JPT=104;\
                AC_G1=0;AN_G1=0;AF_G1=.;nhomalt_G1=0;nhemi_G1=0;npeople_G1=0"
        );
        assert!(lines[1].starts_with("chr22\t42127941\t.\tGT\tA\t"));
        assert!(text.starts_with("##fileformat=VCFv4.3\n"));
        assert!(text.contains("##contig=<ID=chr22,length=50818468,assembly=GRCh38>"));
        assert!(text.contains("##gjFreeze=<ID=2026.1,Digest=\"abc\">"));
        assert!(text.contains("##gjGroup=<ID=G1,Name=\"a;b \\\"x\\\"\">\n"), "{text}");
        assert!(text.contains("group a;b \\\"x\\\"\">"));
    }
}
