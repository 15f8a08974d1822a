//! The granted project a question is asked under: where it stands, whom it holds, what it was granted for.
//!
//! Owns the fact and the rules that follow from it alone. Rules of profiles look at what the grant brings:
//! the kind of use, who takes part, which steps were taken.

use crate::facts::{Facts, Usage};
use crate::structure::Rule;
use crate::word::words;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A project named with a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectFact {
    /// Its number.
    pub id: String,
    /// Where it stands today.
    pub standing: Standing,
    /// Whether the applicant takes part.
    pub member: Member,
    /// Whether the purpose stated is the one granted.
    pub same_purpose: bool,
    /// What may be done with the data.
    pub usage: Usage,
    /// Whose data: contributors, each with a stratum or all of theirs. `None`: everybody in the release.
    #[serde(default)]
    pub parts: Option<Vec<Part>>,
    /// Whether anybody in the release belongs to those.
    #[serde(default = "yes")]
    pub same_dataset: bool,
    /// First day of the grant.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
    /// Digest of the scope both signed.
    pub digest: String,
}

fn yes() -> bool {
    true
}

/// People of one contributor that a project may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The contributing institution.
    pub contributor: String,
    /// The stratum; `None`: all.
    #[serde(default)]
    pub stratum: Option<String>,
}

words! {
    /// Where a project stands.
    Standing {
        /// There is none of that number, or none that the applicant may know of.
        Unknown = "unknown",
        /// It was not granted, or not yet.
        Applied = "applied",
        /// All but the fee is settled.
        Unpaid = "unpaid",
        /// Granted for days to come.
        NotBegun = "not-begun",
        /// A grant is in force.
        Granted = "granted",
        /// Use is suspended.
        Suspended = "suspended",
        /// The grant was taken back.
        Revoked = "revoked",
        /// Its days are over.
        Expired = "expired",
    }

    /// How the applicant stands to a project.
    Member {
        /// Takes no part.
        No = "no",
        /// Was added, and the addition is not granted yet.
        Unchecked = "unchecked",
        /// May take part, once the terms of what was granted are accepted.
        Unaccepted = "unaccepted",
        /// Takes part.
        Yes = "yes",
    }
}

impl ProjectFact {
    /// One that the applicant may know nothing of.
    pub fn unknown(id: &str, today: NaiveDate) -> ProjectFact {
        ProjectFact {
            id: id.to_owned(),
            standing: Standing::Unknown,
            member: Member::No,
            same_purpose: true,
            usage: Usage::Overview,
            parts: None,
            same_dataset: true,
            from: today,
            until: today,
            digest: String::new(),
        }
    }

    /// Whether the applicant may use anything under it today.
    pub fn holds(&self) -> bool {
        self.standing == Standing::Granted && self.member == Member::Yes
    }

    /// Whether people of a contributor and stratum belong to what was granted.
    pub fn covers(&self, contributor: &str, stratum: &str) -> bool {
        let part = |part: &Part| {
            part.contributor == contributor && part.stratum.as_ref().is_none_or(|own| own == stratum)
        };
        self.parts.as_ref().is_none_or(|parts| parts.iter().any(part))
    }
}

/// The project, where the applicant may know of it: of another's nothing is told, not even where it stands.
fn own(facts: &Facts) -> Option<&ProjectFact> {
    let active = facts.applicant.as_ref().is_some_and(|applicant| applicant.active);
    facts.project.as_ref().filter(|project| active && !is_strange(project))
}

fn is_strange(project: &ProjectFact) -> bool {
    project.standing == Standing::Unknown || project.member == Member::No
}

fn stands(facts: &Facts, standing: Standing) -> bool {
    own(facts).is_some_and(|project| project.standing == standing)
}

/// Whether the applicant stands so to a project whose grant is in force.
fn is_of_granted(facts: &Facts, member: Member) -> bool {
    own(facts).is_some_and(|project| project.standing == Standing::Granted && project.member == member)
}

pub(crate) const RULES: &[Rule] = &[
    Rule {
        code: "project-unknown",
        denies: |facts| {
            let active = facts.applicant.as_ref().is_some_and(|applicant| applicant.active);
            active && facts.project.as_ref().is_some_and(is_strange)
        },
        ja: "この番号の課題はないか、あなたはその利用者ではありません。",
        en: "There is no project of that number in which you take part.",
    },
    Rule {
        code: "project-not-granted",
        denies: |facts| stands(facts, Standing::Applied),
        ja: "この課題の利用はまだ許可されていません。",
        en: "The project is not granted.",
    },
    Rule {
        code: "project-unpaid",
        denies: |facts| stands(facts, Standing::Unpaid),
        ja: "利用料の入金が確認されるまで、この課題ではご利用いただけません。",
        en: "The project's fee is not paid; use begins once the payment is recorded.",
    },
    Rule {
        code: "project-not-begun",
        denies: |facts| stands(facts, Standing::NotBegun),
        ja: "この課題の利用期間はまだ始まっていません。",
        en: "The days the project was granted for have not begun.",
    },
    Rule {
        code: "project-suspended",
        denies: |facts| stands(facts, Standing::Suspended),
        ja: "この課題の利用は停止されています。",
        en: "Use under the project is suspended.",
    },
    Rule {
        code: "project-revoked",
        denies: |facts| stands(facts, Standing::Revoked),
        ja: "この課題の許可は取り消されています。",
        en: "The grant of the project was revoked.",
    },
    Rule {
        code: "project-expired",
        denies: |facts| stands(facts, Standing::Expired),
        ja: "この課題の利用期間は終了しています。",
        en: "The days the project was granted for are over.",
    },
    Rule {
        code: "project-collaborator-unchecked",
        denies: |facts| is_of_granted(facts, Member::Unchecked),
        ja: "あなたの追加はまだ確認・許可されていません。",
        en: "You were added to the project; that addition is not checked and granted yet.",
    },
    Rule {
        code: "project-terms-not-accepted",
        denies: |facts| is_of_granted(facts, Member::Unaccepted),
        ja: "申請のページで「利用条件に同意して参加する」を済ませると、この課題でご利用いただけます。",
        en: "Accept the terms on the application's page; then you take part in the project.",
    },
    Rule {
        code: "project-other-purpose",
        denies: |facts| own(facts).is_some_and(|project| project.holds() && !project.same_purpose),
        ja: "この課題に許可された利用目的ではありません。",
        en: "This is not the purpose the project was granted for.",
    },
    Rule {
        code: "project-other-dataset",
        denies: |facts| own(facts).is_some_and(|project| project.holds() && !project.same_dataset),
        ja: "この課題に許可されたデータは、このリリースに含まれていません。",
        en: "The release holds none of the data the project was granted for.",
    },
];
