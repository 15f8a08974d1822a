//! What the rules say, against a second reading of the prose, over every combination of facts, by random
//! tables, and day by day.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod exhaustive;
mod oracle;
mod properties;
mod replays;
mod rows;
mod table;

use chrono::{Months, NaiveDate};
use gj_model::InstitutionClass;
use gj_policy::{
    AgreementFact, Applicant, DatasetFact, Decision, Facts, FunderTier, Party, Period, PurposeFact, Table,
    Tier, WindowFact, profile,
};

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The starting point of datasets in these tests.
pub(crate) fn start() -> NaiveDate {
    day("2026-04-01")
}

pub(crate) fn months(count: u32) -> NaiveDate {
    start().checked_add_months(Months::new(count)).unwrap()
}

pub(crate) fn always() -> Period {
    Period { valid_from: day("2020-01-01"), valid_to: None }
}

pub(crate) fn rules(profile: &str, today: NaiveDate) -> Table {
    Table::of(&[&profile::shipped(profile).unwrap().rules], today)
}

pub(crate) fn applicant(institution: &str, class: InstitutionClass) -> Applicant {
    Applicant {
        user: "applicant".into(),
        active: true,
        institution: institution.into(),
        class: Some(class),
        country: "JP".into(),
        acts: vec!["data.use".into()],
        paid: true,
        trainings: vec![always()],
        agreements: vec![AgreementFact { dataset: None, period: always() }],
        sanctions: vec![],
    }
}

pub(crate) fn party(institution: &str, class: InstitutionClass) -> Party {
    Party { institution: institution.into(), class, country: "JP".into(), sanctions: vec![] }
}

pub(crate) fn purpose(duo: &str, diseases: &[&str]) -> PurposeFact {
    PurposeFact {
        known: true,
        duo: duo.into(),
        needs_disease: !diseases.is_empty(),
        diseases: diseases.iter().map(|id| (*id).into()).collect(),
        vocabulary: gj_policy::Vocabulary::Known,
        needs_scope: "research".parse().unwrap(),
    }
}

pub(crate) fn dataset(tier: Tier) -> DatasetFact {
    DatasetFact {
        id: "tranche-1".into(),
        contributor: "biobank".into(),
        stratum: None,
        tier,
        start: start(),
        restricted_months: 24,
        academia_only: false,
        windows: vec![],
        terms: vec![],
    }
}

pub(crate) fn window(funder: &str, tier: FunderTier, hard_end: NaiveDate) -> WindowFact {
    WindowFact { funder: funder.into(), tier, from: start(), hard_end, source: "funding agreement".into() }
}

pub(crate) fn facts(today: NaiveDate, applicant: Applicant) -> Facts {
    Facts {
        applicant: Some(applicant),
        purpose: Some(purpose("DUO:0000042", &[])),
        ..Facts::of(today, "data.use")
    }
}

/// The decision as one line, with the day until which a reason stands.
pub(crate) fn line(decision: &Decision) -> String {
    match decision {
        Decision::Allow(terms) => format!("allow, counting people who allowed {}", terms.needs_scope),
        Decision::Ask(reasons) | Decision::Deny(reasons) => {
            let told = reasons.iter().map(|reason| match reason.until {
                Some(until) => format!("{} (until {until})", reason.code),
                None => reason.code.clone(),
            });
            format!("{}: {}", decision.name(), told.collect::<Vec<_>>().join(" + "))
        }
    }
}

/// `GJ_BLESS=1` rewrites a golden file; the difference is then reviewed like code.
pub(crate) fn golden(name: &str, now: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("GJ_BLESS").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), now);
}
