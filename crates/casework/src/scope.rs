//! The scope of a project: what is applied for, and the digest an agreement is bound to.

use crate::case::Person;
use crate::named::named;
use chrono::NaiveDate;
use gj_model::Purpose;
use serde::{Deserialize, Serialize};

/// Says what the digest is of.
const CONTEXT: &str = "genomics-japan 2026 scope of a project";

named! {
    /// How closely the data are looked at (domain facts, access matrix).
    Tier: "a tier" {
        Overview = "overview", "概要・簡易集計", "overview and simple analysis";
        Detailed = "detailed", "詳細な利用", "detailed use";
    }
}

/// One version of what is applied for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectScope {
    /// Title, as the public register shows it.
    pub title: String,
    /// What for.
    pub purpose: Purpose,
    /// How closely.
    pub tier: Tier,
    /// Contributors or releases whose data are used, by id, ascending.
    pub datasets: Vec<String>,
    /// Who uses them: the applicant first, then collaborators by account.
    pub people: Vec<Person>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// What is going to be done.
    pub plan: String,
}

impl ProjectScope {
    /// Whether it says all that an application must.
    pub fn is_whole(&self) -> bool {
        let said = |text: &str| !text.trim().is_empty();
        let people = !self.people.is_empty() && !self.datasets.is_empty();
        said(&self.title) && said(&self.plan) && people && self.from <= self.until
    }

    /// BLAKE3 digest, in hexadecimal, of purpose, datasets, people with their institutions, dates, tier,
    /// title and plan. Every part stands behind its length, so that no two scopes read alike.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        part(&self.purpose.to_string());
        part(self.tier.name());
        part(&self.datasets.len().to_string());
        self.datasets.iter().for_each(|dataset| part(dataset));
        part(&self.people.len().to_string());
        for person in &self.people {
            part(&person.user);
            part(&person.institution);
        }
        part(&self.from.to_string());
        part(&self.until.to_string());
        part(&self.title);
        part(&self.plan);
        hasher.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> ProjectScope {
        let person = |user: &str| Person { user: user.into(), institution: "u".into() };
        ProjectScope {
            title: "t".into(),
            purpose: "HMB".parse().unwrap(),
            tier: Tier::Overview,
            datasets: vec!["a".into(), "b".into()],
            people: vec![person("x"), person("y")],
            from: "2026-11-22".parse().unwrap(),
            until: "2027-11-21".parse().unwrap(),
            plan: "p".into(),
        }
    }

    #[test]
    fn every_part_of_a_scope_changes_its_digest() {
        let changes: [fn(&mut ProjectScope); 9] = [
            |s| s.title.push('x'),
            |s| s.purpose = "GRU".parse().unwrap(),
            |s| s.tier = Tier::Detailed,
            |s| s.datasets = vec!["ab".into()],
            |s| s.datasets.push("c".into()),
            |s| s.people[1].institution.push('2'),
            |s| s.people.truncate(1),
            |s| s.until = s.from,
            |s| s.plan.clear(),
        ];
        let mut digests = vec![scope().digest()];
        for change in changes {
            let mut changed = scope();
            change(&mut changed);
            assert!(!digests.contains(&changed.digest()));
            digests.push(changed.digest());
        }
        assert_eq!(scope().digest(), digests[0]);
    }
}
