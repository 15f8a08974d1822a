//! Rules of the program itself, in the order in which a refused person reads them: they hold in every
//! programme. A row of the same code words them.

use crate::facts::{ExtractFact, Facts, Vocabulary};
use crate::table::{self, Table};
use gj_model::{Effect, Reason};

/// A rule: when it denies, and what is said where the programme has no row for it.
pub(crate) struct Rule {
    pub(crate) code: &'static str,
    pub(crate) denies: fn(&Facts) -> bool,
    pub(crate) ja: &'static str,
    pub(crate) en: &'static str,
}

pub(crate) const RULES: &[Rule] = &[
    Rule {
        code: "user-unknown",
        denies: |facts| !facts.applicant.as_ref().is_some_and(|applicant| applicant.active),
        ja: "有効な利用者として登録されていません。",
        en: "You are not registered as an active user.",
    },
    Rule {
        code: "role-forbids",
        denies: |facts| facts.applicant.as_ref().is_some_and(|a| a.active && !a.acts.contains(&facts.act)),
        ja: "あなたの役割ではこの操作はできません。",
        en: "Your roles do not permit this act.",
    },
    Rule {
        code: "institution-forbids",
        denies: institution_forbids,
        ja: "他機関の代わりにこの操作を行うことはできません。所属機関についてのみ行えます。",
        en: "You may do this for your own institution only.",
    },
    Rule {
        code: "purpose-unknown",
        denies: |facts| facts.purpose.as_ref().is_some_and(|purpose| !purpose.known),
        ja: "利用目的が登録されていないか、現在有効ではありません。",
        en: "The purpose is not registered or not in force today.",
    },
    Rule {
        code: "purpose-needs-disease",
        denies: |facts| {
            facts.purpose.as_ref().is_some_and(|p| p.known && p.needs_disease && p.diseases.is_empty())
        },
        ja: "この利用目的には疾患名の指定が必要です(例 DS:MONDO:0005148)。",
        en: "This purpose must name a disease, for example DS:MONDO:0005148.",
    },
    Rule {
        code: "disease-unknown",
        denies: |facts| vocabulary(facts) == Some(&Vocabulary::Unknown),
        ja: "指定された疾患 ID は、読み込まれている疾患オントロジーにありません。ID を確かめてください。",
        en: "The disease named is not in the vocabulary that is loaded; check its id.",
    },
    Rule {
        code: "disease-obsolete",
        denies: |facts| vocabulary(facts) == Some(&Vocabulary::Obsolete),
        ja: "指定された疾患 ID は廃止されています。後継の ID を指定してください。",
        en: "The disease named is no longer in use; name one that is.",
    },
    Rule {
        code: "freeze-unknown",
        denies: |facts| !facts.freeze_exists,
        ja: "指定されたリリースはありません。",
        en: "There is no release of that name.",
    },
    Rule {
        code: "consent-none",
        denies: nobody_consented,
        ja: "この利用に同意した参加者がリリースに含まれていません。",
        en: "Nobody in the release has consented to this use.",
    },
    Rule {
        code: "extract-unapproved",
        denies: |facts| is_active(facts) && facts.act == WRITE && own_extract(facts).is_none(),
        ja: "この番号で承認された切り出しはありません。",
        en: "No extract of that number is approved for you.",
    },
    Rule {
        code: "extract-revoked",
        denies: |facts| own_extract(facts).is_some_and(|extract| extract.revoked),
        ja: "切り出しの承認は取り消されています。",
        en: "The approval of the extract was revoked.",
    },
    Rule {
        code: "extract-expired",
        denies: |facts| own_extract(facts).is_some_and(|extract| extract.valid_to < facts.today),
        ja: "切り出しの承認期限が過ぎています。",
        en: "The approval of the extract has run out.",
    },
    Rule {
        code: "extract-other-purpose",
        denies: |facts| own_extract(facts).is_some_and(|extract| !extract.same_purpose),
        ja: "承認された利用目的と異なります。",
        en: "This is not the purpose that was approved.",
    },
    Rule {
        code: "extract-own",
        denies: approves_own,
        ja: "自分が受け取る切り出しは承認できません。",
        en: "You cannot approve an extract that you receive yourself.",
    },
];

/// Acts on extracts, as in the table of roles.
const WRITE: &str = "extract.write";
const APPROVE: &str = "extract.approve";

fn vocabulary(facts: &Facts) -> Option<&Vocabulary> {
    let named = facts.purpose.as_ref().filter(|purpose| purpose.known && !purpose.diseases.is_empty());
    named.map(|purpose| &purpose.vocabulary)
}

fn is_active(facts: &Facts) -> bool {
    facts.applicant.as_ref().is_some_and(|applicant| applicant.active)
}

/// The approval that is to be written under, if it is the applicant's: of another's nothing is told, not
/// even that there is one.
fn own_extract(facts: &Facts) -> Option<&ExtractFact> {
    let (applicant, extract) = (facts.applicant.as_ref()?, facts.extract.as_ref()?);
    let own = applicant.active && facts.act == WRITE && extract.recipient.as_ref() == Some(&applicant.user);
    own.then_some(extract)
}

/// Who receives must not be who approves.
fn approves_own(facts: &Facts) -> bool {
    let (Some(applicant), Some(extract)) = (&facts.applicant, &facts.extract) else { return false };
    facts.act == APPROVE && extract.recipient.as_ref() == Some(&applicant.user)
}

/// Acts for an institution are its own users', or those of whoever may act for any.
fn institution_forbids(facts: &Facts) -> bool {
    let (Some(applicant), Some(institution)) = (&facts.applicant, &facts.on_behalf_of) else { return false };
    let any = applicant.acts.iter().any(|act| act == "institution.any");
    applicant.active && applicant.institution != *institution && !any
}

/// Known only where something is read: nobody of the release, or not the people asked about.
fn nobody_consented(facts: &Facts) -> bool {
    let Some(purpose) = facts.purpose.as_ref().filter(|purpose| purpose.known) else { return false };
    let lacks = facts.consent.as_ref().is_some_and(|consent| !consent.scope.covers(purpose.needs_scope));
    facts.freeze_exists && (!facts.someone_allows || lacks)
}

impl Rule {
    /// The programme's words for this rule, or the built-in ones.
    pub(crate) fn reason(&self, table: &Table) -> Reason {
        match table.rule(self.code) {
            Some(row) => table::reason(row, Effect::Deny, None),
            None => Reason {
                code: self.code.to_owned(),
                ja: self.ja.to_owned(),
                en: self.en.to_owned(),
                source: "gj built-in".to_owned(),
                ..Reason::default()
            },
        }
    }
}
