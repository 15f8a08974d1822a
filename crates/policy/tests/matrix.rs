//! Who may do what: every role, institution and payment against every act, as text a lawyer can read.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::NaiveDate;
use gj_model::InstitutionClass;
use gj_policy::{Applicant, Decision, ExtractFact, Facts, PurposeFact, Table, profile};
use std::fmt::Write;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn decide(facts: &Facts) -> Decision {
    gj_policy::decide(&Table::of(&[&profile::shipped("proposal").unwrap().rules], today()), facts)
}

fn facts(applicant: Option<Applicant>, act: &str, purpose: Option<PurposeFact>) -> Facts {
    Facts {
        applicant,
        on_behalf_of: matches!(act, "genomes.submit" | "samples.import" | "money.quote" | "money.own")
            .then(|| "centre".into()),
        purpose,
        extract: match act {
            "extract.write" => Some(approval()),
            "extract.approve" => Some(ExtractFact { recipient: Some("somebody".into()), ..approval() }),
            _ => None,
        },
        ..Facts::of(today(), act)
    }
}

/// An extract that is approved for the applicant until today.
fn approval() -> ExtractFact {
    ExtractFact { recipient: Some("applicant".into()), revoked: false, valid_to: today(), same_purpose: true }
}

fn applicant(class: &str, country: &str, acts: &[&str], paid: bool) -> Applicant {
    Applicant {
        user: "applicant".into(),
        active: true,
        institution: "own".into(),
        class: Some(class.parse::<InstitutionClass>().unwrap()),
        country: country.into(),
        acts: acts.iter().map(|a| (*a).into()).collect(),
        paid,
        trainings: vec![],
        agreements: vec![],
        sanctions: vec![],
    }
}

fn purpose() -> PurposeFact {
    PurposeFact {
        known: true,
        duo: "DUO:0000042".into(),
        needs_disease: false,
        diseases: vec![],
        vocabulary: gj_policy::Vocabulary::Known,
        needs_scope: "research".parse().unwrap(),
    }
}

fn line(decision: &Decision) -> String {
    match decision {
        Decision::Allow(terms) if terms.needs_scope.is_empty() => "allow".to_owned(),
        Decision::Allow(terms) => format!("allow, counting people who allowed {}", terms.needs_scope),
        Decision::Ask(reasons) | Decision::Deny(reasons) => {
            let codes: Vec<&str> = reasons.iter().map(|r| r.code.as_str()).collect();
            format!("{}: {}", decision.name(), codes.join(" + "))
        }
    }
}

const ACTS: [&str; 15] = [
    "frequency.read",
    "genomes.submit",
    "samples.import",
    "release.freeze",
    "participant.withdraw",
    "programme.edit",
    "audit.read",
    "overview.read",
    "extract.approve",
    "extract.write",
    "money.quote",
    "money.book",
    "money.own",
    "consent.change",
    "consent.read",
];

fn matrix() -> String {
    let manager = [
        "institution.any",
        "genomes.submit",
        "samples.import",
        "release.freeze",
        "participant.withdraw",
        "programme.edit",
        "consent.change",
        "consent.read",
    ];
    let researcher = ["frequency.read", "extract.write", "money.quote", "money.own"];
    let finance = ["money.quote", "money.book", "institution.any"];
    let contributor = applicant("hospital", "JP", &["genomes.submit", "samples.import"], false);
    let people: Vec<(&str, Option<Applicant>)> = vec![
        ("nobody", None),
        ("university researcher", Some(applicant("university", "JP", &researcher, false))),
        ("university researcher abroad", Some(applicant("university", "FR", &researcher, false))),
        ("company researcher, unpaid", Some(applicant("company", "JP", &researcher, false))),
        ("company researcher, paid", Some(applicant("company", "JP", &researcher, true))),
        ("company researcher abroad, paid", Some(applicant("company", "US", &researcher, true))),
        ("clinician", Some(applicant("hospital", "JP", &["frequency.read"], false))),
        ("data manager", Some(applicant("national-centre", "JP", &manager, false))),
        (
            "contributor, for its own institution",
            Some(Applicant { institution: "centre".into(), ..contributor.clone() }),
        ),
        ("contributor, for another institution", Some(contributor)),
        ("access committee", Some(applicant("national-centre", "JP", &["extract.approve"], false))),
        ("finance officer", Some(applicant("national-centre", "JP", &finance, false))),
        (
            "participant desk",
            Some(applicant(
                "national-centre",
                "JP",
                &["participant.withdraw", "consent.change", "consent.read"],
                false,
            )),
        ),
        ("auditor", Some(applicant("state-body", "JP", &["audit.read"], false))),
        (
            "inactive data manager",
            Some(Applicant { active: false, ..applicant("national-centre", "JP", &manager, false) }),
        ),
    ];
    let mut text = String::new();
    for (who, applicant) in people {
        for act in ACTS {
            let purpose = matches!(act, "frequency.read" | "extract.write").then(purpose);
            let decision = decide(&facts(applicant.clone(), act, purpose));
            writeln!(text, "{who} | {act} | {}", line(&decision)).unwrap();
        }
    }
    text + &extracts()
}

