//! What a user can still learn: the table of decision record 0032.

use gj_exposure::{Charge, Form, Ground};

/// Cells of one frequency that a budget shows in one form, whose admission keeps the worst price in hand.
fn cells(ground: &Ground, form: Form, frequency: f64, budget: Charge) -> u64 {
    let count = (f64::from(ground.alleles()) * frequency) as u32;
    let span = ground.show(form, count, 0x1000_1000).unwrap();
    let (price, worst) = (ground.price(form, span), ground.worst(form));
    if worst > budget { 0 } else { 1 + budget.less(worst).billionths() / price.billionths() }
}

fn table(budget: Charge) -> Vec<(u32, f64, Form, [u64; 3])> {
    let mut rows = Vec::new();
    for people in [1_000, 10_000, 100_000] {
        for floor in [0.01, 0.05] {
            let alleles = 2 * people;
            let ground =
                Ground::new(alleles, ((f64::from(alleles) * floor) as u32).max(Ground::FLOOR_MIN)).unwrap();
            for form in Form::ALL {
                rows.push((
                    people,
                    floor,
                    form,
                    [0.001, 0.10, 0.45].map(|p| cells(&ground, form, p, budget)),
                ));
            }
        }
    }
    rows
}

#[test]
fn ten_times_the_people_show_about_ten_times_the_cells() {
    let rows = table(Charge::budget(0.10, 0.05).share(2));
    let common = |people: u32, form: Form| {
        rows.iter().find(|row| row.0 == people && row.1 == 0.05 && row.2 == form).unwrap().3[2]
    };
    for form in Form::ALL {
        let ratio = common(100_000, form) as f64 / common(10_000, form) as f64;
        assert!((8.0..14.0).contains(&ratio), "{form:?} {ratio}");
    }
    assert!(common(10_000, Form::Broad) > 10 * common(10_000, Form::Exact));
}

#[test]
#[ignore = "prints"]
fn what_users_can_learn() {
    for (role, budget) in [
        ("one of two users, power 0.10", Charge::budget(0.10, 0.05).share(2)),
        ("organisation, power 0.10", Charge::budget(0.10, 0.05)),
        ("approved project, power 0.30", Charge::budget(0.30, 0.05)),
    ] {
        println!("{role}: {:.4}", budget.squared_shift());
        for (people, floor, form, cells) in table(budget) {
            println!(
                "{people:>7} floor {floor} {form:?}: rare {}, p=0.10 {}, p=0.45 {}",
                cells[0], cells[1], cells[2]
            );
        }
    }
}
