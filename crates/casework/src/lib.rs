//! The life cycle of an application for use: one state machine, one table.
//!
//! Level 1 of the river: facts in, the next state or every reason out. [`TABLE`] says who may do what in
//! which state under which conditions; whatever is in no row is refused. [`Case`] is what an
//! application's events add up to, [`sees`] is what each capacity may read of them. No file, no clock, no
//! money and no rights rules: the match and the price come in as facts.
//!
//! ```
//! use gj_casework::{Act, Facts, Refused, Role, State, next};
//! // The head decides; nobody else, and not before the committee has spoken.
//! let facts = Facts { text_given: true, ..Facts::default() };
//! assert_eq!(next(State::Decision, Act::Refuse, Role::Head, &facts), Ok(State::Refused));
//! assert_eq!(next(State::Decision, Act::Refuse, Role::Chair, &facts), Err(Refused::Role));
//! assert_eq!(next(State::Review, Act::Refuse, Role::Head, &facts), Err(Refused::State));
//! ```

mod act;
mod case;
mod deadline;
mod event;
mod guard;
mod machine;
mod named;
mod right;
mod role;
mod scope;
mod sight;
mod state;
mod table;
mod verdict;

pub use act::Act;
pub use case::{Case, Outside, Person, Step};
pub use deadline::{Deadline, due, in_force};
pub use event::Event;
pub use guard::{Facts, Guard, Outcome, Proposed};
pub use machine::{Refused, is_possible, next, possible};
pub use right::right;
pub use role::Role;
pub use scope::{ProjectScope, Tier};
pub use sight::{Sight, sees};
pub use state::State;
pub use table::{Row, TABLE};
pub use verdict::Verdict;

/// Independent reviews of an application.
pub const REVIEWS: u32 = 2;
