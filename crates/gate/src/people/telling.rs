//! Which counts of people are told, and as what: disclosure control of questions that anybody may put
//! together out of conditions.
//!
//! The rule, with `smallest` = 10 (decision 38): a count is rounded up or down to a multiple of 10, and told
//! from 20 on, so of 11 people or more. A condition that takes too few people away for *that* number to be
//! told is widened or left out, so that no two told counts, one of some of the people of the other,
//! differ by ten people or fewer. Which way is rounded is drawn with a secret, once for each question.
//!
//! Pure: sees numbers of people and names of conditions, never a person.

use super::condition::Condition;
use std::fmt::Write;

/// Conditions that a question may be widened to; past them its count is hidden. "Looked for and not found" is
/// widened to all kinds of a term, which can be thousands.
const WIDENED_MAX: usize = 32;

/// How many people meet what; nothing else is known here about them.
pub(crate) trait Sets {
    /// People who meet all of the conditions, which are ascending.
    fn count(&self, conditions: &[Condition]) -> u32;
    /// What is one step wider, as [`Condition::wider`].
    fn wider(&self, condition: &Condition) -> Vec<Condition>;
    /// A name by which the same people under two conditions round alike.
    fn name(&self, condition: &Condition) -> String;
}

/// Rounds the counts of one set of people.
#[derive(Debug, Clone)]
pub(crate) struct Rounding {
    /// The smallest cell: counts below it are hidden. 0 and 1 hide nothing and round nothing.
    pub(crate) smallest: u32,
    /// Made of the registry's secret and of who is looked at.
    pub(crate) key: [u8; 32],
}

/// A question as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The conditions applied, ascending.
    pub(crate) conditions: Vec<Condition>,
    /// People who meet them, if that may be told: not rounded yet.
    pub(crate) people: Option<u32>,
    name: String,
}

impl Rounding {
    /// A count as told, of a question of that name; `None`: too few.
    pub(crate) fn told(&self, count: u32, name: &str) -> Option<u32> {
        match self.round(count, name) {
            rounded if self.smallest > 1 && rounded < 2 * self.smallest => None,
            rounded => Some(rounded),
        }
    }

    /// A count rounded to a multiple of the smallest cell: up with the chance of its remainder, so that it is
    /// right on average.
    fn round(&self, count: u32, name: &str) -> u32 {
        if self.smallest <= 1 {
            return count;
        }
        let digest = blake3::keyed_hash(&self.key, name.as_bytes());
        let bytes = digest.as_bytes();
        let drawn = u64::from_le_bytes([
            bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
        ]);
        let offset = (drawn % u64::from(self.smallest)) as u32;
        count.saturating_add(offset) / self.smallest * self.smallest
    }

    /// A count of what belongs to the people of a settled question, as told: samples, runs.
    pub(crate) fn told_of(&self, settled: &Settled, count: u32) -> Option<u32> {
        settled.people.map(|_| self.round(count, &settled.name))
    }

    /// Widens a question until every condition left takes away enough people to be told.
    pub(crate) fn settle(&self, sets: &impl Sets, mut asked: Vec<Condition>) -> Settled {
        asked.sort();
        asked.dedup();
        let mut conditions = asked;
        let hidden = |conditions: Vec<Condition>, name: String| Settled { conditions, people: None, name };
        let own = name(sets, &conditions);
        if self.told(sets.count(&conditions), &own).is_none() {
            return hidden(conditions, own);
        }
        while self.smallest > 1
            && let Some(wider) = self.too_near(sets, &conditions)
        {
            if wider.len() > WIDENED_MAX {
                return hidden(conditions, own);
            }
            conditions = wider;
        }
        let (count, name) = (sets.count(&conditions), name(sets, &conditions));
        let people = self.told(count, &name).map(|_| count);
        Settled { conditions, people, name }
    }

    /// The nearest question one step wider, if the people between the two are too few to be told.
    fn too_near(&self, sets: &impl Sets, conditions: &[Condition]) -> Option<Vec<Condition>> {
        let (count, own) = (sets.count(conditions), name(sets, conditions));
        let mut nearest: Option<(u32, Vec<Condition>)> = None;
        for (place, condition) in conditions.iter().enumerate() {
            let mut wider = conditions.to_vec();
            wider.remove(place);
            wider.extend(sets.wider(condition));
            wider.sort();
            wider.dedup();
            let between = sets.count(&wider).saturating_sub(count);
            let nearer = nearest.as_ref().is_none_or(|(found, _)| between < *found);
            let pair = || format!("{own} in {}", name(sets, &wider));
            if nearer && self.told(between, &pair()).is_none() {
                nearest = Some((between, wider));
            }
        }
        nearest.map(|(_, wider)| wider)
    }
}

fn name(sets: &impl Sets, conditions: &[Condition]) -> String {
    let mut text = String::new();
    for condition in conditions {
        let name = sets.name(condition);
        // With its length before it, so that no two lists of names read alike.
        let _ = write!(text, "{}:{name};", name.len());
    }
    text
}

#[cfg(test)]
mod tests;
