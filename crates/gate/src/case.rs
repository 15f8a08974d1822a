//! The facts of a request and the rules of its day, as the registry knows them at one moment.

use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::{CompiledRules, Gate};
use chrono::NaiveDate;
use gj_model::{Bilingual, Effect, InstitutionClass, InstitutionId, Purpose, ReleaseClass, Scope};
use gj_policy::{
    AgreementFact, Applicant, DatasetFact, Decision, Facts, Period, PurposeFact, RuleRow, Sight, Table,
    TermFact, Vocabulary, WindowFact, profile,
};
use gj_registry::{PriorityWindow, Programme, Reads, Rule, User};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError};

/// Facts with the rules they are judged by.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) facts: Facts,
    table: Arc<Table>,
    /// Every registered dataset; none for acts that read nothing about people.
    pub(crate) datasets: Vec<DatasetFact>,
}

impl Deref for Case {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl DerefMut for Case {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }
}

impl Case {
    /// The decision without regard to datasets.
    pub(crate) fn decide(&self) -> Decision {
        gj_policy::decide(&self.table, &self.facts)
    }

    /// What everybody counted must have allowed.
    pub(crate) fn needed_scope(&self) -> Scope {
        gj_policy::needed_scope(&self.table, &self.facts)
    }

    /// Who may be seen, dataset by dataset.
    pub(crate) fn sight(&self) -> Sight {
        Sight::of(&self.table, &self.facts, &self.datasets)
    }
}

impl Case {
    /// The same as looked at beside the classes of people there are: if nobody of them may be seen, that is
    /// the refusal, with what consent or which dataset stands in the way.
    pub(crate) fn sight_of_some<'a>(
        &mut self,
        sight: Sight,
        classes: impl Iterator<Item = &'a ReleaseClass> + Clone,
    ) -> Sight {
        let scope = self.needed_scope();
        // Of a project's people the rules speak only; nobody else is looked at.
        let granted = self.facts.project.clone();
        let covers = |class: &&ReleaseClass| {
            granted.as_ref().is_none_or(|p| p.covers(class.institution.as_str(), &class.stratum))
        };
        let outside = classes.clone().next().is_some() && !classes.clone().any(|class| covers(&class));
        if let Some(project) = &mut self.facts.project {
            project.same_dataset = !outside;
        }
        let classes = classes.filter(covers);
        self.facts.someone_allows = outside || classes.clone().any(|class| class.scope.covers(scope));
        let mut seen = classes.clone().filter(|class| sight.sees_class(class));
        if !matches!(sight.decision, Decision::Allow(_)) || !self.facts.someone_allows || outside {
            return sight.decided(self.decide());
        }
        if seen.next().is_some() {
            return sight;
        }
        let mut reasons = sight.objections(classes);
        // Datasets that allow, each for people who are not in the release.
        if reasons.is_empty() {
            self.facts.someone_allows = false;
            return sight.decided(self.decide());
        }
        reasons.sort_by_key(|reason| reason.effect);
        let denies = reasons.iter().any(|reason| reason.effect == Effect::Deny);
        let decision = if denies { Decision::Deny(reasons) } else { Decision::Ask(reasons) };
        sight.decided(decision)
    }
}

impl Gate {
    /// What is known of an act by somebody, today.
    pub(crate) async fn facts(&self, reads: &mut Reads, asker: &Asker, act: &str) -> Result<Case, GateError> {
        let today = self.inner.clock.today();
        let settings = self.settings(reads).await?;
        let user = match &asker.user {
            Some(id) => reads.user(id).await?,
            None => None,
        };
        let mut facts = Facts::of(today, act);
        facts.smallest_cell = settings.min_cell;
        if let Some(user) = user {
            facts.applicant = Some(self.applicant(reads, user).await?);
        }
        let table = self.table(reads, &settings.profile, today).await?;
        Ok(Case { facts, table, datasets: Vec::new() })
    }

    /// The rules of a day: the programme's own rows over those of its profile.
    pub(crate) async fn table(
        &self,
        reads: &mut Reads,
        profile: &str,
        day: NaiveDate,
    ) -> Result<Arc<Table>, GateError> {
        // Of one code the profile's own row comes first, so it is the one that stands.
        let stored = reads.rules_on(profile, day).await?;
        let last = || self.inner.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last()
            && (last.table.day(), last.profile.as_str()) == (day, profile)
            && last.rows == stored
        {
            return Ok(last.table.clone());
        }
        let rows = stored.iter().cloned().map(row).collect::<Result<Vec<_>, _>>();
        let rows = rows.map_err(GateError::Inconsistent)?;
        let shipped = profile::shipped(profile).map_or(&[][..], |profile| &profile.rules);
        let table = Arc::new(Table::of(&[&rows, shipped], day));
        *last() = Some(CompiledRules { profile: profile.to_owned(), rows: stored, table: table.clone() });
        Ok(table)
    }

