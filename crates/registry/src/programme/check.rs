//! What must hold inside one programme file: ids once, references that lead somewhere, dates in order.
//!
//! Finds everything wrong in one pass. Never looks at the registry: a file stands for itself.

use super::Programme;
use crate::problems::Problems;
use crate::roles::ACTS;
use chrono::NaiveDate;
use gj_model::InstitutionId;
use std::collections::HashSet;

/// Where a file is not a programme at all: the line, and what was expected there.
pub(super) fn place(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..at).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let table = before.lines().rev().map(str::trim).find(|line| line.starts_with('['));
    match table {
        Some(table) => format!("line {line}, under {table}: {}", error.message()),
        None => format!("line {line}: {}", error.message()),
    }
}

/// Adds everything wrong with a programme.
pub(super) fn check(programme: &Programme, problems: &mut Problems) {
    check_settings(programme, problems);
    check_institutions(programme, problems);
    check_roles(programme, problems);
    check_users(programme, problems);
    check_purposes(programme, problems);
    check_rules(programme, problems);
    check_payments(programme, problems);
    super::check_rights::check(programme, problems);
    check_consent_forms(programme, problems);
    crate::exposure_rules::check(&programme.exposures, problems);
}

fn check_settings(programme: &Programme, problems: &mut Problems) {
    let settings = &programme.programme;
    for (field, value) in
        [("name_ja", &settings.name_ja), ("name_en", &settings.name_en), ("profile", &settings.profile)]
    {
        filled("[programme]", field, value, problems);
    }
    if settings.build != "GRCh38" {
        problems.add(|| "[programme]: `build` must be `GRCh38`, the build genomes are kept on".to_owned());
    }
    if settings.min_cell == 0 {
        problems.add(|| "[programme]: `min_cell` must be 1 or more; 10 is Japanese practice".to_owned());
    }
}

fn check_institutions(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for institution in &programme.institutions {
        let entry = format!("[[institution]] `{}`", institution.id);
        once(&entry, seen.insert(&institution.id), problems);
        filled(&entry, "name_ja", &institution.name_ja, problems);
        filled(&entry, "name_en", &institution.name_en, problems);
        let country = &institution.country;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            problems.add(|| format!("{entry}: `country` must be two capital letters, such as `JP`"));
        }
    }
}

fn check_roles(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for role in &programme.roles {
        let entry = format!("[[role]] `{}`", role.id);
        once(&entry, seen.insert(&role.id), problems);
        for (field, value) in [("id", &role.id), ("name_ja", &role.name_ja), ("name_en", &role.name_en)] {
            filled(&entry, field, value, problems);
        }
        let mut acts = HashSet::new();
        for act in &role.acts {
            if !ACTS.contains(&act.as_str()) {
                problems.add(|| format!("{entry}: `{act}` is not an act; expected {}", ACTS.join(", ")));
            }
            if !acts.insert(act) {
                problems.add(|| format!("{entry}: act `{act}` is listed twice; list it once"));
            }
        }
    }
}

fn check_users(programme: &Programme, problems: &mut Problems) {
    let roles: HashSet<&str> = programme.roles.iter().map(|role| role.id.as_str()).collect();
    let mut seen = HashSet::new();
    for user in &programme.users {
        let entry = format!("[[user]] `{}`", user.id);
        once(&entry, seen.insert(&user.id), problems);
        filled(&entry, "name_ja", &user.name_ja, problems);
        filled(&entry, "name_en", &user.name_en, problems);
        known_institution(programme, &entry, &user.institution, problems);
        let mut held = HashSet::new();
        for role in &user.roles {
            if !roles.contains(role.as_str()) {
                problems.add(|| {
                    format!("{entry}: role `{role}` is not in this file; add a [[role]] with that id")
                });
            }
            if !held.insert(role) {
                problems.add(|| format!("{entry}: role `{role}` is listed twice; list it once"));
            }
        }
    }
}

