//! Who may do what with which data, by each profile, as text a lawyer can read.

use crate::{day, golden, rules};
use gj_policy::{cells, difference};
use std::fmt::Write;

#[test]
fn who_may_do_what_by_each_profile_is_what_we_agreed_on() {
    let mut text = String::new();
    for profile in ["proposal", "action-plan"] {
        writeln!(text, "== {profile}, rules of 2026-11-22; everybody is trained ==").unwrap();
        for cell in cells(&rules(profile, day("2026-11-22"))) {
            writeln!(text, "{} | {} | {} | {}", cell.who, cell.data, cell.usage, cell.answer).unwrap();
        }
    }
    golden("who-may-do-what.txt", &text);
}

#[test]
fn profiles_differ_where_their_papers_do() {
    let today = day("2026-11-22");
    let (one, other) = (rules("proposal", today), rules("action-plan", today));
    let found = difference(&one, &other);
    let codes = |rules: &[gj_policy::Rule]| rules.iter().map(|rule| rule.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(&found.only_first), ["papers-negotiated", "priority-for-money"]);
    assert!(found.only_second.is_empty());
    let changed: Vec<&str> = found.changed.iter().map(|changed| changed.first.code.as_str()).collect();
    assert_eq!(changed, ["payment-missing", "priority-window"]);
    assert!(found.cells.iter().all(|cell| {
        let both = format!("{} {}", cell.first.answer, cell.second.answer);
        both.contains("payment-missing") || both.contains("priority-for-money")
    }));
    let same = difference(&one, &one);
    assert!(same.only_first.is_empty() && same.changed.is_empty() && same.cells.is_empty());
    assert!(rules("proposal", day("2026-03-31")).rules().is_empty(), "not yet in force");
}
