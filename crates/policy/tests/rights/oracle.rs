//! The prose read a second time, as if-sentences over plain values. Knows nothing of rules, tables or facts
//! of the crate.

use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Unregistered,
    OverviewTier,
    DetailedTier,
    PublicTier,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Use {
    Overview,
    Detailed,
    Publish,
}

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum People {
    Academia,
    AcademiaAbroad,
    Company,
    AcademiaWithCompany,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    General,
    Health,
    /// A disease below the one the terms name.
    DiseaseBelow,
    OtherDisease,
    Ancestry,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gave {
    Nothing,
    Goods,
    Money,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Signed {
    Nothing,
    Consortium,
    WithContributor,
}

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    pub action_plan: bool,
    /// research, foreign, company-joint, company-alone.
    pub consent: [bool; 4],
    pub kind: Kind,
    pub r#use: Use,
    pub people: People,
    pub why: Why,
    /// Whether terms bind the dataset to one disease.
    pub bound_to_disease: bool,
    pub own: bool,
    pub gave: Gave,
    /// Whether others' windows are open today.
    pub window_open: bool,
    /// Whether 24, 30 and the declared months have passed.
    pub past_24: bool,
    pub past_30: bool,
    pub past_declared: bool,
    pub academia_only: bool,
    pub grant: bool,
    pub paid: bool,
    pub trained: bool,
    pub signed: Signed,
    pub acquirer_agreed: bool,
    pub committee: bool,
    pub head: bool,
    pub sanctioned: bool,
}

/// Codes that deny, and codes that ask.
pub fn answer(c: &Cell) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let (mut deny, mut ask) = (BTreeSet::new(), BTreeSet::new());
    let company = matches!(c.people, People::Company | People::AcademiaWithCompany);
    let academia = !company;
    let registered = c.kind != Kind::Unregistered;
    // The contributor alone: nobody else takes part.
    let own = c.own && registered && c.people != People::AcademiaWithCompany;
    // §3: 24, at most 30 months; afterwards genome and basic clinical data may be published.
    let restricted = !c.past_24 || (!c.past_30 && !c.past_declared);
    let free = c.kind == Kind::PublicTier && !restricted;

    // §5: scope per person.
    let [research, foreign, joint, alone] = c.consent;
    if !research {
        deny.insert("consent-none");
    }
    if c.people == People::AcademiaAbroad && !foreign {
        deny.insert("foreign-consent");
    }
    if c.people == People::Company && !alone {
        deny.insert("company-alone-consent");
    }
    if c.people == People::AcademiaWithCompany && !joint {
        deny.insert("company-joint-consent");
    }
    // §4: breach: suspend.
    if c.sanctioned {
        deny.insert("sanction");
    }
    // §3, the two profiles: who pays. What is public after the restricted period costs nothing.
    let must_pay = match (c.action_plan, company) {
        (false, _) => company,
        (true, true) => true,
        (true, false) => !(c.grant || c.academia_only && registered),
    };
    if must_pay && !c.paid && !free {
        ask.insert("payment-missing");
    }
    // Terms of the contributor, whom they do not bind: equal or descendant.
    if registered && c.bound_to_disease && !own && c.why != Why::DiseaseBelow {
        deny.insert("terms-purpose");
    }
    // §3: detailed clinical data are never published.
    if c.r#use == Use::Publish && c.kind != Kind::PublicTier {
        deny.insert("never-public");
    }
    if c.kind == Kind::PublicTier && restricted {
        let outsider = c.r#use == Use::Detailed && c.signed == Signed::Nothing && !own;
        if c.r#use == Use::Publish || outsider {
            deny.insert(if c.past_24 { "restricted-period-extended" } else { "restricted-period" });
        }
    }
    if c.kind == Kind::OverviewTier && c.r#use == Use::Detailed && !own {
        deny.insert("tier-overview-only");
    }
    // §6: a head start for who gave something; the others wait. Money only, by the proposal, for details.
    if registered && c.window_open && !own {
        // In mixed projects the company must have the window: here the applicant is the academic one.
        let holds = c.gave != Gave::Nothing && c.people != People::AcademiaWithCompany;
        let details = c.r#use != Use::Overview;
        if !holds && (details || company) {
            deny.insert("priority-window");
        }
        if holds && details && c.gave == Gave::Goods && !c.action_plan {
            deny.insert("priority-for-money");
        }
    }
    // §3, the access matrix: detailed use of registered data that is not public yet.
    if registered && !free && c.r#use == Use::Detailed {
        if !c.trained {
            ask.insert("training-missing");
        }
        if !own {
            if c.signed == Signed::Nothing {
                ask.insert("agreement-missing");
            }
            let agreed = c.acquirer_agreed || c.signed == Signed::WithContributor || c.own;
            if academia && !agreed {
                ask.insert("acquirer-agreement");
            }
            if company && !c.committee {
                ask.insert("committee-opinion");
            }
            if company && !c.head {
                ask.insert("head-decision");
            }
        }
    }
    (deny, ask)
}
