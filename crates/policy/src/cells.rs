//! Who may do what with which data, cell by cell: the table a lawyer reads, and two profiles are compared by.

use crate::decide::{Decision, decide};
use crate::facts::{
    AgreementFact, Applicant, DatasetFact, Facts, FunderTier, Party, Period, PurposeFact, Step, Tier, Usage,
    WindowFact,
};
use crate::table::Table;
use chrono::{Months, NaiveDate};
use gj_model::{InstitutionClass, Scope, ScopeItem};

/// One cell of the table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Cell {
    /// Who asks.
    pub who: &'static str,
    /// Of which data.
    pub data: &'static str,
    /// What for.
    pub usage: Usage,
    /// What the rules say: `allow`, `allow, people who allowed …`, `ask: code + code`, `deny: …`.
    pub answer: String,
}

/// What is true of somebody who asks, beside the institution.
#[derive(Clone, Copy, PartialEq)]
enum Has {
    Agreement,
    Payment,
    Grant,
    Acquirer,
    CommitteeAndHead,
    WindowForCash,
    WindowInKind,
}

const OWN: &str = "contributor";
const THEIRS: &str = "other";

use Has::{Acquirer, Agreement, CommitteeAndHead, Grant, Payment, WindowForCash, WindowInKind};
use InstitutionClass::{Company, Hospital, University};

/// Everybody: name, institution, class, country, collaborator's class, what is true of them. All are trained.
type Who =
    (&'static str, &'static str, InstitutionClass, &'static str, Option<InstitutionClass>, &'static [Has]);

const EVERYBODY: [Who; 13] = [
    ("contributor alone", OWN, Hospital, "JP", None, &[Agreement, Payment]),
    ("academia without agreement", THEIRS, University, "JP", None, &[]),
    ("academia", THEIRS, University, "JP", None, &[Agreement]),
    ("academia, under a public grant", THEIRS, University, "JP", None, &[Agreement, Grant]),
    ("academia, paid, data acquirer agrees", THEIRS, University, "JP", None, &[Agreement, Payment, Acquirer]),
    (
        "academia abroad, paid, data acquirer agrees",
        THEIRS,
        University,
        "FR",
        None,
        &[Agreement, Payment, Acquirer],
    ),
    ("company, unpaid", THEIRS, Company, "JP", None, &[Agreement]),
    ("company, paid", THEIRS, Company, "JP", None, &[Agreement, Payment]),
    (
        "company, paid, committee and head agree",
        THEIRS,
        Company,
        "JP",
        None,
        &[Agreement, Payment, CommitteeAndHead],
    ),
    (
        "company, the same, with a window for money",
        THEIRS,
        Company,
        "JP",
        None,
        &[Agreement, Payment, CommitteeAndHead, WindowForCash],
    ),
    (
        "company, the same, with a window for goods",
        THEIRS,
        Company,
        "JP",
        None,
        &[Agreement, Payment, CommitteeAndHead, WindowInKind],
    ),
    ("academia with a company, unpaid", THEIRS, University, "JP", Some(Company), &[Agreement]),
    (
        "academia with a company, paid, committee and head agree",
        THEIRS,
        University,
        "JP",
        Some(Company),
        &[Agreement, Payment, CommitteeAndHead],
    ),
];

/// Data: name, tier, months since the starting point, months declared, whether a window is open.
type Data = (&'static str, Tier, u32, u32, bool);

const DATA: [Data; 7] = [
    ("not registered as a dataset", Tier::None, 0, 24, false),
    ("overview tier", Tier::Overview, 12, 24, false),
    ("detailed tier", Tier::Detailed, 12, 24, false),
    ("detailed tier, window open", Tier::Detailed, 3, 24, true),
    ("public tier, month 12", Tier::Public, 12, 24, false),
    ("public tier, month 26 of 30 declared", Tier::Public, 26, 30, false),
    ("public tier, after", Tier::Public, 30, 30, false),
];

/// Every cell of the table on its day.
pub fn cells(table: &Table) -> Vec<Cell> {
    let mut cells = Vec::new();
    for who in &EVERYBODY {
        for data in &DATA {
            for usage in [Usage::Overview, Usage::Detailed, Usage::Publish] {
                let decision = decide(table, &facts(table.day(), who, data, usage));
                cells.push(Cell { who: who.0, data: data.0, usage, answer: answer(&decision) });
            }
        }
    }
    cells
}

fn answer(decision: &Decision) -> String {
    match decision {
        Decision::Allow(terms) if terms.needs_scope == Scope::NONE.with(ScopeItem::Research) => {
            "allow".into()
        }
        Decision::Allow(terms) => format!("allow, people who allowed {}", terms.needs_scope),
        Decision::Ask(reasons) | Decision::Deny(reasons) => {
            let codes: Vec<&str> = reasons.iter().map(|reason| reason.code.as_str()).collect();
            format!("{}: {}", decision.name(), codes.join(" + "))
        }
    }
}

fn facts(today: NaiveDate, who: &Who, data: &Data, usage: Usage) -> Facts {
    let (_, institution, class, country, collaborator, has) = *who;
    let (_, tier, months, declared, open) = *data;
    let mut facts = Facts::of(today, "data.use");
    let always = Period { valid_from: NaiveDate::MIN, valid_to: None };
    let agreement = AgreementFact { dataset: None, period: always };
    facts.applicant = Some(Applicant {
        user: "applicant".to_owned(),
        active: true,
        institution: institution.to_owned(),
        class: Some(class),
        country: country.to_owned(),
        acts: vec!["data.use".to_owned()],
        paid: has.contains(&Payment),
        trainings: vec![always],
        agreements: has.contains(&Agreement).then_some(agreement).into_iter().collect(),
        sanctions: Vec::new(),
    });
    facts.collaborators = collaborator
        .map(|class| Party {
            institution: "partner".to_owned(),
            class,
            country: "JP".to_owned(),
            sanctions: Vec::new(),
        })
        .into_iter()
        .collect();
    facts.purpose = Some(PurposeFact {
        known: true,
        duo: "DUO:0000042".to_owned(),
        needs_disease: false,
        diseases: Vec::new(),
        vocabulary: crate::Vocabulary::Unstated,
        needs_scope: Scope::NONE.with(ScopeItem::Research),
    });
    facts.usage = Some(usage);
    facts.public_grant = has.contains(&Grant);
    let steps: [(Has, &[Step]); 2] =
        [(Acquirer, &[Step::DataAcquirer]), (CommitteeAndHead, &[Step::Committee, Step::Head])];
    facts.done =
        steps.iter().filter(|(step, _)| has.contains(step)).flat_map(|(_, done)| *done).copied().collect();
    let window = |funder: &str, tier: FunderTier| WindowFact {
        funder: funder.to_owned(),
        tier,
        from: today,
        hard_end: today,
        source: String::new(),
    };
    let held = [(WindowForCash, FunderTier::Cash), (WindowInKind, FunderTier::InKind)];
    let held = held.into_iter().filter(|(window, _)| has.contains(window));
    let mut windows = vec![window("funder", FunderTier::Cash)];
    windows.extend(held.map(|(_, tier)| window(institution, tier)));
    facts.dataset = (tier != Tier::None).then(|| DatasetFact {
        id: "dataset".to_owned(),
        contributor: OWN.to_owned(),
        stratum: None,
        tier,
        start: today.checked_sub_months(Months::new(months)).unwrap_or(today),
        restricted_months: declared,
        academia_only: false,
        windows: if open { windows } else { Vec::new() },
        terms: Vec::new(),
    });
    facts
}
