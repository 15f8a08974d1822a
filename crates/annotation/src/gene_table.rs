//! Facts by gene out of tables: names, aliases, names in Japanese, constraint.

use crate::error::ReadError;
use crate::lines::Lines;
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// How much loss a gene bears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// Upper bound of observed over expected loss-of-function variants (LOEUF).
    pub loeuf: Option<f64>,
    /// Probability of intolerance to one lost copy.
    pub pli: Option<f64>,
    /// Z of missense variants.
    pub missense_z: Option<f64>,
    /// Observed loss-of-function variants.
    pub lof_observed: Option<f64>,
    /// Expected loss-of-function variants.
    pub lof_expected: Option<f64>,
    /// Observed missense variants.
    pub missense_observed: Option<f64>,
    /// Expected missense variants.
    pub missense_expected: Option<f64>,
}

impl Constraint {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Constraint::default()
    }

    fn field(&mut self, column: Column) -> Option<&mut Option<f64>> {
        Some(match column {
            Column::Loeuf => &mut self.loeuf,
            Column::Pli => &mut self.pli,
            Column::MissenseZ => &mut self.missense_z,
            Column::LofObserved => &mut self.lof_observed,
            Column::LofExpected => &mut self.lof_expected,
            Column::MissenseObserved => &mut self.missense_observed,
            Column::MissenseExpected => &mut self.missense_expected,
            _ => return None,
        })
    }
}

/// What a table says of a gene.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GeneFacts {
    /// Symbol.
    pub symbol: Option<String>,
    /// Id in a set of gene models, without version.
    pub id: Option<String>,
    /// Name in English.
    pub name_en: Option<String>,
    /// Name in Japanese.
    pub name_ja: Option<String>,
    /// Other and former symbols, other names.
    pub aliases: Vec<String>,
    /// Constraint.
    pub constraint: Constraint,
}

/// A table of tab-separated values with a heading.
pub struct GeneTable;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Symbol,
    Id,
    NameEn,
    NameJa,
    Alias,
    /// Of one that says whether the row's transcript stands for its gene.
    Preferred,
    Loeuf,
    Pli,
    MissenseZ,
    LofObserved,
    LofExpected,
    MissenseObserved,
    MissenseExpected,
}

/// Headings as the makers of such tables write them: HGNC, gnomAD 2 and 4, and our own.
const HEADINGS: [(&str, Column); 30] = [
    ("symbol", Column::Symbol),
    ("gene", Column::Symbol),
    ("gene_symbol", Column::Symbol),
    ("gene_id", Column::Id),
    ("ensembl_gene_id", Column::Id),
    ("name", Column::NameEn),
    ("name_en", Column::NameEn),
    ("name_ja", Column::NameJa),
    ("aliases", Column::Alias),
    ("alias_symbol", Column::Alias),
    ("alias_name", Column::Alias),
    ("prev_symbol", Column::Alias),
    ("aliases_ja", Column::Alias),
    ("canonical", Column::Preferred),
    ("loeuf", Column::Loeuf),
    ("oe_lof_upper", Column::Loeuf),
    ("lof.oe_ci.upper", Column::Loeuf),
    ("pli", Column::Pli),
    ("lof.pli", Column::Pli),
    ("mis_z", Column::MissenseZ),
    ("missense_z", Column::MissenseZ),
    ("mis.z_score", Column::MissenseZ),
    ("obs_lof", Column::LofObserved),
    ("lof.obs", Column::LofObserved),
    ("exp_lof", Column::LofExpected),
    ("lof.exp", Column::LofExpected),
    ("obs_mis", Column::MissenseObserved),
    ("mis.obs", Column::MissenseObserved),
    ("exp_mis", Column::MissenseExpected),
    ("mis.exp", Column::MissenseExpected),
];

impl GeneTable {
    /// Hands over each row. Of several transcripts of a gene (column `canonical`) the canonical one counts.
    ///
    /// # Errors
    /// [`ReadError::Line`] for a heading without a gene or without a fact, a row of other columns, what is no
    /// number; and for what `take` says.
    pub fn read(
        file: &str,
        reader: &mut dyn BufRead,
        mut take: impl FnMut(GeneFacts) -> Result<(), String>,
    ) -> Result<(), ReadError> {
        let mut lines = Lines::new(file, reader);
        let expected = "a heading with `symbol` or `gene_id`, and one at least of name, name_ja, aliases, \
            alias_symbol, prev_symbol, loeuf, pli, mis_z, obs_lof, exp_lof, obs_mis, exp_mis";
        let Some((at, heading)) = lines.next_text()? else {
            return Err(lines.at().refuse("the file is empty", expected));
        };
        let heading = heading.trim_start_matches('\u{feff}').trim_start_matches('#');
        let known = |name: &str| {
            let name = unquoted(name).to_ascii_lowercase();
            HEADINGS.iter().find(|(heading, _)| *heading == name).map(|(_, column)| *column)
        };
        let columns: Vec<Option<Column>> = heading.split('\t').map(known).collect();
        let has = |column| columns.contains(&Some(column));
        let facts =
            columns.iter().flatten().filter(|c| ![Column::Symbol, Column::Id, Column::Preferred].contains(c));
        if !(has(Column::Symbol) || has(Column::Id)) || facts.count() == 0 {
            let found = format!("the heading `{}`", heading.chars().take(80).collect::<String>());
            return Err(at.refuse(found, expected));
        }
        let mut rows = 0;
        while let Some((at, text)) = lines.next_text()? {
            if text.is_empty() {
                continue;
            }
            let values: Vec<&str> = text.split('\t').map(unquoted).collect();
            if values.len() != columns.len() {
                let found = format!("{} columns", values.len());
                return Err(at.refuse(found, "as many as the heading has, separated by tabs"));
            }
            let row = row(&columns, &values).map_err(|found| at.refuse(found, "a number, or nothing"))?;
            if let Some(row) = row {
                take(row).map_err(|found| at.refuse(found, expected))?;
                rows += 1;
            }
        }
        if rows == 0 { Err(lines.at().refuse("no gene", expected)) } else { Ok(()) }
    }
}

/// HGNC's files quote lists.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// A row's facts; `None` of a transcript that does not stand for its gene, or without a gene.
fn row(columns: &[Option<Column>], values: &[&str]) -> Result<Option<GeneFacts>, String> {
    let mut facts = GeneFacts::default();
    for (column, value) in columns.iter().zip(values) {
        let Some(column) = column else { continue };
        if value.is_empty() || ["NA", "NaN", "."].contains(value) {
            continue;
        }
        let text = || Some((*value).to_owned());
        match column {
            Column::Symbol => facts.symbol = text(),
            Column::Id => {
                facts.id = Some(crate::selection::unversioned(value).to_owned());
            }
            Column::NameEn => facts.name_en = text(),
            Column::NameJa => facts.name_ja = text(),
            Column::Alias => {
                let aliases = value.split(['|', '、']).map(str::trim).filter(|alias| !alias.is_empty());
                facts.aliases.extend(aliases.map(str::to_owned));
            }
            Column::Preferred if value.eq_ignore_ascii_case("false") => return Ok(None),
            Column::Preferred => {}
            number => {
                let read = value.parse::<f64>().ok().filter(|number| number.is_finite());
                let wrong = || format!("`{}`", value.chars().take(40).collect::<String>());
                let read = read.ok_or_else(wrong)?;
                if let Some(field) = facts.constraint.field(*number) {
                    *field = Some(read);
                }
            }
        }
    }
    Ok((facts.symbol.is_some() || facts.id.is_some()).then_some(facts))
}
