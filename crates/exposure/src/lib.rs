//! The privacy ledger's arithmetic: what answers tell about whether somebody is in a release.
//!
//! Level 1 of the river: numbers in, numbers out. [`Ground`] shows a count in a [`Form`] and prices what it showed;
//! [`Account`] remembers for ever what a user or an organisation was shown; [`Record`] remembers what anybody was shown of
//! which [`Crowds`]; [`decide`] says in which form a list of cells may be answered, or that they wait for the next batch.
//! It opens no file, reads no clock, draws no random number: the offset of a cell comes from the caller's keyed hash.
//!
//! The promise. An attacker knows a person's genome, the frequencies of the population, and every rule here, and picks cells
//! as he likes, in the light of earlier answers. He decides "in" or "out" with a share `f` of false positives. As long as the
//! charges of all he was shown sum to at most [`Charge::budget`]`(power, f)`, he is right about members in at most `power`.
//! Every answer's charge `c` satisfies `Σ P₁⁶ P₀⁻⁵ e^(−15c) ≤ 1` for each genotype and frequency (`tests/oracle.rs` adds the
//! sum up), so the product over answers is a supermartingale, whoever chooses them and how, and the bound is that of the
//! Rényi divergence of order 6 (Mironov 2017; a filter as in Feldman and Zrnic 2021), with no normal approximation.
//! What it assumes is in `docs/decisions/0032-exposure.md`: cells of different linkage blocks are independent, one population.
//!
//! ```
//! use gj_exposure::{Account, Ask, Cell, Charge, Crowds, Decision, Form, Ground, Record, decide};
//! let ground = Ground::new(20_000, 1_000)?;
//! let mut crowds = Crowds::default();
//! let all = crowds.add(&[(1, 10_000)])?;
//! let (mut user, mut record) = (Account::default(), Record::default());
//! let cell = Cell { block: 7, site: 42 };
//! let budget = Charge::budget(0.10, 0.05).share(2);
//! let ask = Ask { lineage: 1, crowd: all, ground: &ground, cells: &[cell], finest: Form::Exact };
//! assert_eq!(decide(&ask, &crowds, &record, &[(&user, budget)]), Decision::Answer(Form::Exact));
//! let shown = ground.show(Form::Exact, 9_000, 0)?;
//! let charge = ask.charge(cell, Form::Exact, shown, &crowds, &record);
//! user.note(1, cell, all, Form::Exact, charge);
//! record.note(1, cell, all);
//! assert!(user.spent() > Charge::ZERO && user.spent() <= budget);
//! # Ok::<(), gj_exposure::ExposureError>(())
//! ```

mod account;
mod charge;
mod crowds;
mod error;
mod ground;
mod moment;
mod places;
mod plan;
mod record;
mod separation;

pub use account::Account;
pub use charge::{Charge, power};
pub use crowds::{Crowd, Crowds};
pub use error::ExposureError;
pub use ground::{Form, Ground, Span, Style};
pub use places::Places;
pub use plan::{Ask, Decision, Wait, decide};
pub use record::{Cell, Record};
pub use separation::{Table, set_apart};