    async fn applicant(&self, reads: &mut Reads, user: User) -> Result<Applicant, GateError> {
        let today = self.inner.clock.today();
        let acts = reads.acts_of(&user.id).await?;
        let institution = reads.institution(&user.institution).await?;
        let paid = !reads.payments_covering(&user.institution, today).await?.is_empty();
        let trainings = reads.trainings_of(&user.id).await?;
        let agreements = reads.agreements_of(&user.institution).await?;
        let sanctions = reads.sanctions_of(&user.institution).await?;
        let theirs = sanctions.iter().filter(|s| s.user.is_empty() || s.user == user.id.as_str());
        Ok(Applicant {
            active: user.active,
            institution: user.institution.to_string(),
            class: institution.as_ref().map(|institution| institution.class),
            country: institution.map(|institution| institution.country).unwrap_or_default(),
            acts,
            paid,
            trainings: trainings.iter().map(|t| period(t.valid_from, Some(t.valid_to))).collect(),
            agreements: agreements
                .into_iter()
                .map(|agreement| AgreementFact {
                    period: period(agreement.valid_from, agreement.valid_to),
                    dataset: Some(agreement.dataset).filter(|id| !id.is_empty()),
                })
                .collect(),
            sanctions: theirs.map(|sanction| period(sanction.valid_from, sanction.valid_to)).collect(),
            user: user.id.to_string(),
        })
    }

    pub(crate) async fn purpose_fact(
        &self,
        reads: &mut Reads,
        purpose: &Purpose,
    ) -> Result<PurposeFact, GateError> {
        let term = reads.purpose(&purpose.code, self.inner.clock.today()).await?;
        let (diseases, vocabulary) = match &purpose.disease {
            Some(disease) => self.kinds_of_disease(reads, disease).await?,
            None => (Vec::new(), Vocabulary::NotLoaded),
        };
        Ok(match term {
            // A disease on a purpose that takes none is a purpose nobody registered.
            Some(term) => PurposeFact {
                known: term.needs_disease || diseases.is_empty(),
                duo: term.duo,
                needs_disease: term.needs_disease,
                diseases,
                vocabulary,
                needs_scope: term.needs_scope,
            },
            None => PurposeFact {
                known: false,
                duo: String::new(),
                needs_disease: false,
                diseases,
                vocabulary,
                needs_scope: Scope::NONE,
            },
        })
    }

    /// Adds every registered dataset to a case that reads about people.
    pub(crate) async fn add_datasets(&self, reads: &mut Reads, case: &mut Case) -> Result<(), GateError> {
        let datasets = reads.datasets().await?;
        if datasets.is_empty() {
            return Ok(());
        }
        let classes: HashMap<InstitutionId, InstitutionClass> =
            reads.institutions().await?.into_iter().map(|i| (i.id, i.class)).collect();
        let company = |id: &InstitutionId| classes.get(id) == Some(&InstitutionClass::Company);
        let (mut terms, mut windows) = (reads.dataset_terms().await?, reads.head_starts().await?);
        for dataset in datasets {
            let own_terms = terms.extract_if(.., |term| term.dataset == dataset.id);
            let own_terms = own_terms.map(|term| TermFact {
                period: period(term.valid_from, term.valid_to),
                duo: term.duo,
                value: term.value,
                source: term.source,
            });
            let own_windows: Vec<PriorityWindow> =
                windows.extract_if(.., |window| window.dataset == dataset.id).collect();
            // Academia alone brought about what no company contributed or paid for.
            let paid_for = own_windows.iter().any(|window| company(&window.funder));
            let stored = || GateError::Inconsistent(format!("dataset `{}`: unknown tier", dataset.id));
            let windows = own_windows.into_iter().map(|window| {
                Ok(WindowFact {
                    tier: window.tier.parse().map_err(|_| stored())?,
                    funder: window.funder.to_string(),
                    from: window.valid_from,
                    hard_end: window.hard_end,
                    source: window.source,
                })
            });
            case.datasets.push(DatasetFact {
                tier: dataset.tier.parse().map_err(|_| stored())?,
                start: dataset.starting_point,
                restricted_months: dataset.restricted_months,
                academia_only: !company(&dataset.contributor) && !paid_for,
                windows: windows.collect::<Result<_, GateError>>()?,
                terms: own_terms.collect(),
                contributor: dataset.contributor.to_string(),
                stratum: Some(dataset.stratum.clone()).filter(|stratum| !stratum.is_empty()),
                id: dataset.id.clone(),
            });
        }
        Ok(())
    }
}

fn period(valid_from: NaiveDate, valid_to: Option<NaiveDate>) -> Period {
    Period { valid_from, valid_to }
}

/// A row of the programme as the policy reads it.
fn row(rule: Rule) -> Result<gj_policy::Rule, String> {
    let row = RuleRow {
        code: rule.code,
        valid_from: rule.valid_from,
        valid_to: rule.valid_to,
        words: Bilingual { ja: rule.ja, en: rule.en },
        source: rule.source,
        parameters: rule.parameters,
    };
    row.try_into()
}

/// Whether every rule of a programme means something to the policy.
///
/// # Errors
/// The first that does not, and why.
pub(crate) fn check_rules(programme: &Programme) -> Result<(), GateError> {
    let wrong = |what: String| GateError::Programme(format!("[[rule]]: {what}"));
    programme.rules.iter().try_for_each(|rule| row(rule.clone()).map(drop)).map_err(wrong)
}
