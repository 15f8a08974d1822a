//! Rows over rows: the programme's before its profile's, the latest of one code, and what a row must not be.

use crate::{day, rules, start};
use gj_model::{Bilingual, Effect, InstitutionClass};
use gj_policy::{Rule, RuleRow, Table};

#[test]
fn a_row_of_the_programme_stands_before_the_profile_and_words_it() {
    let row = |parameters: &str| {
        Rule::try_from(RuleRow {
            code: "payment-missing".into(),
            valid_from: start(),
            valid_to: None,
            words: Bilingual { ja: "こちら".into(), en: "ours".into() },
            source: "ours".into(),
            parameters: serde_json::from_str(parameters).unwrap(),
        })
    };
    let shipped = gj_policy::profile::shipped("proposal").unwrap();
    let with = |row: Rule| Table::of(&[&[row], &shipped.rules], day("2026-11-22"));
    let theirs = rules("proposal", day("2026-11-22")).rule("payment-missing").unwrap().clone();
    let worded = with(row("{}").unwrap());
    let rule = worded.rule("payment-missing").unwrap();
    assert_eq!((rule.en.as_str(), &rule.when, rule.effect), ("ours", &theirs.when, theirs.effect));
    let old = with(row(r#"{"classes": ["hospital"]}"#).unwrap());
    let rule = old.rule("payment-missing").unwrap();
    assert_eq!(
        (rule.effect, rule.when[0].class.as_slice()),
        (Some(Effect::Ask), &[InstitutionClass::Hospital][..])
    );
    for (parameters, told) in [
        (r#"{"effect": "forbid"}"#, "unknown variant `forbid`"),
        (r#"{"effect": "deny", "when": [{"tiers": ["public"]}]}"#, "unknown field `tiers`"),
        (r#"{"classes": ["kingdom"]}"#, "unknown variant `kingdom`"),
        (r#"{"needs": "research"}"#, "belongs to the effect"),
        (r#"{"class": ["company"]}"#, "unknown field `class`"),
    ] {
        let error = row(parameters).unwrap_err();
        assert!(error.contains(told) && error.contains("payment-missing"), "{error}");
    }
}

#[test]
fn of_two_periods_the_one_of_the_day_holds() {
    let shipped = &gj_policy::profile::shipped("proposal").unwrap().rules;
    let mut old = shipped.iter().find(|rule| rule.code == "sanction").unwrap().clone();
    let mut new = old.clone();
    old.valid_to = Some(day("2026-12-31"));
    (new.valid_from, new.en) = (day("2027-01-01"), "new words".into());
    let on = |today: &str| {
        Table::of(&[&[new.clone(), old.clone()]], day(today)).rule("sanction").map(|r| r.en.clone())
    };
    assert_eq!(on("2026-03-31"), None);
    assert_eq!(on("2026-12-31"), Some(old.en.clone()));
    assert_eq!(on("2027-01-01").unwrap(), "new words");
}
