//! Every combination of facts, compared with the second reading of the prose.

use crate::oracle::{self, Cell, Gave, Kind, People, Signed, Use, Why};
use crate::{always, applicant, dataset, months, party, purpose, rules, start, window};
use chrono::NaiveDate;
use gj_model::{InstitutionClass, Scope, ScopeItem};
use gj_policy::{
    AgreementFact, ConsentFact, Decision, Facts, FunderTier, Step, Table, TermFact, Tier, Usage, decide,
};
use std::collections::BTreeSet;

const PROFILES: [&str; 2] = ["proposal", "action-plan"];
const KINDS: [Kind; 4] = [Kind::Unregistered, Kind::OverviewTier, Kind::DetailedTier, Kind::PublicTier];
const USES: [Use; 3] = [Use::Overview, Use::Detailed, Use::Publish];
const PEOPLE: [People; 4] =
    [People::Academia, People::AcademiaAbroad, People::Company, People::AcademiaWithCompany];
const WHY: [Why; 5] = [Why::General, Why::Health, Why::DiseaseBelow, Why::OtherDisease, Why::Ancestry];
const GAVE: [Gave; 3] = [Gave::Nothing, Gave::Goods, Gave::Money];
const SIGNED: [Signed; 3] = [Signed::Nothing, Signed::Consortium, Signed::WithContributor];
const BOTH: [bool; 2] = [false, true];

/// Last day of the windows of these tests: nine months of head start.
fn window_end() -> NaiveDate {
    months(9).pred_opt().unwrap()
}

/// Days at both sides of every edge, with whether 24, 28 and 30 months have passed.
fn days() -> Vec<NaiveDate> {
    let before = |count: u32| months(count).pred_opt().unwrap();
    vec![
        start(),
        before(9),
        months(9),
        before(24),
        months(24),
        before(28),
        months(28),
        before(30),
        months(30),
    ]
}

fn facts(cell: &Cell, today: NaiveDate, declared: u32) -> Facts {
    let (class, country) = match cell.people {
        People::Academia | People::AcademiaWithCompany => (InstitutionClass::University, "JP"),
        People::AcademiaAbroad => (InstitutionClass::University, "FR"),
        People::Company => (InstitutionClass::Company, "JP"),
    };
    let mut asker = applicant(if cell.own { "biobank" } else { "asker" }, class);
    asker.country = country.into();
    asker.paid = cell.paid;
    asker.trainings.retain(|_| cell.trained);
    asker.sanctions = if cell.sanctioned { vec![always()] } else { vec![] };
    asker.agreements = match cell.signed {
        Signed::Nothing => vec![],
        Signed::Consortium => vec![AgreementFact { dataset: None, period: always() }],
        Signed::WithContributor => {
            vec![AgreementFact { dataset: Some("tranche-1".into()), period: always() }]
        }
    };
    let tier = match cell.kind {
        Kind::Unregistered => None,
        Kind::OverviewTier => Some(Tier::Overview),
        Kind::DetailedTier => Some(Tier::Detailed),
        Kind::PublicTier => Some(Tier::Public),
    };
    let mut data = tier.map(dataset);
    if let Some(data) = &mut data {
        data.restricted_months = declared;
        data.academia_only = cell.academia_only;
        data.windows.push(window("funder", FunderTier::Cash, window_end()));
        let gave = match cell.gave {
            Gave::Nothing => None,
            Gave::Goods => Some(FunderTier::InKind),
            Gave::Money => Some(FunderTier::Cash),
        };
        data.windows.extend(gave.map(|tier| window(&asker.institution, tier, window_end())));
        if cell.bound_to_disease {
            data.terms.push(TermFact {
                duo: "DUO:0000007".into(),
                value: "MONDO:0005015".into(),
                period: always(),
                source: "contributor's agreement".into(),
            });
        }
    }
    let items = [ScopeItem::Research, ScopeItem::Foreign, ScopeItem::CompanyJoint, ScopeItem::CompanyAlone];
    let scope: Scope =
        items.into_iter().zip(cell.consent).filter(|(_, allowed)| *allowed).map(|(i, _)| i).collect();
    let steps = [
        (Step::DataAcquirer, cell.acquirer_agreed),
        (Step::Committee, cell.committee),
        (Step::Head, cell.head),
    ];
    Facts {
        applicant: Some(asker),
        collaborators: match cell.people {
            People::AcademiaWithCompany => vec![party("firm", InstitutionClass::Company)],
            _ => vec![],
        },
        purpose: Some(match cell.why {
            Why::General => purpose("DUO:0000042", &[]),
            Why::Health => purpose("DUO:0000006", &[]),
            Why::DiseaseBelow => purpose("DUO:0000007", &["MONDO:0005148", "MONDO:0005015"]),
            Why::OtherDisease => purpose("DUO:0000007", &["MONDO:0004979"]),
            Why::Ancestry => purpose("DUO:0000011", &[]),
        }),
        usage: Some(match cell.r#use {
            Use::Overview => Usage::Overview,
            Use::Detailed => Usage::Detailed,
            Use::Publish => Usage::Publish,
        }),
        dataset: data,
        consent: Some(ConsentFact { version: 1, scope }),
        done: steps.into_iter().filter(|(_, done)| *done).map(|(step, _)| step).collect(),
        public_grant: cell.grant,
        ..Facts::of(today, "data.use")
    }
}

