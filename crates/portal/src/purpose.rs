//! The small form on which the purpose of a question is chosen, and what was chosen.

use crate::language::Language;
use crate::visit::Visit;
use gj_api::frequency::ask::PURPOSE_DEFAULT;
use gj_gate::Overview;

/// The form.
pub(crate) struct PurposeForm {
    pub(crate) options: Vec<PurposeOption>,
    /// The disease chosen, or nothing.
    pub(crate) disease: String,
    /// The split, kept while the purpose changes.
    pub(crate) by: String,
}

pub(crate) struct PurposeOption {
    pub(crate) code: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

/// The purpose of a visit as the question takes it: the form sends code and disease apart.
pub(crate) fn chosen(visit: &Visit, overview: &Overview) -> String {
    let purpose = visit.param("purpose").unwrap_or(PURPOSE_DEFAULT);
    let needs_disease = overview.purposes.iter().any(|p| p.code == purpose && p.needs_disease);
    match visit.param("disease") {
        Some(disease) if needs_disease => format!("{purpose}:{disease}"),
        _ => purpose.to_owned(),
    }
}

pub(crate) fn form(language: Language, overview: &Overview, chosen: &str, by: &str) -> PurposeForm {
    let (code, disease) = chosen.split_once(':').unwrap_or((chosen, ""));
    let options = overview.purposes.iter().map(|purpose| PurposeOption {
        label: format!("{} – {}", purpose.code, language.of(&purpose.name)),
        selected: purpose.code.eq_ignore_ascii_case(code),
        code: purpose.code.clone(),
    });
    PurposeForm { options: options.collect(), disease: disease.to_owned(), by: by.to_owned() }
}
