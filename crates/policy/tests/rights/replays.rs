//! Four stories, day by day: who sees what.

use crate::{always, applicant, dataset, day, facts, golden, line, months, party, rules, window};
use gj_model::{InstitutionClass, Scope};
use gj_policy::{
    AgreementFact, Applicant, ConsentFact, DatasetFact, Decision, Facts, FunderTier, Sight, Step, Tier,
    Usage, decide,
};
use std::fmt::Write;

const PROFILE: &str = "proposal";

fn told(facts: &Facts) -> String {
    line(&decide(&rules(PROFILE, facts.today), facts))
}

fn reviewed() -> Vec<Step> {
    vec![Step::DataAcquirer, Step::Committee, Step::Head]
}

/// Four companies paid for nine months' head start on a tranche.
#[test]
fn four_funders_have_nine_months_head_start() {
    let mut tranche = dataset(Tier::Detailed);
    let hard_end = months(9).pred_opt().unwrap();
    tranche.windows = (1..=4).map(|n| window(&format!("pharma-{n}"), FunderTier::Cash, hard_end)).collect();
    let mut text = String::new();
    for today in ["2026-04-01", "2026-12-31", "2027-01-01"] {
        for (who, class) in [
            ("pharma-1", InstitutionClass::Company),
            ("pharma-4", InstitutionClass::Company),
            ("pharma-5", InstitutionClass::Company),
            ("university", InstitutionClass::University),
            ("biobank", InstitutionClass::Hospital),
        ] {
            for usage in [Usage::Overview, Usage::Detailed] {
                let facts = Facts {
                    dataset: Some(tranche.clone()),
                    usage: Some(usage),
                    done: reviewed(),
                    ..facts(day(today), applicant(who, class))
                };
                writeln!(text, "{today} | {who} | {usage} | {}", told(&facts)).unwrap();
            }
        }
        // A funder does not take another company along.
        let both = Facts {
            collaborators: vec![party("pharma-5", InstitutionClass::Company)],
            dataset: Some(tranche.clone()),
            usage: Some(Usage::Detailed),
            done: reviewed(),
            ..facts(day(today), applicant("pharma-1", InstitutionClass::Company))
        };
        writeln!(text, "{today} | pharma-1 with pharma-5 | detailed | {}", told(&both)).unwrap();
    }
    golden("replay-head-start.txt", &text);
}

/// 24 months, at most 30, from the starting point.
#[test]
fn the_restricted_period_ends_between_24_and_30_months() {
    let mut text = String::new();
    for declared in [24, 27, 30] {
        let data = DatasetFact { restricted_months: declared, ..dataset(Tier::Public) };
        for today in
            ["2026-04-01", "2028-03-31", "2028-04-01", "2028-06-30", "2028-07-01", "2028-09-30", "2028-10-01"]
        {
            let anyone =
                Applicant { agreements: vec![], ..applicant("university", InstitutionClass::University) };
            let member = applicant("university", InstitutionClass::University);
            for (who, asker, usage) in [
                ("the public database", member.clone(), Usage::Publish),
                ("anyone", anyone, Usage::Detailed),
                ("a member", member, Usage::Detailed),
            ] {
                let facts =
                    Facts { dataset: Some(data.clone()), usage: Some(usage), ..facts(day(today), asker) };
                writeln!(text, "{declared} months declared | {today} | {who}, {usage} | {}", told(&facts))
                    .unwrap();
            }
        }
    }
    golden("replay-restricted-period.txt", &text);
}

/// An academic project adds a company on day 40: it is priced and reviewed anew, and other people are seen.
#[test]
fn an_academic_project_adds_a_company_on_day_40() {
    let first = day("2026-06-01");
    let data = dataset(Tier::Detailed);
    let mut text = String::new();
    // Day, company, paid, committee and head.
    for (number, company, paid, decided, what) in [
        (1, false, false, false, "granted to a university"),
        (39, false, false, false, "the day before"),
        (40, true, false, false, "the company is added"),
        (47, true, true, false, "the new price is paid"),
        (60, true, true, true, "committee and head decided"),
        (61, false, false, false, "had the company left again"),
    ] {
        let today = first + chrono::Days::new(number - 1);
        let mut asker = applicant("university", InstitutionClass::University);
        asker.paid = paid;
        asker.agreements.push(AgreementFact { dataset: Some(data.id.clone()), period: always() });
        let facts = Facts {
            collaborators: company.then(|| party("firm", InstitutionClass::Company)).into_iter().collect(),
            usage: Some(Usage::Detailed),
            done: if decided { vec![Step::Committee, Step::Head] } else { vec![] },
            ..facts(today, asker)
        };
        writeln!(text, "day {number}, {today}: {what}").unwrap();
        let sight = Sight::of(&rules(PROFILE, today), &facts, std::slice::from_ref(&data));
        writeln!(text, "  {}", line(&sight.datasets[0].decision)).unwrap();
        for consent in ["research", "research,company-joint", "research,company-joint,company-alone"] {
            let sees = sight.sees("biobank", "any", consent.parse().unwrap());
            writeln!(text, "  people who allowed {consent}: {}", if sees { "seen" } else { "not seen" })
                .unwrap();
        }
    }
    golden("replay-company-on-day-40.txt", &text);
}

/// Version 2 of a consent no longer allows use by companies alone, from 2026-07-01; version 3 allows it again.
#[test]
fn a_consent_version_excludes_use_by_companies_alone() {
    let versions: [(u32, &str, &str); 3] = [
        (1, "2026-04-01", "research,company-joint,company-alone"),
        (2, "2026-07-01", "research,company-joint"),
        (3, "2026-10-01", "research,company-joint,company-alone"),
    ];
    let mut text = String::new();
    for today in ["2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"] {
        let held = versions.iter().rev().find(|(_, from, _)| day(from) <= day(today)).unwrap();
        let scope: Scope = held.2.parse().unwrap();
        for (who, class, partner) in [
            ("university", InstitutionClass::University, None),
            ("company alone", InstitutionClass::Company, None),
            ("company with university", InstitutionClass::Company, Some(InstitutionClass::University)),
        ] {
            let facts = Facts {
                collaborators: partner.map(|class| party("partner", class)).into_iter().collect(),
                consent: Some(ConsentFact { version: held.0, scope }),
                ..facts(day(today), applicant("asker", class))
            };
            let decision = decide(&rules(PROFILE, day(today)), &facts);
            let seen = if matches!(decision, Decision::Allow(_)) { "seen" } else { "not seen" };
            writeln!(text, "{today} | version {} | {who} | {seen} | {}", held.0, line(&decision)).unwrap();
        }
    }
    golden("replay-consent-version.txt", &text);
}

/// A request as it was written down, decided again: the same to the letter, for ever.
#[test]
fn a_stored_request_is_decided_as_on_its_day() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored-request.json");
    let facts: Facts = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let decision = decide(&rules(PROFILE, facts.today), &facts);
    golden("stored-decision.json", &(serde_json::to_string_pretty(&decision).unwrap() + "\n"));
}
