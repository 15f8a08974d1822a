//! The small form on which the purpose of a question is chosen, and what was chosen.

use crate::language::Language;
use crate::visit::Visit;
use gj_api::Problem;
use gj_api::frequency::ask::PURPOSE_DEFAULT;
use gj_gate::acts::application::ProjectChoice;
use gj_gate::{Gate, Overview};

/// The form.
pub(crate) struct PurposeForm {
    pub(crate) options: Vec<PurposeOption>,
    /// Granted projects of the visitor; empty: nothing is offered.
    pub(crate) projects: Vec<PurposeOption>,
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

/// Why a page asks: for which purpose, and under which granted project if any.
pub(crate) struct Why {
    pub(crate) purpose: String,
    /// Its number; empty: none.
    pub(crate) project: String,
    /// Projects the visitor may choose among.
    choices: Vec<ProjectChoice>,
}

impl Why {
    #[cfg(test)]
    pub(crate) fn of(purpose: &str) -> Why {
        Why { purpose: purpose.to_owned(), project: String::new(), choices: Vec::new() }
    }
}

/// The purpose of a visit as the question takes it: the form sends code and disease apart. A project brings
/// the purpose it was granted for.
pub(crate) async fn chosen(gate: &Gate, visit: &Visit, overview: &Overview) -> Result<Why, Problem> {
    let choices = match &visit.session {
        Some(session) => gate.projects_of(&session.asker).await.map_err(Problem::public)?,
        None => Vec::new(),
    };
    let project = visit.param("project").unwrap_or_default().to_owned();
    let granted = choices.iter().find(|choice| choice.id.as_str() == project);
    let purpose = visit.param("purpose").unwrap_or(PURPOSE_DEFAULT);
    let needs_disease = overview.purposes.iter().any(|p| p.code == purpose && p.needs_disease);
    let purpose = match (granted, visit.param("disease")) {
        (Some(granted), _) => granted.purpose.clone(),
        (None, Some(disease)) if needs_disease => format!("{purpose}:{disease}"),
        _ => purpose.to_owned(),
    };
    Ok(Why { purpose, project, choices })
}

pub(crate) fn form(language: Language, overview: &Overview, why: &Why, by: &str) -> PurposeForm {
    let (code, disease) = why.purpose.split_once(':').unwrap_or((&why.purpose, ""));
    let options = overview.purposes.iter().map(|purpose| PurposeOption {
        label: format!("{} – {}", purpose.code, language.of(&purpose.name)),
        selected: purpose.code.eq_ignore_ascii_case(code),
        code: purpose.code.clone(),
    });
    let projects = why.choices.iter().map(|choice| PurposeOption {
        label: format!("{} – {} ({})", choice.id, choice.title, choice.purpose),
        selected: choice.id.as_str() == why.project,
        code: choice.id.to_string(),
    });
    PurposeForm {
        options: options.collect(),
        projects: projects.collect(),
        disease: disease.to_owned(),
        by: by.to_owned(),
    }
}
