//! Who was counted in an answer, as numbers of people by the groups they are shown in.

use crate::acts::members::{Allowed, People};
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_exposure::{Places, Table, set_apart};
use gj_model::{Grouping, PanelId, ReleaseClass};
use gj_policy::Sight;
use gj_registry::{Freeze, Reads};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Crowds kept in memory at most, and judged sets of them.
const CROWDS_MAX: usize = 64;
const VERDICTS_MAX: usize = 10_000;
/// Everybody, as a bit; the splits are those after it, in the order of [`Grouping::SPLITS`].
pub(super) const ALL: u8 = 1;
/// Everybody and every split.
pub(super) const EVERY: u8 = 0b1111;

/// A set of people with the groups each is shown in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crowd {
    pub(crate) digest: String,
    pub(crate) people: u32,
    /// Numbers of people by stratum, contributor and sex.
    groups: BTreeMap<[String; 3], Places>,
}

/// An answer that was shown: of which crowd, in which groups.
pub(super) type Exhibit = (u32, u8);

/// What of a crowd's tables may be shown after some exhibits.
type Verdicts = HashMap<(String, u32, Vec<Exhibit>), u8>;

/// What a crowd depends on: panel, whether it is stale, consents known, the day, and the classes seen.
type Circumstances = (PanelId, bool, u64, NaiveDate, String);

/// Crowds computed or read before.
#[derive(Debug, Default)]
pub(crate) struct Crowds {
    of_grant: HashMap<Circumstances, Arc<Crowd>>,
    stored: HashMap<u32, Arc<Crowd>>,
    verdicts: Verdicts,
}

impl Crowd {
    fn new(groups: BTreeMap<[String; 3], Places>) -> Result<Crowd, GateError> {
        let people = groups.values().map(|people| people.numbers().count()).sum::<usize>() as u32;
        let mut crowd = Crowd { digest: String::new(), people, groups };
        crowd.digest = blake3::hash(crowd.members()?.as_bytes()).to_hex().to_string();
        Ok(crowd)
    }

    /// As stored: a list of stratum, contributor, sex and numbers of people.
    pub(super) fn members(&self) -> Result<String, GateError> {
        let rows: Vec<[String; 4]> = self
            .groups
            .iter()
            .map(|([stratum, contributor, sex], people)| {
                [stratum.clone(), contributor.clone(), sex.clone(), people.to_text()]
            })
            .collect();
        serde_json::to_string(&rows).map_err(|error| GateError::Inconsistent(error.to_string()))
    }

    fn read(members: &str) -> Result<Crowd, GateError> {
        let broken =
            |what: String| GateError::Inconsistent(format!("the registry's table of crowds: {what}"));
        let rows: Vec<[String; 4]> =
            serde_json::from_str(members).map_err(|error| broken(error.to_string()))?;
        let mut groups = BTreeMap::new();
        for [stratum, contributor, sex, people] in rows {
            let people = Places::from_text(&people).map_err(|error| broken(error.to_string()))?;
            groups.insert([stratum, contributor, sex], people);
        }
        Crowd::new(groups)
    }

    /// The people of several crowds as parts that none of them divides: for each part, in which of the crowds it is and
    /// where, with its people.
    fn parts(crowds: &[Arc<Crowd>]) -> BTreeMap<Vec<Option<u16>>, u32> {
        let mut of_person: HashMap<u64, Vec<Option<u16>>> = HashMap::new();
        for (at, crowd) in crowds.iter().enumerate() {
            for (people, group) in crowd.groups.values().zip(0_u16..) {
                for person in people.numbers() {
                    of_person.entry(person).or_insert_with(|| vec![None; crowds.len()])[at] = Some(group);
                }
            }
        }
        let mut parts = BTreeMap::new();
        for part in of_person.into_values() {
            *parts.entry(part).or_default() += 1;
        }
        parts
    }

    /// People of each part of several crowds, and for each crowd which parts it is made of.
    pub(super) fn divide(crowds: &[Arc<Crowd>]) -> (Vec<u32>, Vec<Vec<bool>>) {
        let mut parts: BTreeMap<Vec<bool>, u32> = BTreeMap::new();
        for (part, people) in Crowd::parts(crowds) {
            *parts.entry(part.iter().map(Option::is_some).collect()).or_default() += people;
        }
        let held = (0..crowds.len()).map(|crowd| parts.keys().map(|part| part[crowd]).collect()).collect();
        (parts.into_values().collect(), held)
    }

    /// The groups of a crowd that `splits` shows, over the parts.
    fn table(&self, at: usize, splits: u8, parts: &[&Vec<Option<u16>>]) -> Table {
        let mut table = vec![parts.iter().map(|part| part[at].is_some()).collect()];
        for (split, _) in Grouping::SPLITS.iter().enumerate().filter(|(split, _)| splits & (2 << split) != 0)
        {
            let names: Vec<&String> = self.groups.keys().map(|key| &key[split]).collect();
            let mut groups = names.clone();
            groups.sort_unstable();
            groups.dedup();
            for group in groups {
                let held =
                    |part: &&Vec<Option<u16>>| part[at].is_some_and(|own| names[usize::from(own)] == group);
                table.push(parts.iter().map(held).collect());
            }
        }
        table
    }

