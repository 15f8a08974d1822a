//! Subtracting answers: before and after somebody left or came, complementary cohorts, linked sites, two users.

use crate::binomial::{Chance, Law};
use crate::membership::power;
use gj_exposure::{Account, Ask, Cell, Charge, Crowd, Crowds, Decision, Form, Ground, Record, Wait, decide};

/// The budget of one of two users.
fn budget() -> Charge {
    Charge::budget(0.10, 0.05).share(2)
}

fn cell(block: u32) -> Cell {
    Cell { block, site: 0 }
}

/// Decides one cell for an account, and notes it as shown with `count` where it may be.
fn ask(
    world: (&Crowds, &mut Record),
    account: &mut Account,
    (crowd, ground): (Crowd, &Ground),
    cell: Cell,
    count: u32,
) -> Decision {
    let (crowds, record) = world;
    let ask = Ask { lineage: 1, crowd, ground, cells: &[cell], finest: Form::Exact };
    let decision = decide(&ask, crowds, record, &[(account, budget())]);
    if let Decision::Answer(form) = decision {
        let span = ground.show(form, count, 0).unwrap();
        account.note(1, cell, crowd, form, ask.charge(cell, form, span, crowds, record));
        record.note(1, cell, crowd);
    }
    decision
}

#[test]
fn after_a_withdrawal_what_anybody_was_shown_waits_for_the_next_batch() {
    let mut crowds = Crowds::default();
    let before = crowds.add(&[(1, 9_999), (2, 1)]).unwrap();
    let after = crowds.add(&[(1, 9_999)]).unwrap();
    let batch = crowds.add(&[(1, 9_999), (3, 5_000)]).unwrap();
    let grounds = [20_000, 19_998, 29_998].map(|alleles| Ground::new(alleles, 1_000).unwrap());
    let (mut record, mut early, mut late) = (Record::default(), Account::default(), Account::default());
    let shown = ask((&crowds, &mut record), &mut early, (before, &grounds[0]), cell(1), 8_000);
    assert_eq!(shown, Decision::Answer(Form::Exact));
    // Neither the one who asked before nor a friend is told; what nobody was told before is free to be told.
    for account in [&mut early, &mut late] {
        let refused = ask((&crowds, &mut record), account, (after, &grounds[1]), cell(1), 7_998);
        assert_eq!(refused, Decision::Wait(Wait::Difference { cell: 0, people: 1 }));
    }
    // Whom a larger budget of another let see more: the first answer is still given again.
    record.note(1, cell(1), after);
    let again = ask((&crowds, &mut record), &mut early, (before, &grounds[0]), cell(1), 8_000);
    assert_eq!(again, Decision::Answer(Form::Exact));
    let fresh = ask((&crowds, &mut record), &mut late, (after, &grounds[1]), cell(2), 7_998);
    assert_eq!(fresh, Decision::Answer(Form::Exact));
    // Five thousand who joined with one who left: still one is set apart.
    let mixed = ask((&crowds, &mut record), &mut late, (batch, &grounds[2]), cell(1), 12_000);
    assert_eq!(mixed, Decision::Wait(Wait::Difference { cell: 0, people: 1 }));
    // After the withdrawal alone, the batch differs by 5,000: dearer than a first answer, but told.
    let spent = late.spent();
    let joined = ask((&crowds, &mut record), &mut late, (batch, &grounds[2]), cell(2), 12_000);
    assert!(matches!(joined, Decision::Answer(_)), "{joined:?}");
    let alone = grounds[2].price(Form::Exact, grounds[2].show(Form::Exact, 12_000, 0).unwrap());
    assert!(
        late.spent()
            .less(spent)
            .plus(grounds[1].price(Form::Exact, grounds[1].show(Form::Exact, 7_998, 0).unwrap()))
            > alone
    );
}

