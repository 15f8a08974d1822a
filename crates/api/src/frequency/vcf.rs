//! A frequency answer as a sites-only VCF 4.3 file, sorted. Never opens a file: the caller brings the
//! writer; the form of the lines is `gj-export`'s, as of the downloads.

use gj_gate::sites::{SitesHead, SitesText};
use gj_gate::{FrequencyAnswer, Released};
use gj_model::SiteFrequency;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Writes the file.
///
/// # Errors
/// What the writer says.
pub fn write(answer: &Released<FrequencyAnswer>, out: &mut impl Write) -> io::Result<()> {
    write_answer(answer.get(), out)
}

fn write_answer(answer: &FrequencyAnswer, out: &mut impl Write) -> io::Result<()> {
    let groups: BTreeSet<&String> = answer.sites.iter().flat_map(|site| site.groups.keys()).collect();
    let groups = groups.into_iter().cloned().collect();
    let text = SitesText::new(SitesHead {
        freeze: answer.citation.freeze.to_string(),
        digest: answer.citation.digest.clone(),
        smallest_cell: answer.smallest_cell,
        hidden_cells: Some(answer.hidden_cells),
        groups,
        withheld: answer.ledger.withheld.iter().map(ToString::to_string).collect(),
    });
    text.write_header(out)?;
    let mut sites: Vec<&SiteFrequency> = answer.sites.iter().collect();
    sites.sort_by(|a, b| a.variant.cmp(&b.variant));
    sites.into_iter().try_for_each(|site| text.write_site(site, out))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use gj_gate::Citation;
    use gj_model::{Cells, Grouping};
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