    /// Which of a crowd's groups may be shown beside what was: no sum or difference may be about fewer than `smallest`.
    fn judge(asked: &Arc<Crowd>, shown: &[(Arc<Crowd>, u8)], smallest: u32) -> u8 {
        let crowds: Vec<Arc<Crowd>> = shown.iter().map(|(crowd, _)| crowd).chain([asked]).cloned().collect();
        let parts = Crowd::parts(&crowds);
        let (parts, people): (Vec<&Vec<Option<u16>>>, Vec<u32>) =
            parts.iter().map(|(part, people)| (part, *people)).unzip();
        let tables: Vec<Table> =
            shown.iter().enumerate().map(|(at, (crowd, splits))| crowd.table(at, *splits, &parts)).collect();
        let mut verdict = 0;
        for bit in [ALL, 2, 4, 8] {
            // Without everybody there is no split either: their sum is everybody.
            if bit != ALL && verdict & ALL == 0 {
                break;
            }
            let table = asked.table(shown.len(), verdict | bit, &parts);
            if set_apart(&people, &tables, &[table], smallest).is_none() {
                verdict |= bit;
            }
        }
        verdict
    }
}

impl Gate {
    /// Who is counted under a sight of a release.
    pub(super) async fn crowd_of(
        &self,
        reads: &mut Reads,
        freeze: &Freeze,
        stale: bool,
        sight: &Sight,
        classes: &[ReleaseClass],
    ) -> Result<Arc<Crowd>, GateError> {
        let today = self.inner.clock.today();
        let seen: String =
            classes.iter().map(|class| if sight.sees_class(class) { '1' } else { '0' }).collect();
        let key = (freeze.panel.clone(), stale, reads.consent_acts().await?, today, seen);
        if let Some(crowd) = self.crowds().of_grant.get(&key) {
            return Ok(crowd.clone());
        }
        let store = &self.inner.store;
        let people =
            People::of(store, reads, &freeze.batches, Allowed::Since(freeze.consents), today).await?;
        let sight = sight.clone();
        let crowd = tokio::task::spawn_blocking(move || {
            let mut of_group: BTreeMap<[String; 3], Vec<u64>> = BTreeMap::new();
            let roll = people.roll();
            for (person, class) in roll.persons(&people).filter(|(_, class)| sight.sees_class(class)) {
                let group = Grouping::SPLITS.map(|split| split.group_of(class).to_owned());
                of_group.entry(group).or_default().push(person as u64);
            }
            let run = |mut people: Vec<u64>| {
                people.sort_unstable();
                people.into_iter().collect::<Places>()
            };
            Crowd::new(of_group.into_iter().map(|(group, people)| (group, run(people))).collect())
        });
        let crowd = Arc::new(crowd.await??);
        let mut kept = self.crowds();
        if kept.of_grant.len() >= CROWDS_MAX {
            kept.of_grant.clear();
        }
        kept.of_grant.insert(key, crowd.clone());
        Ok(crowd)
    }

    /// A crowd that was shown before.
    pub(super) async fn stored_crowd(&self, reads: &mut Reads, number: u32) -> Result<Arc<Crowd>, GateError> {
        if let Some(crowd) = self.crowds().stored.get(&number) {
            return Ok(crowd.clone());
        }
        let missing = || GateError::Inconsistent(format!("the registry lacks crowd {number}"));
        let stored = reads.crowd(number).await?.ok_or_else(missing)?;
        let crowd = Arc::new(Crowd::read(&stored.members)?);
        let mut kept = self.crowds();
        if kept.stored.len() >= CROWDS_MAX {
            kept.stored.clear();
        }
        kept.stored.insert(number, crowd.clone());
        Ok(crowd)
    }

    /// What of a crowd's tables may be shown at places where the exhibits were, if it was judged before or need not be.
    pub(super) fn verdict_at_hand(
        &self,
        asked: &Crowd,
        own: Option<u32>,
        exhibits: &[Exhibit],
        smallest: u32,
    ) -> Option<u8> {
        if exhibits.is_empty() || shown_again(own, exhibits) == EVERY {
            return Some(EVERY);
        }
        self.crowds().verdicts.get(&(asked.digest.clone(), smallest, exhibits.to_vec())).copied()
    }

    /// What of a crowd's tables may be shown at places where the exhibits were.
    pub(super) async fn verdict(
        &self,
        reads: &mut Reads,
        (asked, own): (&Arc<Crowd>, Option<u32>),
        exhibits: &[Exhibit],
        smallest: u32,
    ) -> Result<u8, GateError> {
        if let Some(verdict) = self.verdict_at_hand(asked, own, exhibits, smallest) {
            return Ok(verdict);
        }
        let mut shown = Vec::with_capacity(exhibits.len());
        for (number, splits) in exhibits {
            shown.push((self.stored_crowd(reads, *number).await?, *splits));
        }
        let key = (asked.digest.clone(), smallest, exhibits.to_vec());
        let asked = asked.clone();
        let judged = tokio::task::spawn_blocking(move || Crowd::judge(&asked, &shown, smallest));
        let verdict = judged.await? | shown_again(own, exhibits);
        let mut kept = self.crowds();
        if kept.verdicts.len() >= VERDICTS_MAX {
            kept.verdicts.clear();
        }
        kept.verdicts.insert(key, verdict);
        Ok(verdict)
    }
}

/// What of a crowd was shown there before: shown once is shown again.
fn shown_again(own: Option<u32>, exhibits: &[Exhibit]) -> u8 {
    exhibits.iter().filter(|(crowd, _)| Some(*crowd) == own).fold(0, |all, (_, splits)| all | splits)
}