#[test]
fn a_complement_costs_what_the_smaller_part_would() {
    let mut crowds = Crowds::default();
    let most = crowds.add(&[(1, 9_000)]).unwrap();
    let whole = crowds.add(&[(1, 9_000), (2, 1_000)]).unwrap();
    let few = crowds.add(&[(1, 9_000), (2, 1_000), (3, 20)]).unwrap();
    let grounds = [18_000, 20_000, 20_040].map(|alleles| Ground::new(alleles, 1_000).unwrap());
    let (mut record, mut account) = (Record::default(), Account::default());
    for (crowd, ground, count) in [(most, &grounds[0], 8_100), (whole, &grounds[1], 9_000)] {
        let shown = ask((&crowds, &mut record), &mut account, (crowd, ground), cell(1), count);
        assert!(matches!(shown, Decision::Answer(_)), "{shown:?}");
    }
    // As an exact count of the 1,000 would cost, who now can be had by subtraction.
    let part = Ground::new(2_000, 100).unwrap();
    let of_part = part.price(Form::Exact, part.show(Form::Exact, 900, 0).unwrap());
    assert!(account.spent() >= Charge::of(of_part.squared_shift() * 0.8) && account.spent() <= budget());
    assert_eq!(
        ask((&crowds, &mut record), &mut account, (few, &grounds[2]), cell(1), 9_010),
        Decision::Wait(Wait::Difference { cell: 0, people: 20 })
    );
}

/// What a before-and-after attacker learns of a target among the `changed` people, by counts shown exactly in both
/// releases of as many cells as the ledger allows, or of 40 cells without it.
fn before_and_after(changed: u32, ledger: bool, rounds: usize) -> (f64, f64) {
    let mut crowds = Crowds::default();
    let before = crowds.add(&[(1, 9_000)]).unwrap();
    let after = crowds.add(&[(1, 9_000), (2, changed)]).unwrap();
    let grounds = [18_000, 2 * (9_000 + changed)].map(|alleles| Ground::new(alleles, 1_000).unwrap());
    let mut chance = Chance(u64::from(changed));
    let mut evidence = |member: bool| {
        let (mut record, mut account) = (Record::default(), Account::default());
        let mut sum = 0.0;
        for block in 0..40 {
            let (p, genotype) = (0.3, 2);
            let [with, without] = [Some(genotype), None].map(|g| Law::new(2 * changed, p, g));
            let of_rest = Law::new(18_000, p, None).draw(&mut chance);
            let of_changed = if member { &with } else { &without }.draw(&mut chance);
            if ledger {
                let first =
                    ask((&crowds, &mut record), &mut account, (before, &grounds[0]), cell(block), of_rest);
                let count = of_rest + of_changed;
                let second =
                    ask((&crowds, &mut record), &mut account, (after, &grounds[1]), cell(block), count);
                if !(matches!(first, Decision::Answer(_)) && matches!(second, Decision::Answer(_))) {
                    continue;
                }
            }
            // Both counts known exactly, whatever the form: more than the ledger shows.
            let one = with.of(of_changed, of_changed).max(1e-300);
            sum += (one / without.of(of_changed, of_changed).max(1e-300)).ln();
        }
        sum
    };
    let strangers: Vec<f64> = (0..rounds).map(|_| evidence(false)).collect();
    let members: Vec<f64> = (0..rounds).map(|_| evidence(true)).collect();
    power(strangers, &members)
}

#[test]
fn before_and_after_stays_under_the_promise() {
    for changed in [1, 100, 1_000, 3_000] {
        let (power, width) = before_and_after(changed, true, 500);
        println!("{changed} people changed: power {power:.3} ± {width:.3}");
        assert!(power - width <= 0.10, "{changed}: {power} ± {width}");
    }
}

#[test]
fn before_and_after_without_the_ledger_succeeds() {
    for changed in [1, 10] {
        let (power, _) = before_and_after(changed, false, 200);
        assert!(power > 0.5, "{changed}: {power}");
    }
}

#[test]
fn of_linked_sites_one_is_answered() {
    let mut crowds = Crowds::default();
    let all = crowds.add(&[(1, 10_000)]).unwrap();
    let ground = Ground::new(20_000, 1_000).unwrap();
    let (mut record, mut one, mut two) = (Record::default(), Account::default(), Account::default());
    let shown = ask((&crowds, &mut record), &mut one, (all, &ground), Cell { block: 3, site: 8 }, 9_000);
    assert_eq!(shown, Decision::Answer(Form::Exact));
    // Its neighbour's count less its own would be that of five haplotypes.
    let neighbour = ask((&crowds, &mut record), &mut two, (all, &ground), Cell { block: 3, site: 9 }, 9_005);
    assert_eq!(neighbour, Decision::Wait(Wait::Linked { cell: 0 }));
    let both = [Cell { block: 4, site: 1 }, Cell { block: 4, site: 2 }];
    let region = Ask { lineage: 1, crowd: all, ground: &ground, cells: &both, finest: Form::Broad };
    let refused = decide(&region, &crowds, &record, &[(&one, budget())]);
    assert_eq!(refused, Decision::Wait(Wait::Linked { cell: 1 }));
}
