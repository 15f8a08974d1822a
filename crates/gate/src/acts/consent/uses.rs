//! What a participant's data were used for: which institutions asked releases that counted them, for which
//! purpose, and which extracts held them.
//!
//! Derived from the audit log, summed up by release, institution, purpose and consent: there is no book of
//! people and questions. Never tells which variant was asked for, or by which user.

use super::{READ, unknown};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::{Bilingual, Scope, ScopeItem};
use gj_registry::{ConsentChange, Institution, Person, PurposeTerm, Reads, UseLine};
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything a participant's data were used for.
#[derive(Debug, Clone, Serialize)]
pub struct Uses {
    /// Answers counted from releases.
    pub answers: Vec<Use>,
    /// Writings of extracts.
    pub extracts: Vec<Use>,
}

/// One kind of use, summed up.
#[derive(Debug, Clone, Serialize)]
pub struct Use {
    /// The release, or the number of the extract.
    pub from: String,
    /// The committee's decision that approved an extract, or the number of the project that an answer was
    /// given to; none for counts asked under none.
    pub project: Option<String>,
    /// Who used it.
    pub institution: Bilingual,
    /// What for, as stated: `DS:MONDO:0005148`.
    pub purpose: String,
    /// The same in words.
    pub purpose_name: Option<Bilingual>,
    /// The consent it was based on.
    pub consent: Scope,
    /// How often.
    pub times: u64,
    /// First day, in UTC.
    pub first: String,
    /// Last day, in UTC.
    pub last: String,
}

/// When somebody allowed what, by lines of the audit log.
struct Allowed {
    first: Scope,
    changes: Vec<ConsentChange>,
    withdrawn: Option<i64>,
}

impl Allowed {
    /// Whether a line counted the person, of something made when `since` changes were known.
    fn counts(&self, since: u64, line: &UseLine) -> bool {
        let mut scope = self.first;
        for change in &self.changes {
            if change.number <= since {
                scope = change.after;
            } else if change.audit_seq < line.seq {
                scope = scope.and(change.after);
            }
        }
        let left = self.withdrawn.is_some_and(|seq| seq < line.seq);
        !left && scope.allows(ScopeItem::Research) && scope.covers(line.consent)
    }
}

/// The datasets of each stratum that a person has samples of.
async fn datasets_of(reads: &mut Reads, person: &Person) -> Result<Vec<Vec<String>>, GateError> {
    let mut datasets = reads.datasets().await?;
    datasets.retain(|dataset| dataset.contributor == person.institution);
    let strata = reads.strata_of(person.person_key).await?;
    let of = |stratum: &String| {
        let holds = datasets.iter().filter(|d| d.stratum.is_empty() || d.stratum == *stratum);
        holds.map(|dataset| dataset.id.clone()).collect()
    };
    Ok(strata.iter().map(of).collect())
}

/// Whether an answer left the person out: of all their strata some dataset objected.
fn left_out(datasets: &[Vec<String>], line: &UseLine) -> bool {
    let closed = |ids: &Vec<String>| ids.iter().any(|id| line.left_out.contains(id));
    !datasets.is_empty() && datasets.iter().all(closed)
}

/// Sums lines up.
struct Book {
    institution_of: BTreeMap<String, String>,
    institutions: Vec<Institution>,
    purposes: Vec<PurposeTerm>,
    sums: BTreeMap<(String, Option<String>, String, String, Scope), Use>,
}

impl Book {
    async fn new(reads: &mut Reads) -> Result<Book, GateError> {
        let users = reads.users().await?.into_iter();
        Ok(Book {
            institution_of: users.map(|user| (user.id.to_string(), user.institution.to_string())).collect(),
            institutions: reads.institutions().await?,
            purposes: reads.purposes().await?,
            sums: BTreeMap::new(),
        })
    }