/// How often each outcome came, by `allow`, `ask`, `deny`.
type Tally = [u64; 3];

fn compare(table: &Table, cell: &Cell, today: NaiveDate, declared: u32, tally: &mut Tally) {
    let decision = decide(table, &facts(cell, today, declared));
    let (deny, ask) = oracle::answer(cell);
    let expected: BTreeSet<&str> = deny.iter().chain(&ask).copied().collect();
    let found: BTreeSet<&str> =
        decision.objections().unwrap_or_default().iter().map(|reason| reason.code.as_str()).collect();
    let outcome = match (deny.is_empty(), ask.is_empty()) {
        (false, _) => 2,
        (true, false) => 1,
        (true, true) => 0,
    };
    tally[outcome] += 1;
    assert_eq!((found, decision.name()), (expected, ["allow", "ask", "deny"][outcome]), "{today} {cell:?}");
    if let Decision::Deny(reasons) | Decision::Ask(reasons) = &decision {
        let whole = reasons.iter().all(|r| !r.ja.is_empty() && !r.en.is_empty() && !r.source.is_empty());
        assert!(whole, "{reasons:?}");
    }
}

fn cell(profile: &str, today: NaiveDate, declared: u32) -> Cell {
    Cell {
        action_plan: profile == "action-plan",
        consent: [true; 4],
        kind: Kind::DetailedTier,
        r#use: Use::Overview,
        people: People::Academia,
        why: Why::General,
        bound_to_disease: false,
        own: false,
        gave: Gave::Nothing,
        window_open: today <= window_end(),
        past_24: today >= months(24),
        past_30: today >= months(30),
        past_declared: today >= months(declared),
        academia_only: false,
        grant: false,
        paid: true,
        trained: true,
        signed: Signed::Consortium,
        acquirer_agreed: false,
        committee: true,
        head: true,
        sanctioned: false,
    }
}

/// Calls `each` with every combination of one value from each list, last list fastest.
macro_rules! every {
    ($cell:ident, $base:expr, $($($field:ident).+ in $values:expr),+ ; $each:expr) => {{
        let mut $cell = $base;
        every!(@ $cell, $each, $($($field).+ in $values),+);
    }};
    (@ $cell:ident, $each:expr, $($field:ident).+ in $values:expr $(, $($rest:tt)+)?) => {
        for value in $values {
            $cell.$($field).+ = value;
            every!(@ $cell, $each $(, $($rest)+)?);
        }
    };
    (@ $cell:ident, $each:expr) => { $each };
}

fn scopes() -> impl Iterator<Item = [bool; 4]> {
    (0..16u8).map(|bits| [0, 1, 2, 3].map(|bit| bits & 1 << bit != 0))
}

/// Runs one half of the cells on a thread for each profile; sums what came out.
fn on_each_profile(run: impl Fn(&'static str) -> Tally + Sync) -> Tally {
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> = PROFILES.iter().map(|profile| scope.spawn(|| run(profile))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    tallies.iter().fold([0; 3], |sum, one| [0, 1, 2].map(|at| sum[at] + one[at]))
}

/// Consent scope × dataset tier × use × purpose × composition × funder tier × date × payment × training.
#[test]
fn every_consent_tier_purpose_composition_funder_date_payment_and_training_agrees_with_the_prose() {
    let tally = on_each_profile(|profile| {
        let mut tally = [0; 3];
        for today in days() {
            let table = rules(profile, today);
            let base = Cell { bound_to_disease: true, acquirer_agreed: true, ..cell(profile, today, 28) };
            every!(c, base, consent in scopes(), kind in KINDS, r#use in USES, why in WHY, people in PEOPLE,
                gave in GAVE, paid in BOTH, trained in BOTH;
                compare(&table, &c, today, 28, &mut tally));
        }
        tally
    });
    println!("allow, ask, deny: {tally:?}");
    assert_eq!(tally.iter().sum::<u64>(), 2 * 9 * 16 * 4 * 3 * 5 * 4 * 3 * 2 * 2);
    assert!(tally.iter().all(|count| *count > 1_000), "{tally:?}");
}

/// Tier × use × composition × own × agreement × steps × grant × academia-only × sanction × declared × date.
#[test]
fn every_agreement_step_grant_sanction_and_declared_period_agrees_with_the_prose() {
    let tally = on_each_profile(|profile| {
        let mut tally = [0; 3];
        for (today, declared) in
            days().into_iter().flat_map(|day| [24, 28, 30].map(|declared| (day, declared)))
        {
            let table = rules(profile, today);
            let base = Cell { paid: false, ..cell(profile, today, declared) };
            every!(c, base, kind in KINDS, r#use in USES, people in PEOPLE, own in BOTH, signed in SIGNED,
                acquirer_agreed in BOTH, committee in BOTH, head in BOTH, grant in BOTH, academia_only in BOTH,
                sanctioned in BOTH;
                compare(&table, &c, today, declared, &mut tally));
        }
        tally
    });
    println!("allow, ask, deny: {tally:?}");
    assert_eq!(tally.iter().sum::<u64>(), 2 * 9 * 3 * 4 * 3 * 4 * 2 * 3 * 64);
    assert!(tally.iter().all(|count| *count > 1_000), "{tally:?}");
}
