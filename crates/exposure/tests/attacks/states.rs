//! Accounts: asked again is free, merging is a union, bounded by the budget.

use crate::binomial::Chance;
use gj_exposure::{Account, Ask, Cell, Charge, Crowd, Crowds, Decision, Form, Ground, Record, Wait, decide};
use proptest::prelude::*;

type Note = (u32, u32, u32, u32, usize, u64);

fn account(notes: &[Note]) -> Account {
    let mut account = Account::default();
    for (lineage, block, site, crowd, form, charge) in notes.iter().copied() {
        let cell = Cell { block, site };
        account.note(lineage, cell, Crowd(crowd), Form::ALL[form], Charge::from_billionths(charge));
    }
    account
}

/// Naively: of each form the dearest, forms summed, crowds at the dearest, cells summed.
fn spent(notes: &[Note]) -> u64 {
    let keys = |width: usize| {
        let mut keys: Vec<[u32; 4]> =
            notes.iter().map(|n| [n.0, n.1, n.2, if width > 3 { n.3 } else { 0 }]).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let crowd = |key: [u32; 4]| -> u64 {
        let form = |form: usize| {
            notes.iter().filter(|n| [n.0, n.1, n.2, n.3] == key && n.4 == form).map(|n| n.5).max()
        };
        (0..3).filter_map(form).sum()
    };
    let cell = |of: [u32; 4]| keys(4).into_iter().filter(|key| key[..3] == of[..3]).map(crowd).max();
    keys(3).into_iter().filter_map(cell).sum()
}

fn notes() -> impl Strategy<Value = Vec<Note>> {
    let block = prop_oneof![0..5_u32, Just(u32::MAX)];
    prop::collection::vec((0..3_u32, block, 0..3_u32, 0..3_u32, 0..3_usize, 1..1_000_000_u64), 0..30)
}

proptest! {
    #[test]
    fn merging_is_a_union_in_any_order(one in notes(), two in notes()) {
        let (mut left, mut right) = (account(&one), account(&two));
        left.merge(&account(&two));
        right.merge(&account(&one));
        prop_assert_eq!(&left, &right);
        left.merge(&right);
        prop_assert_eq!(&left, &right);
        let all: Vec<Note> = one.into_iter().chain(two).collect();
        prop_assert_eq!(left.spent().billionths(), spent(&all));
    }
}

#[test]
fn the_budget_bounds_an_account_and_asking_again_is_free() {
    let mut crowds = Crowds::default();
    let all = crowds.add(&[(1, 10_000)]).unwrap();
    let ground = Ground::new(20_000, 1_000).unwrap();
    let (mut record, mut account) = (Record::default(), Account::default());
    let budget = Charge::budget(0.10, 0.05).share(2);
    let mut chance = Chance(1);
    let mut block = 0;
    loop {
        let cell = Cell { block, site: 1 };
        let ask = Ask { lineage: 1, crowd: all, ground: &ground, cells: &[cell], finest: Form::Broad };
        let Decision::Answer(form) = decide(&ask, &crowds, &record, &[(&account, budget)]) else { break };
        let span = ground.show(form, 10_000, chance.secret()).unwrap();
        account.note(1, cell, all, form, ask.charge(cell, form, span, &crowds, &record));
        record.note(1, cell, all);
        block += 1;
    }
    assert!((1_000..20_000).contains(&account.len()), "{}", account.len());
    assert!(account.spent() <= budget);
    // Nothing is left, but the first cell is shown again; the same cell in a finer form is not.
    let first = [Cell { block: 0, site: 1 }];
    let again = Ask { lineage: 1, crowd: all, ground: &ground, cells: &first, finest: Form::Exact };
    assert_eq!(decide(&again, &crowds, &record, &[(&account, budget)]), Decision::Answer(Form::Broad));
    let next = [Cell { block, site: 1 }];
    let more = Ask { cells: &next, ..again };
    let refused = decide(&more, &crowds, &record, &[(&account, budget)]);
    assert!(matches!(refused, Decision::Wait(Wait::Spent { account: 0, .. })), "{refused:?}");
}
