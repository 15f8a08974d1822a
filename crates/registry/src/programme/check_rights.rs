//! What must hold of datasets, terms, windows, trainings, agreements, sanctions and deadlines in a programme file.

use super::Programme;
use super::check::{filled, known_institution, once, period};
use crate::deadlines::can_be_due;
use crate::problems::Problems;
use std::collections::HashSet;

/// Months of a restricted period: at least, at most.
const RESTRICTED: std::ops::RangeInclusive<u32> = 24..=30;
/// Days of a deadline at most: ten years.
const DAYS_MAX: u32 = 3_653;

/// Adds everything wrong with them.
pub(super) fn check(programme: &Programme, problems: &mut Problems) {
    check_datasets(programme, problems);
    check_terms(programme, problems);
    check_windows(programme, problems);
    check_standing(programme, problems);
    check_deadlines(programme, problems);
}

fn check_deadlines(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for deadline in &programme.deadlines {
        let entry = format!("[[deadline]] `{}` from {}", deadline.what, deadline.valid_from);
        once(&entry, seen.insert((&deadline.what, deadline.valid_from)), problems);
        period(&entry, deadline.valid_from, deadline.valid_to, problems);
        filled(&entry, "source", &deadline.source, problems);
        if !can_be_due(&deadline.what) {
            problems.add(|| {
                format!(
                    "{entry}: `what` must be a state of an application, such as `review`, a report, such as \
                    `report-final`, `clear-publication` or `sanction`"
                )
            });
        }
        if deadline.remind_days > deadline.days || deadline.days > DAYS_MAX {
            problems.add(|| {
                format!("{entry}: `days` must be at most {DAYS_MAX}, and `remind_days` at most `days`")
            });
        }
    }
}

fn check_datasets(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for dataset in &programme.datasets {
        let entry = format!("[[dataset]] `{}`", dataset.id);
        once(&entry, seen.insert(&dataset.id), problems);
        for (field, value) in [
            ("id", &dataset.id),
            ("name_ja", &dataset.name_ja),
            ("name_en", &dataset.name_en),
            ("source", &dataset.source),
        ] {
            filled(&entry, field, value, problems);
        }
        known_institution(programme, &entry, &dataset.contributor, problems);
        if !["overview", "detailed", "public"].contains(&dataset.tier.as_str()) {
            problems.add(|| format!("{entry}: `tier` must be `overview`, `detailed` or `public`"));
        }
        if !RESTRICTED.contains(&dataset.restricted_months) {
            problems.add(|| format!("{entry}: `restricted_months` must be 24 to 30"));
        }
    }
}

fn check_terms(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for term in &programme.terms {
        let entry = format!("[[term]] `{}` {} from {}", term.dataset, term.duo, term.valid_from);
        once(&entry, seen.insert((&term.dataset, &term.duo, &term.value, term.valid_from)), problems);
        known_dataset(programme, &entry, &term.dataset, problems);
        period(&entry, term.valid_from, term.valid_to, problems);
        filled(&entry, "source", &term.source, problems);
        if term.duo.strip_prefix("DUO:").is_none_or(|digits| digits.len() != 7) {
            problems.add(|| format!("{entry}: `duo` must be an id such as `DUO:0000042`"));
        }
        let about = ["DUO:0000007", "DUO:0000022", "DUO:0000026", "DUO:0000028"];
        if about.contains(&term.duo.as_str()) && term.value.is_empty() {
            problems.add(|| {
                format!("{entry}: needs a `value`: a disease such as `MONDO:0005148`, a country, a user or an institution")
            });
        }
    }
}

fn check_windows(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for window in &programme.windows {
        let entry = format!("[[window]] `{}` of `{}`", window.dataset, window.funder);
        once(&entry, seen.insert((&window.dataset, &window.funder, window.valid_from)), problems);
        known_dataset(programme, &entry, &window.dataset, problems);
        known_institution(programme, &entry, &window.funder, problems);
        filled(&entry, "source", &window.source, problems);
        if window.hard_end < window.valid_from {
            problems.add(|| format!("{entry}: `hard_end` is before `valid_from`; swap or correct them"));
        }
        if !["cash", "in-kind"].contains(&window.tier.as_str()) {
            problems.add(|| format!("{entry}: `tier` must be `cash` or `in-kind`"));
        }
    }
}

fn check_standing(programme: &Programme, problems: &mut Problems) {
    let mut seen = HashSet::new();
    for training in &programme.trainings {
        let entry = format!("[[training]] `{}` of `{}`", training.name, training.user);
        once(&entry, seen.insert((&training.user, &training.name, training.valid_from)), problems);
        period(&entry, training.valid_from, Some(training.valid_to), problems);
        for (field, value) in [("name", &training.name), ("source", &training.source)] {
            filled(&entry, field, value, problems);
        }
        if !programme.users.iter().any(|user| user.id == training.user) {
            problems.add(|| format!("{entry}: the user is not in this file; add a [[user]] with that id"));
        }
    }
    let mut seen = HashSet::new();
    for agreement in &programme.agreements {
        let entry = format!("[[agreement]] of `{}` from {}", agreement.institution, agreement.valid_from);
        once(
            &entry,
            seen.insert((&agreement.institution, &agreement.dataset, agreement.valid_from)),
            problems,
        );
        known_institution(programme, &entry, &agreement.institution, problems);
        period(&entry, agreement.valid_from, agreement.valid_to, problems);
        for (field, value) in [("digest", &agreement.digest), ("source", &agreement.source)] {
            filled(&entry, field, value, problems);
        }
        if !agreement.dataset.is_empty() {
            known_dataset(programme, &entry, &agreement.dataset, problems);
        }
    }
    let mut seen = HashSet::new();
    for sanction in &programme.sanctions {
        let entry = format!("[[sanction]] of `{}` from {}", sanction.institution, sanction.valid_from);
        once(&entry, seen.insert((&sanction.institution, &sanction.user, sanction.valid_from)), problems);
        known_institution(programme, &entry, &sanction.institution, problems);
        period(&entry, sanction.valid_from, sanction.valid_to, problems);
        filled(&entry, "source", &sanction.source, problems);
        let theirs = |user: &crate::users::User| {
            user.id.as_str() == sanction.user && user.institution == sanction.institution
        };
        if !sanction.user.is_empty() && !programme.users.iter().any(theirs) {
            problems.add(|| format!("{entry}: `{}` is no user of that institution", sanction.user));
        }
    }
}

fn known_dataset(programme: &Programme, entry: &str, id: &str, problems: &mut Problems) {
    if !programme.datasets.iter().any(|dataset| dataset.id == id) {
        problems
            .add(|| format!("{entry}: dataset `{id}` is not in this file; add a [[dataset]] with that id"));
    }
}