fn check_purposes(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for purpose in &programme.purposes {
        let entry = format!("[[purpose]] `{}` from {}", purpose.code, purpose.valid_from);
        once(&entry, seen.insert((&purpose.code, purpose.valid_from)), problems);
        period(&entry, purpose.valid_from, purpose.valid_to, problems);
        filled(&entry, "name_ja", &purpose.name_ja, problems);
        filled(&entry, "name_en", &purpose.name_en, problems);
        filled(&entry, "source", &purpose.source, problems);
        let code = &purpose.code;
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            problems.add(|| format!("{entry}: `code` must be capital letters and digits, such as `GRU`"));
        }
        if purpose.duo.strip_prefix("DUO:").is_none_or(|digits| digits.len() != 7) {
            problems.add(|| format!("{entry}: `duo` must be an id such as `DUO:0000042`"));
        }
    }
}

fn check_rules(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for rule in &programme.rules {
        let entry = format!("[[rule]] `{}` from {}", rule.code, rule.valid_from);
        once(&entry, seen.insert((&rule.code, &rule.profile, rule.valid_from)), problems);
        period(&entry, rule.valid_from, rule.valid_to, problems);
        for (field, value) in
            [("code", &rule.code), ("ja", &rule.ja), ("en", &rule.en), ("source", &rule.source)]
        {
            filled(&entry, field, value, problems);
        }
    }
}

fn check_payments(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for payment in &programme.payments {
        let entry = format!("[[payment]] `{}`", payment.id);
        once(&entry, seen.insert(&payment.id), problems);
        for (field, value) in [("id", &payment.id), ("what", &payment.what), ("source", &payment.source)] {
            filled(&entry, field, value, problems);
        }
        known_institution(programme, &entry, &payment.institution, problems);
        if payment.covers_to < payment.covers_from {
            problems.add(|| format!("{entry}: `covers_to` is before `covers_from`; swap or correct them"));
        }
        if payment.amount_yen < 0 {
            problems.add(|| format!("{entry}: `amount_yen` must be 0 or more"));
        }
    }
}

fn check_consent_forms(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for form in &programme.consent_forms {
        let entry = format!("[[consent_form]] `{}` version {}", form.id, form.version);
        once(&entry, seen.insert((&form.id, form.version)), problems);
        period(&entry, form.valid_from, form.valid_to, problems);
        for (field, value) in [
            ("id", &form.id),
            ("title_ja", &form.title_ja),
            ("title_en", &form.title_en),
            ("source", &form.source),
        ] {
            filled(&entry, field, value, problems);
        }
        if form.version < 1 {
            problems.add(|| format!("{entry}: `version` must be 1 or more"));
        }
        if form.grants.is_empty() {
            problems
                .add(|| format!("{entry}: `grants` must name what the form explains, such as `research`"));
        }
    }
}

pub(super) fn once(entry: &str, first: bool, problems: &mut Problems) {
    if !first {
        problems.add(|| format!("{entry}: is there twice; keep one"));
    }
}

pub(super) fn filled(entry: &str, field: &str, value: &str, problems: &mut Problems) {
    if value.trim().is_empty() {
        problems.add(|| format!("{entry}: `{field}` must not be empty"));
    }
}

pub(super) fn period(entry: &str, from: NaiveDate, to: Option<NaiveDate>, problems: &mut Problems) {
    if to.is_some_and(|to| to < from) {
        problems.add(|| format!("{entry}: `valid_to` is before `valid_from`; swap or correct them"));
    }
}

pub(super) fn known_institution(
    programme: &Programme,
    entry: &str,
    id: &InstitutionId,
    problems: &mut Problems,
) {
    if !programme.institutions.iter().any(|institution| institution.id == *id) {
        problems.add(|| {
            format!("{entry}: institution `{id}` is not in this file; add an [[institution]] with that id")
        });
    }
}