/// What an approval must be for its recipient to write, and for the committee to give it.
fn extracts() -> String {
    let yesterday = approval().valid_to.pred_opt().unwrap();
    let writings: [(&str, Option<ExtractFact>); 7] = [
        ("approved", Some(approval())),
        ("that nobody approved", None),
        ("under an unknown number", Some(ExtractFact { recipient: None, ..approval() })),
        ("of another user", Some(ExtractFact { recipient: Some("somebody".into()), ..approval() })),
        ("revoked", Some(ExtractFact { revoked: true, ..approval() })),
        ("run out", Some(ExtractFact { valid_to: yesterday, ..approval() })),
        ("for another purpose", Some(ExtractFact { same_purpose: false, ..approval() })),
    ];
    let mut text = String::new();
    for (what, extract) in writings {
        for (who, class) in
            [("university researcher", "university"), ("company researcher, unpaid", "company")]
        {
            let asker = applicant(class, "JP", &["extract.write"], false);
            let facts =
                Facts { extract: extract.clone(), ..facts(Some(asker), "extract.write", Some(purpose())) };
            writeln!(text, "{who} | extract.write, {what} | {}", line(&decide(&facts))).unwrap();
        }
    }
    let member = applicant("university", "JP", &["extract.approve"], false);
    let own = Facts { extract: Some(approval()), ..facts(Some(member), "extract.approve", None) };
    writeln!(text, "access committee | extract.approve, for oneself | {}", line(&decide(&own))).unwrap();
    text
}

/// `GJ_BLESS=1` rewrites the golden file; the difference is then reviewed like code.
#[test]
fn the_matrix_is_the_one_we_agreed_on() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix.txt");
    let now = matrix();
    if std::env::var_os("GJ_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), now);
}

#[test]
fn every_reason_is_named() {
    let mut facts = facts(
        Some(applicant("company", "JP", &["frequency.read"], false)),
        "frequency.read",
        Some(purpose()),
    );
    facts.purpose = Some(PurposeFact { known: false, ..purpose() });
    facts.freeze_exists = false;
    assert_eq!(line(&decide(&facts)), "deny: purpose-unknown + freeze-unknown + payment-missing");
}

#[test]
fn taking_a_permission_away_never_widens_an_answer() {
    let full = applicant("company", "JP", &["frequency.read"], true);
    let weaker = [
        None,
        Some(Applicant { active: false, ..full.clone() }),
        Some(Applicant { acts: vec![], ..full.clone() }),
        Some(Applicant { paid: false, ..full.clone() }),
        Some(Applicant { country: "US".into(), ..full.clone() }),
    ];
    let Decision::Allow(before) = decide(&facts(Some(full), "frequency.read", Some(purpose()))) else {
        panic!()
    };
    for applicant in weaker {
        if let Decision::Allow(after) = decide(&facts(applicant, "frequency.read", Some(purpose()))) {
            assert!(after.needs_scope.covers(before.needs_scope));
        }
    }
}
