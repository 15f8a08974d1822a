//! The contributor's terms of a dataset, as codes of the Data Use Ontology (release 2021-02-23).
//!
//! Terms are keyed by id, because short names changed: `DUO:0000045` is today's NPU, `DUO:0000018` is
//! NPUNCU. A term nobody here knows asks the contributor; it is never passed over.

use crate::facts::{Composition, Facts, Step, TermFact, Usage, Vocabulary};
use crate::table::{self, Table};
use gj_model::{Effect, Reason, Remedy};

/// What a term says to a request.
struct Objection {
    code: &'static str,
    effect: Effect,
    ja: &'static str,
    en: &'static str,
    /// Who can do what, in Japanese and English.
    remedy: Option<[&'static str; 3]>,
}

const PURPOSE: Objection = Objection {
    code: "terms-purpose",
    effect: Effect::Deny,
    ja: "提供機関の条件では、このデータセットをこの利用目的・疾患に使うことはできません。",
    en: "The contributor's terms do not permit this purpose or disease for the dataset.",
    remedy: Some([
        "applicant",
        "条件に合う目的または疾患（同じもの、またはその下位）で申請する",
        "state a purpose that the terms permit, or a disease equal to or below theirs",
    ]),
};
/// The same where nobody can tell what is below a disease.
const PURPOSE_BY_EQUALITY: Objection = Objection {
    code: "terms-purpose",
    effect: Effect::Deny,
    ja: "提供機関の条件では、このデータセットをこの利用目的・疾患に使うことはできません。この疾患のオントロジーが読み込まれていないため、同一の ID だけが一致します。",
    en: "The contributor's terms do not permit this purpose or disease for the dataset. No vocabulary of this disease is loaded, so only the very same id matches.",
    remedy: Some([
        "data-manager",
        "疾患のオントロジーを読み込む（gj ontology load）",
        "load the vocabulary of the disease (gj ontology load)",
    ]),
};
const NO_ANCESTRY: Objection = Objection {
    code: "terms-no-ancestry",
    effect: Effect::Deny,
    ja: "提供機関の条件により、集団の起源・祖先の研究には使えません。",
    en: "The contributor's terms forbid research on population origins or ancestry.",
    remedy: None,
};
const NON_PROFIT: Objection = Objection {
    code: "terms-non-profit",
    effect: Effect::Deny,
    ja: "提供機関の条件により、営利を目的としない機関だけが使えます。",
    en: "The contributor's terms permit use by not-for-profit organisations only.",
    remedy: Some(["applicant", "企業を含まない体制で申請する", "apply without a company"]),
};
const GEOGRAPHY: Objection = Objection {
    code: "terms-geography",
    effect: Effect::Deny,
    ja: "提供機関の条件により、定められた国の機関だけが使えます。",
    en: "The contributor's terms permit use within one country only.",
    remedy: None,
};
const SPECIFIC: Objection = Objection {
    code: "terms-specific",
    effect: Effect::Deny,
    ja: "提供機関の条件により、定められた利用者または機関だけが使えます。",
    en: "The contributor's terms permit use by a named user or institution only.",
    remedy: None,
};
const COLLABORATION: Objection = Objection {
    code: "terms-collaboration",
    effect: Effect::Ask,
    ja: "提供機関の条件により、提供機関との共同研究が必要です。",
    en: "The contributor's terms ask for a collaboration with the contributor.",
    remedy: Some(["applicant", "提供機関を共同研究機関に加える", "add the contributor as a collaborator"]),
};
const ETHICS: Objection = Objection {
    code: "terms-ethics",
    effect: Effect::Ask,
    ja: "提供機関の条件により、倫理審査委員会の承認が必要です。",
    en: "The contributor's terms ask for the approval of a research ethics board.",
    remedy: Some([
        "applicant",
        "倫理審査委員会の承認書を提出する",
        "hand in the approval of a research ethics board",
    ]),
};
const UNKNOWN: Objection = Objection {
    code: "terms-unknown",
    effect: Effect::Ask,
    ja: "提供機関の条件に、自動では判断できないものがあります。",
    en: "The contributor's terms hold one that cannot be judged automatically.",
    remedy: Some([
        "data-acquirer",
        "提供機関が条件を満たすか判断し、条件の行を改める",
        "the contributor judges it and puts the row in other terms",
    ]),
};
const PUBLISH: Objection = Objection {
    code: "terms-publication",
    effect: Effect::Duty,
    ja: "提供機関の条件により、成果を公表する義務があります。",
    en: "The contributor's terms ask for the results to be published.",
    remedy: None,
};
const RETURN: Objection = Objection {
    code: "terms-return",
    effect: Effect::Duty,
    ja: "提供機関の条件により、得られたデータを返却する義務があります。",
    en: "The contributor's terms ask for derived data to be returned.",
    remedy: None,
};

/// Codes that permit purposes; of several, one suffices.
const NO_RESTRICTION: &str = "DUO:0000004";
const GENERAL: &str = "DUO:0000042";
const HEALTH: &str = "DUO:0000006";
const DISEASE: &str = "DUO:0000007";
const ANCESTRY: &str = "DUO:0000011";
const PERMISSIONS: [&str; 5] = [NO_RESTRICTION, GENERAL, HEALTH, DISEASE, ANCESTRY];

/// What the terms that hold today say to a request. The contributor alone is not bound by them.
pub(crate) fn reasons(table: &Table, facts: &Facts) -> Vec<Reason> {
    let Some(dataset) = &facts.dataset else { return Vec::new() };
    if facts.usage() == Usage::None || facts.own() {
        return Vec::new();
    }
    let hold: Vec<&TermFact> = dataset.terms.iter().filter(|term| term.period.holds(facts.today)).collect();
    let permissions: Vec<&TermFact> =
        hold.iter().copied().filter(|term| PERMISSIONS.contains(&term.duo.as_str())).collect();
    let permitted = permissions.is_empty() || permissions.iter().any(|term| permits(term, facts));
    let mut found: Vec<Reason> = Vec::new();
    for term in hold {
        let objection = match PERMISSIONS.contains(&term.duo.as_str()) {
            true if permitted => None,
            true if term.duo == DISEASE && by_equality(facts) => Some(&PURPOSE_BY_EQUALITY),
            true => Some(&PURPOSE),
            false => modifier(term, facts),
        };
        found.extend(objection.map(|objection| objection.reason(table, term)));
    }
    found.sort_by(|a, b| (&a.code, &a.source, a.valid_from).cmp(&(&b.code, &b.source, b.valid_from)));
    found.dedup();
    found
}

/// Whether a disease was named of which nobody knows what it is a kind of.
fn by_equality(facts: &Facts) -> bool {
    let purpose = facts.purpose.as_ref();
    purpose.is_some_and(|p| !p.diseases.is_empty() && p.vocabulary == Vocabulary::NotLoaded)
}

fn permits(term: &TermFact, facts: &Facts) -> bool {
    let Some(purpose) = &facts.purpose else { return false };
    match term.duo.as_str() {
        NO_RESTRICTION | GENERAL => true,
        HEALTH => [HEALTH, DISEASE].contains(&purpose.duo.as_str()),
        // Equal or descendant: a disease comes with everything it is a kind of.
        DISEASE => purpose.duo == DISEASE && purpose.diseases.contains(&term.value),
        _ => purpose.duo == term.duo,
    }
}

fn modifier(term: &TermFact, facts: &Facts) -> Option<&'static Objection> {
    let applicant = facts.applicant.as_ref();
    let purpose = facts.purpose.as_ref().map(|purpose| purpose.duo.as_str());
    let contributor = facts.dataset.as_ref().map(|dataset| &dataset.contributor);
    let company = matches!(facts.composition(), Composition::CompanyAlone | Composition::Mixed);
    let (objection, objects) = match term.duo.as_str() {
        // Not-for-profit organisations; non-commercial use, of which a company's is none we could tell; both.
        "DUO:0000045" | "DUO:0000046" | "DUO:0000018" => (&NON_PROFIT, company),
        "DUO:0000044" => (&NO_ANCESTRY, purpose == Some(ANCESTRY)),
        "DUO:0000022" => (&GEOGRAPHY, facts.countries().any(|country| country != term.value)),
        "DUO:0000026" => (&SPECIFIC, applicant.is_none_or(|applicant| applicant.user != term.value)),
        "DUO:0000028" => (&SPECIFIC, applicant.is_none_or(|applicant| applicant.institution != term.value)),
        "DUO:0000020" => {
            let own = applicant.map(|applicant| &applicant.institution);
            let parties = own.into_iter().chain(facts.collaborators.iter().map(|party| &party.institution));
            (&COLLABORATION, !parties.into_iter().any(|party| Some(party) == contributor))
        }
        "DUO:0000021" => (&ETHICS, !facts.done.contains(&Step::Ethics)),
        "DUO:0000019" => (&PUBLISH, true),
        "DUO:0000029" => (&RETURN, true),
        _ => (&UNKNOWN, true),
    };
    objects.then_some(objection)
}

impl Objection {
    /// The programme's words for this code, or the built-in ones; source and days are the term's.
    fn reason(&self, table: &Table, term: &TermFact) -> Reason {
        let remedy =
            self.remedy.map(|[who, ja, en]| Remedy { who: who.into(), ja: ja.into(), en: en.into() });
        let words = table.rule(self.code).map(|rule| table::reason(rule, self.effect, None));
        let words = words.unwrap_or_else(|| Reason {
            code: self.code.to_owned(),
            ja: self.ja.to_owned(),
            en: self.en.to_owned(),
            ..Reason::default()
        });
        let about =
            if term.value.is_empty() { term.duo.clone() } else { format!("{} {}", term.duo, term.value) };
        Reason {
            source: format!("{} ({about})", term.source),
            effect: self.effect,
            valid_from: Some(term.period.valid_from),
            valid_to: term.period.valid_to,
            until: term.period.valid_to.filter(|_| self.effect != Effect::Duty),
            remedy: words.remedy.clone().or(remedy),
            ..words
        }
    }
}
