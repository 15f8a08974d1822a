//! A table as text with tabs. A hidden count is a dot; nothing known is an empty field; zero is written.

use gj_analysis::table::{Row, TableAnswer};

const HEAD: &str = "chrom\tpos\tref\talt\tAC\tAN\tAF\tnhomalt\tnhemi\tnpeople\tgene\ttranscript\tconsequence\timpact\tHGVSc\tHGVSp\tClinVar\trs\tpanels";

/// Writes the rows chosen, with where they come from above them.
pub(crate) fn write(table: &TableAnswer, rows: &[&Row]) -> String {
    let mut out = format!(
        "# release {}, digest {}; hidden counts (1 to {}, and what would give one away) are dots\n",
        table.citation.freeze,
        table.citation.digest,
        table.smallest_cell.saturating_sub(1)
    );
    for place in &table.ledger.withheld {
        out.push_str(&format!("# withheld: {place}\n"));
    }
    out.push_str(HEAD);
    out.push('\n');
    for row in rows {
        out.push_str(&fields(row).join("\t"));
        out.push('\n');
    }
    out
}

fn fields(row: &Row) -> [String; 19] {
    let v = &row.variant;
    let count = |cell: Option<u32>| cell.map_or_else(|| ".".to_owned(), |count| count.to_string());
    let cells = &row.cells;
    let frequency = cells.frequency().map_or_else(|| ".".to_owned(), |value| value.to_string());
    let told = |field: fn(&gj_gate::annotations::Told) -> Option<&str>| {
        row.told.as_ref().and_then(field).map(plain).unwrap_or_default()
    };
    let terms = row.told.iter().flat_map(|told| &told.terms).map(|term| term.term);
    let clinvar = row.known.clinvar.iter().map(|card| plain(&card.significance));
    let panels = row.known.frequencies.iter().filter(|panel| panel.population == "all");
    let panels = panels.map(|panel| format!("{}={}/{}", plain(&panel.set), panel.ac, panel.an));
    [
        v.contig.to_string(),
        v.position.to_string(),
        v.reference.clone(),
        v.alternate.clone(),
        count(cells.ac),
        count(cells.an),
        frequency,
        count(cells.hom),
        count(cells.hemi),
        count(cells.people),
        told(|told| Some(&told.symbol)),
        told(|told| Some(&told.transcript)),
        terms.collect::<Vec<_>>().join("&"),
        told(|told| Some(told.impact)),
        told(|told| told.hgvs_transcript.as_deref()),
        told(|told| told.hgvs_protein.as_deref()),
        clinvar.collect::<Vec<_>>().join(";"),
        row.known.rs.join(";"),
        panels.collect::<Vec<_>>().join(";"),
    ]
}

/// Text of a file that was loaded, kept to one field.
fn plain(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gj_gate::Citation;
    use gj_gate::annotations::{ClinVarCard, Known};
    use gj_model::Cells;

    #[test]
    fn hidden_is_a_dot_and_text_stays_in_its_field() {
        let card = ClinVarCard {
            id: "1".into(),
            significance: "Pathogenic\tor\nnot".into(),
            review: String::new(),
            conditions: vec![],
            condition_ids: vec![],
            set: String::new(),
        };
        let row = Row {
            variant: "chr22-5-G-A".parse().unwrap(),
            cells: Cells { ac: None, an: Some(200), hom: Some(0), hemi: Some(0), people: Some(100) },
            told: None,
            known: Known { rs: vec!["rs1".into()], clinvar: vec![card], frequencies: vec![] },
        };
        let citation = Citation { freeze: "2026.1".parse().unwrap(), digest: "abc".into() };
        let table = TableAnswer { citation, smallest_cell: 10, rows: vec![], ledger: Default::default() };
        let text = write(&table, &[&row]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1].split('\t').count(), lines[2].split('\t').count());
        assert!(lines[2].starts_with("chr22\t5\tG\tA\t.\t200\t.\t0\t0\t100\t"));
        assert!(lines[2].contains("\tPathogenic or not\trs1\t"));
    }
}
