//! The kinds of institutions that rules tell apart.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The kinds of institutions that rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstitutionClass {
    /// A national centre.
    NationalCentre,
    /// A hospital.
    Hospital,
    /// A university.
    University,
    /// A research institute.
    ResearchInstitute,
    /// A company.
    Company,
    /// A body of the state, such as the auditor.
    StateBody,
}

impl InstitutionClass {
    /// Every class.
    pub const ALL: [InstitutionClass; 6] = [
        InstitutionClass::NationalCentre,
        InstitutionClass::Hospital,
        InstitutionClass::University,
        InstitutionClass::ResearchInstitute,
        InstitutionClass::Company,
        InstitutionClass::StateBody,
    ];

    /// The word used in programme files and in the registry.
    pub fn name(self) -> &'static str {
        match self {
            InstitutionClass::NationalCentre => "national-centre",
            InstitutionClass::Hospital => "hospital",
            InstitutionClass::University => "university",
            InstitutionClass::ResearchInstitute => "research-institute",
            InstitutionClass::Company => "company",
            InstitutionClass::StateBody => "state-body",
        }
    }
}

impl fmt::Display for InstitutionClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for InstitutionClass {
    type Err = String;

    fn from_str(text: &str) -> Result<InstitutionClass, String> {
        InstitutionClass::ALL.into_iter().find(|class| class.name() == text).ok_or_else(|| {
            let known: Vec<&str> = InstitutionClass::ALL.iter().map(|class| class.name()).collect();
            format!("`{}` is not an institution class; expected {}", text.escape_debug(), known.join(", "))
        })
    }
}
