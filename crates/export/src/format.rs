//! The formats, their names on the command line and the files each is made of.

use std::fmt;
use std::str::FromStr;

/// A format of an extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// VCF 4.3 text.
    Vcf,
    /// The same in BGZF with a tabix index.
    VcfGz,
    /// BCF 2.2 in BGZF with a CSI index.
    Bcf,
    /// PLINK 2: genotypes with phase, variants, samples.
    Pgen,
    /// PLINK 1: genotypes, variants, samples.
    Bed,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] = [Format::Vcf, Format::VcfGz, Format::Bcf, Format::Pgen, Format::Bed];

    /// The name, which is the suffix of the main file.
    pub fn name(self) -> &'static str {
        self.suffixes()[0]
    }

    /// Suffixes of its files: the main file first, then what belongs to it.
    pub fn suffixes(self) -> &'static [&'static str] {
        match self {
            Format::Vcf => &["vcf"],
            Format::VcfGz => &["vcf.gz", "vcf.gz.tbi"],
            Format::Bcf => &["bcf", "bcf.csi"],
            Format::Pgen => &["pgen", "pvar", "psam"],
            Format::Bed => &["bed", "bim", "fam"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Format, String> {
        let known = || Format::ALL.map(Format::name).join(", ");
        let found = Format::ALL.into_iter().find(|format| format.name() == text);
        found.ok_or_else(|| format!("`{}` is not a format; write one of {}", text.escape_debug(), known()))
    }
}
