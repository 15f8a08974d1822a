//! Asking the table: the next state, or why not.

use crate::act::Act;
use crate::guard::{Facts, Guard};
use crate::role::Role;
use crate::state::State;
use crate::table::{Row, TABLE};
use gj_model::Reason;

/// Why a step is not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Nobody can do this in this state.
    State,
    /// Others can, this role cannot.
    Role,
    /// The role can, once these hold; never empty.
    Unmet(Vec<Guard>),
}

fn rows(state: State, act: Act) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.act == act && row.from.contains(&state))
}

/// Where a step leads. Of several rows that fit, the first counts.
///
/// # Errors
/// Why not: of several rows whose conditions do not hold, the one with the fewest unmet.
pub fn next(state: State, act: Act, role: Role, facts: &Facts) -> Result<State, Refused> {
    if rows(state, act).next().is_none() {
        return Err(Refused::State);
    }
    let mut least: Option<Vec<Guard>> = None;
    for row in rows(state, act).filter(|row| row.by.contains(&role)) {
        let unmet: Vec<Guard> = row.when.iter().copied().filter(|guard| !guard.holds(facts)).collect();
        if unmet.is_empty() {
            return Ok(row.to.unwrap_or(state));
        }
        if least.as_ref().is_none_or(|least| unmet.len() < least.len()) {
            least = Some(unmet);
        }
    }
    Err(least.map_or(Refused::Role, Refused::Unmet))
}

/// Whether some row lets the role do this in the state, whatever its conditions.
pub fn is_possible(state: State, act: Act, role: Role) -> bool {
    rows(state, act).any(|row| row.by.contains(&role))
}

/// Everything some row lets the role do in the state, in the order of the life cycle.
pub fn possible(state: State, role: Role) -> Vec<Act> {
    Act::ALL.iter().copied().filter(|act| is_possible(state, *act, role)).collect()
}

impl Refused {
    /// The reasons, with what would change them, in both languages.
    pub fn reasons(&self, state: State, act: Act) -> Vec<Reason> {
        let source = "gj: life cycle of an application (crates/casework/tests/table.txt)".to_owned();
        let reason = |code: String, ja: String, en: String| Reason {
            code,
            ja,
            en,
            source: source.clone(),
            ..Reason::default()
        };
        match self {
            Refused::State => vec![reason(
                "application-state".to_owned(),
                format!("申請は「{}」の段階にあり、「{}」ことはできません。", state.ja(), act.ja()),
                format!("The application is at “{}”, where nobody can {}.", state.en(), act.en()),
            )],
            Refused::Role => vec![reason(
                "application-role".to_owned(),
                format!("この申請で「{}」のは、別の役割の人です。", act.ja()),
                format!("On this application, to {} is for another role.", act.en()),
            )],
            Refused::Unmet(guards) => guards
                .iter()
                .map(|guard| {
                    reason(
                        format!("application-{guard}"),
                        format!("「{}」には次が必要です：{}。", act.ja(), guard.ja()),
                        format!("To {}, this must be the case: {}.", act.en(), guard.en()),
                    )
                })
                .collect(),
        }
    }
}
