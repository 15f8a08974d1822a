//! What must hold of any rules and any facts: random tables beside a reader that looks at every rule, and
//! random requests to the profiles that ship.

use crate::{always, applicant, dataset, day, months, party, purpose, rules, start, window};
use gj_model::{Effect, InstitutionClass, ReleaseClass, Remedy, Scope, ScopeItem, Sex};
use gj_policy::{
    Agreement, AgreementFact, Composition, Conditions, ConsentFact, Decision, Facts, FunderTier, Rule, Sight,
    Step, Table, TermFact, Tier, Usage, Window, decide, people,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const DATASETS: [&str; 3] = ["tranche-1", "tranche-2", "tranche-3"];
const INSTITUTIONS: [&str; 3] = ["biobank", "asker", "firm"];
const DISEASES: [&str; 3] = ["MONDO:1", "MONDO:2", "MONDO:3"];
const PURPOSES: [&str; 4] = ["DUO:0000042", "DUO:0000006", "DUO:0000007", "DUO:0000011"];
const COUNTRIES: [&str; 3] = ["JP", "FR", "US"];
const ACTS: [&str; 2] = ["data.use", "frequency.read"];
const TERMS: [&str; 8] = [
    "DUO:0000042",
    "DUO:0000006",
    "DUO:0000007",
    "DUO:0000045",
    "DUO:0000022",
    "DUO:0000020",
    "DUO:0000021",
    "DUO:0000099",
];

fn scope() -> impl Strategy<Value = Scope> {
    subsequence(ScopeItem::ALL.to_vec(), 0..=7).prop_map(|items| items.into_iter().collect())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Mostly nothing, sometimes a few: rules of few conditions meet something.
fn some<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> BoxedStrategy<Vec<T>> {
    let values = values.to_vec();
    let few = values.len().min(3);
    prop_oneof![3 => Just(vec![]), 1 => subsequence(values, 1..=few)].boxed()
}

fn maybe<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> BoxedStrategy<Option<T>> {
    prop_oneof![5 => Just(None), 1 => select(values.to_vec()).prop_map(Some)].boxed()
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let named = (
        some(&owned(&ACTS)),
        some(&owned(&DATASETS)),
        some(&owned(&PURPOSES)),
        some(&owned(&DISEASES)),
        some(&owned(&COUNTRIES)),
        maybe(&owned(&COUNTRIES)),
    );
    let listed = (
        some(Usage::ALL),
        some(Tier::ALL),
        some(&InstitutionClass::ALL),
        some(&InstitutionClass::ALL),
        some(&InstitutionClass::ALL),
        some(Composition::ALL),
        some(FunderTier::ALL),
        some(Window::ALL),
        some(Agreement::ALL),
        some(Step::ALL),
    );
    let truths = prop::array::uniform7(maybe(&[false, true]));
    let months = (maybe(&[0, 12, 24]), maybe(&[9, 24, 30]));
    (named, listed, truths, months).prop_map(|(n, l, t, m)| Conditions {
        act: n.0,
        dataset: n.1,
        purpose: n.2,
        disease: n.3,
        country: n.4,
        abroad_from: n.5,
        usage: l.0,
        tier: l.1,
        class: l.2,
        collaborator_class: l.3,
        anyone_class: l.4,
        composition: l.5,
        funder_tier: l.6,
        window: l.7,
        agreement: l.8,
        lacks: l.9,
        own: t[0],
        paid: t[1],
        trained: t[2],
        sanctioned: t[3],
        academia_only: t[4],
        public_grant: t[5],
        declared: t[6],
        months_from: m.0,
        months_below: m.1,
    })
}

fn table() -> impl Strategy<Value = Vec<Rule>> {
    let effects = select(vec![Effect::Deny, Effect::Ask, Effect::Duty, Effect::Needs]);
    let rule = (effects, prop::collection::vec(conditions(), 0..3), scope());
    prop::collection::vec(rule, 0..40).prop_map(|rules| {
        let rule = |(at, (effect, when, needs)): (usize, (Effect, Vec<Conditions>, Scope))| Rule {
            code: format!("rule-{at}"),
            valid_from: start(),
            valid_to: None,
            effect: Some(effect),
            when,
            needs: if effect == Effect::Needs { needs.with(ScopeItem::Research) } else { Scope::NONE },
            ja: "文".into(),
            en: "sentence".into(),
            remedy: Some(Remedy { who: "applicant".into(), ja: "文".into(), en: "do".into() }),
            source: "test".into(),
        };
        rules.into_iter().enumerate().map(rule).collect()
    })
}

fn data() -> impl Strategy<Value = gj_policy::DatasetFact> {
    let windows = subsequence(INSTITUTIONS.to_vec(), 0..=2);
    let terms = prop::collection::vec((select(TERMS.to_vec()), select(DISEASES.to_vec())), 0..3);
    (
        select(DATASETS.to_vec()),
        select(INSTITUTIONS.to_vec()),
        select(Tier::ALL[1..].to_vec()),
        select(vec![24u32, 27, 30]),
        windows,
        select(vec![FunderTier::InKind, FunderTier::Cash]),
        any::<bool>(),
        terms,
    )
        .prop_map(|(id, contributor, tier, declared, windows, gave, academia_only, terms)| {
            let mut data = dataset(tier);
            (data.id, data.contributor) = (id.to_owned(), contributor.to_owned());
            data.restricted_months = declared;
            data.academia_only = academia_only;
            data.windows = windows.iter().map(|funder| window(funder, gave, months(9))).collect();
            let term = |(duo, value): (&str, &str)| TermFact {
                duo: duo.into(),
                value: if duo == "DUO:0000022" { "JP".into() } else { value.into() },
                period: always(),
                source: "terms".into(),
            };
            data.terms = terms.into_iter().map(term).collect();
            data
        })
}

fn facts() -> impl Strategy<Value = Facts> {
    let who = (
        select(INSTITUTIONS[1..].to_vec()),
        select(InstitutionClass::ALL.to_vec()),
        select(COUNTRIES.to_vec()),
        prop::option::of((select(InstitutionClass::ALL.to_vec()), select(COUNTRIES.to_vec()))),
        prop::array::uniform5(any::<bool>()),
        subsequence(owned(&DATASETS), 0..=1),
    );
    let what = (
        select(ACTS.to_vec()),
        select(PURPOSES.to_vec()),
        subsequence(DISEASES.to_vec(), 0..=2),
        prop::option::of(select(Usage::ALL.to_vec())),
        prop::option::of(data()),
        prop::option::of(scope()),
        subsequence(Step::ALL.to_vec(), 0..=8),
        any::<bool>(),
    );
    let when = select(vec![start(), day("2026-11-22"), months(10), months(24), months(28), months(31)]);
    (who, what, when).prop_map(|(who, what, today)| {
        let mut asker = applicant(who.0, who.1);
        asker.country = who.2.into();
        let [paid, trained, consortium, sanctioned, may] = who.4;
        asker.paid = paid;
        asker.trainings.retain(|_| trained);
        asker.agreements.retain(|_| consortium);
        let signed = |id: String| AgreementFact { dataset: Some(id), period: always() };
        asker.agreements.extend(who.5.into_iter().map(signed));
        asker.sanctions = if sanctioned { vec![always()] } else { vec![] };
        asker.acts = if may { owned(&ACTS) } else { vec![] };
        Facts {
            applicant: Some(asker),
            collaborators: who
                .3
                .map(|(class, country)| gj_policy::Party { country: country.into(), ..party("firm", class) })
                .into_iter()
                .collect(),
            purpose: Some(purpose(what.1, &what.2)),
            usage: what.3,
            dataset: what.4,
            consent: what.5.map(|scope| ConsentFact { version: 1, scope }),
            done: what.6,
            public_grant: what.7,
            ..Facts::of(today, what.0)
        }
    })
}

/// Whether conditions hold, one after the other, without bits or buckets.
fn holds(c: &Conditions, facts: &Facts) -> bool {
    fn one_of<T: PartialEq>(list: &[T], value: &T) -> bool {
        list.is_empty() || list.contains(value)
    }
    let asker = facts.applicant.as_ref().unwrap();
    let data = facts.dataset.as_ref();
    let purpose = facts.purpose.as_ref().unwrap();
    let is = |asked: Option<bool>, truth: bool| asked.is_none_or(|asked| asked == truth);
    let months = facts.months_since_start();
    let within = |from: Option<i32>, below: Option<i32>| {
        from.is_none() && below.is_none()
            || months
                .is_some_and(|m| from.is_none_or(|from| from <= m) && below.is_none_or(|below| m < below))
    };
    one_of(&c.act, &facts.act)
        && one_of(&c.usage, &facts.usage())
        && one_of(&c.tier, &data.map_or(Tier::None, |data| data.tier))
        && (c.dataset.is_empty() || data.is_some_and(|data| c.dataset.contains(&data.id)))
        && one_of(&c.purpose, &purpose.duo)
        && (c.disease.is_empty() || purpose.diseases.iter().any(|id| c.disease.contains(id)))
        && (c.class.is_empty() || asker.class.is_some_and(|class| c.class.contains(&class)))
        && (c.collaborator_class.is_empty()
            || facts.collaborators.iter().any(|party| c.collaborator_class.contains(&party.class)))
        && (c.anyone_class.is_empty() || facts.classes().any(|class| c.anyone_class.contains(&class)))
        && (c.country.is_empty() || facts.countries().any(|is| c.country.iter().any(|one| one == is)))
        && c.abroad_from.as_ref().is_none_or(|home| facts.countries().any(|is| is != home))
        && one_of(&c.composition, &facts.composition())
        && one_of(&c.window, &facts.window().0)
        && one_of(&c.funder_tier, &facts.window().1)
        && one_of(&c.agreement, &facts.agreement())
        && c.lacks.iter().all(|step| !facts.has_done(*step))
        && is(c.own, facts.own())
        && is(c.paid, asker.paid)
        && is(c.trained, facts.trained())
        && is(c.sanctioned, facts.sanctioned())
        && is(c.academia_only, data.is_some_and(|data| data.academia_only))
        && is(c.public_grant, facts.public_grant)
        && is(c.declared, facts.declared())
        && within(c.months_from, c.months_below)
}

fn codes(decision: &Decision) -> Vec<&str> {
    let reasons = match decision {
        Decision::Allow(terms) => &terms.duties,
        Decision::Ask(reasons) | Decision::Deny(reasons) => reasons,
    };
    reasons.iter().map(|reason| reason.code.as_str()).filter(|code| code.starts_with("rule-")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_just_the_rules_that_a_plain_reader_finds(list in table(), facts in facts()) {
        let table = Table::of(&[&list], facts.today);
        let meets = |rule: &&Rule| rule.when.is_empty() || rule.when.iter().any(|c| holds(c, &facts));
        let apply: Vec<&Rule> = list.iter().filter(meets).collect();
        let decision = decide(&table, &facts);
        let lacking = |needs: Scope| facts.consent.as_ref().is_some_and(|c| !c.scope.covers(needs));
        let objects = |rule: &Rule| match rule.effect.unwrap() {
            Effect::Deny | Effect::Ask => true,
            Effect::Needs => lacking(rule.needs),
            Effect::Duty => false,
        };
        let named = |keep: &dyn Fn(&Rule) -> bool| {
            let mut codes: Vec<&str> = apply.iter().filter(|r| keep(r)).map(|r| r.code.as_str()).collect();
            codes.sort_unstable();
            codes
        };
        let mut found = codes(&decision);
        found.sort_unstable();
        match &decision {
            Decision::Allow(terms) => {
                prop_assert_eq!(named(&objects), Vec::<&str>::new());
                prop_assert_eq!(found, named(&|rule| rule.effect == Some(Effect::Duty)));
                let needs: Scope = apply.iter().flat_map(|rule| rule.needs.items()).chain([ScopeItem::Research]).collect();
                prop_assert_eq!(terms.needs_scope, needs);
            }
            Decision::Ask(reasons) | Decision::Deny(reasons) => {
                prop_assert_eq!(found, named(&objects));
                let denies = reasons.iter().any(|reason| reason.effect == Effect::Deny);
                prop_assert_eq!(denies, matches!(decision, Decision::Deny(_)), "deny dominates ask");
            }
        }
    }

    #[test]
    fn the_order_of_rules_changes_nothing(list in table().prop_shuffle(), facts in facts()) {
        let shuffled = decide(&Table::of(&[&list], facts.today), &facts);
        let mut sorted = list;
        sorted.sort_by(|a, b| a.code.cmp(&b.code));
        prop_assert_eq!(decide(&Table::of(&[&sorted], facts.today), &facts), shuffled);
    }

    #[test]
    fn facts_that_were_written_down_give_the_same_decision(facts in facts(), plan in any::<bool>()) {
        let table = rules(if plan { "action-plan" } else { "proposal" }, facts.today);
        let read: Facts = serde_json::from_str(&serde_json::to_string(&facts).unwrap()).unwrap();
        prop_assert_eq!(&read, &facts);
        prop_assert_eq!(decide(&table, &read), decide(&table, &facts));
    }

    #[test]
    fn taking_something_away_never_widens_an_answer(facts in facts(), plan in any::<bool>()) {
        let table = rules(if plan { "action-plan" } else { "proposal" }, facts.today);
        let before = decide(&table, &facts);
        let mut weaker: Vec<Facts> = Vec::new();
        let mut less = |change: &dyn Fn(&mut Facts)| {
            let mut facts = facts.clone();
            change(&mut facts);
            weaker.push(facts);
        };
        less(&|f| f.applicant = None);
        less(&|f| f.applicant.as_mut().unwrap().active = false);
        less(&|f| f.applicant.as_mut().unwrap().acts.clear());
        less(&|f| f.applicant.as_mut().unwrap().paid = false);
        less(&|f| f.applicant.as_mut().unwrap().trainings.clear());
        less(&|f| f.applicant.as_mut().unwrap().agreements.clear());
        less(&|f| f.applicant.as_mut().unwrap().sanctions.push(always()));
        less(&|f| f.public_grant = false);
        for step in Step::ALL {
            less(&|f| f.done.retain(|done| done != step));
        }
        for item in ScopeItem::ALL {
            less(&|f| {
                let keep = |scope: Scope| scope.items().filter(|one| *one != item).collect();
                f.consent.iter_mut().for_each(|consent| consent.scope = keep(consent.scope));
            });
        }
        for facts in weaker {
            let after = decide(&table, &facts);
            match (&before, &after) {
                (Decision::Allow(before), Decision::Allow(after)) => {
                    prop_assert!(after.needs_scope.covers(before.needs_scope), "{:?}", facts);
                }
                (Decision::Ask(_), Decision::Allow(_)) | (Decision::Deny(_), Decision::Allow(_) | Decision::Ask(_)) => {
                    prop_assert!(false, "widened: {:?}", facts);
                }
                _ => {}
            }
        }
    }

    /// No answer holds a class of people that any rule denies.
    #[test]
    fn nobody_is_seen_whom_a_rule_denies(
        facts in facts(),
        plan in any::<bool>(),
        sets in prop::collection::vec((data(), prop::option::of(select(vec!["s1", "s2"]))), 0..5),
    ) {
        let table = rules(if plan { "action-plan" } else { "proposal" }, facts.today);
        let facts = Facts { consent: None, ..facts };
        let sets: Vec<gj_policy::DatasetFact> = sets
            .into_iter()
            .map(|(data, stratum)| gj_policy::DatasetFact { stratum: stratum.map(str::to_owned), ..data })
            .collect();
        let sight = Sight::of(&table, &facts, &sets);
        let scopes: [Scope; 4] = ["", "research", "research,company-joint,foreign", "research,foreign,company-joint,company-alone"]
            .map(|text| text.parse().unwrap());
        let mut classes = Vec::new();
        for (institution, stratum) in INSTITUTIONS.iter().flat_map(|i| ["s1", "s2"].map(|s| (*i, s))) {
            for scope in scopes {
                classes.push(ReleaseClass {
                    institution: institution.parse().unwrap(),
                    stratum: stratum.into(),
                    sex: Sex::Female,
                    scope,
                });
            }
        }
        let seen: Vec<bool> = classes.iter().map(|class| sight.sees_class(class)).collect();
        for (class, seen) in classes.iter().zip(&seen) {
            // The question as if it were asked of these people alone, of each of their datasets.
            let theirs = sets.iter().filter(|set| {
                set.contributor == class.institution.as_str()
                    && set.stratum.as_ref().is_none_or(|stratum| *stratum == class.stratum)
            });
            let questions = theirs.cloned().map(Some).chain([None]);
            let allowed = questions.map(|dataset| Facts {
                dataset,
                consent: Some(ConsentFact { version: 1, scope: class.scope }),
                ..facts.clone()
            });
            let all = allowed.into_iter().all(|facts| matches!(decide(&table, &facts), Decision::Allow(_)));
            prop_assert_eq!(*seen, all, "{:?}", class);
        }
        let members: Vec<u32> = (0..200).map(|person| person % classes.len() as u32).collect();
        let counted = people(&members, &seen);
        for (person, class) in members.iter().enumerate() {
            prop_assert_eq!(counted.contains(person), seen[*class as usize]);
        }
    }
}