    fn add(&mut self, from: &str, project: Option<&str>, line: UseLine) {
        let institution = self.institution_of.get(&line.actor).cloned().unwrap_or_default();
        let day = line.at.get(..10).unwrap_or(&line.at).to_owned();
        // An extract's is the committee's decision, an answer's the grant it was asked under.
        let project = project.map(str::to_owned).or(line.project);
        let key = (from.to_owned(), project.clone(), institution.clone(), line.purpose.clone(), line.consent);
        let sum = self.sums.entry(key).or_insert_with(|| {
            let named = self.institutions.iter().find(|i| i.id.as_str() == institution);
            let code = line.purpose.split(':').next().unwrap_or_default();
            let purpose = self.purposes.iter().rev().find(|purpose| purpose.code == code);
            let known = named.map(|i| Bilingual { ja: i.name_ja.clone(), en: i.name_en.clone() });
            Use {
                from: from.to_owned(),
                project,
                institution: known.unwrap_or(Bilingual { ja: institution.clone(), en: institution }),
                purpose: line.purpose,
                purpose_name: purpose.map(|p| Bilingual { ja: p.name_ja.clone(), en: p.name_en.clone() }),
                consent: line.consent,
                times: 0,
                first: day.clone(),
                last: day.clone(),
            }
        });
        sum.times += 1;
        sum.last = day;
    }

    fn take(&mut self) -> Vec<Use> {
        std::mem::take(&mut self.sums).into_values().collect()
    }
}

impl Gate {
    /// What a participant's data were used for, up to now.
    ///
    /// # Errors
    /// [`GateError::Participant`]; a refusal.
    pub async fn uses(&self, asker: &Asker, participant: &str) -> Result<Uses, GateError> {
        self.authorise(asker, READ, "participant").await?;
        let mut reads = self.inner.registry.read().await?;
        let person = reads.person_by_participant(participant).await?.ok_or_else(unknown)?;
        let uses = self.uses_of(&mut reads, &person).await?;
        drop(reads);
        self.note_shown(asker, READ, "uses").await?;
        Ok(uses)
    }

    /// The same for whoever may see it.
    pub(crate) async fn uses_of(&self, reads: &mut Reads, person: &Person) -> Result<Uses, GateError> {
        let changes = reads.consent_changes_of(person.person_key).await?;
        let versions = reads.consents(person.person_key).await?;
        let first = changes.first().map(|change| change.before);
        let mut releases: Vec<String> =
            reads.freezes_of_person(person.person_key).await?.iter().map(ToString::to_string).collect();
        let mut withdrawn = None;
        if let Some(withdrawal) = reads.withdrawal_of(person.person_key).await? {
            withdrawn = reads.withdrawal_line(&withdrawal.receipt).await?;
            // Their batches no longer say so.
            let named = withdrawal.document["releases"].as_array().into_iter().flatten();
            releases.extend(named.filter_map(|name| name.as_str()).map(str::to_owned));
            releases.sort();
            releases.dedup();
        }
        let newest = versions.last().map_or(Scope::NONE, |version| version.scope);
        let allowed = Allowed { first: first.unwrap_or(newest), changes, withdrawn };
        let mut book = Book::new(reads).await?;
        let datasets = datasets_of(reads, person).await?;
        for release in releases {
            let name =
                release.parse().map_err(|_| GateError::Inconsistent("a release has no name".to_owned()))?;
            let Some(freeze) = reads.freeze(&name).await? else { continue };
            let each = |line: UseLine| {
                if allowed.counts(freeze.consents.since, &line) && !left_out(&datasets, &line) {
                    book.add(&release, None, line);
                }
            };
            reads.each_use("frequency.read", &release, each).await?;
        }
        let answers = book.take();
        for id in reads.extracts_of_person(person.person_key).await? {
            let Some(extract) = reads.extract(&id).await? else { continue };
            let Some(freeze) = reads.freeze(&extract.freeze).await? else { continue };
            let each = |line: UseLine| {
                if allowed.counts(freeze.consents.since, &line) {
                    book.add(id.as_str(), Some(&extract.reference), line);
                }
            };
            reads.each_use("extract.write", id.as_str(), each).await?;
        }
        Ok(Uses { answers, extracts: book.take() })
    }
}
