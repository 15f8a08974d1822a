//! Lists: the applications somebody may see, what waits for them until when, and the public register.

use super::card::{is_own, may};
use super::effects::reminded_from;
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_casework::{Act, Deadline, Role, State};
use gj_model::{ApplicationId, Bilingual};
use gj_registry::Reads;
use serde::Serialize;

/// One line of a list of applications.
#[derive(Debug, Clone, Serialize)]
pub struct Brief {
    /// Its id.
    pub application: ApplicationId,
    /// Its title.
    pub title: String,
    /// Who applies.
    pub applicant: String,
    /// For which institution.
    pub institution: String,
    /// Where it is.
    pub state: State,
    /// Until when the next step is awaited.
    pub due: Option<NaiveDate>,
    /// Whether that day has passed.
    pub overdue: bool,
    /// Whether one is to be reminded by now.
    pub remind: bool,
    /// The reader's capacities.
    pub roles: Vec<Role>,
    /// Whether it waits for the reader.
    pub waits_for_me: bool,
    /// Whether the reader could not judge it because of a conflict of interest.
    pub conflict: bool,
}

/// Something that is due.
#[derive(Debug, Clone, Serialize)]
pub struct Due {
    /// Of which application.
    pub application: ApplicationId,
    /// Its title.
    pub title: String,
    /// A state that waits, or a report: `review`, `report-final` …
    pub what: String,
    /// In words.
    pub words: Bilingual,
    /// Of whom.
    pub awaits: Vec<Role>,
    /// Until when.
    pub due: NaiveDate,
    /// Whether that day has passed.
    pub overdue: bool,
    /// Whether one is to be reminded by now.
    pub remind: bool,
    /// Whether it is for the reader to do.
    pub waits_for_me: bool,
}

/// A granted project as everybody may read it.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterEntry {
    /// The application.
    pub application: ApplicationId,
    /// Its title.
    pub title: String,
    /// What for.
    pub purpose: String,
    /// Institutions that take part, by name.
    pub institutions: Vec<Bilingual>,
    /// Releases or contributors whose data are used.
    pub datasets: Vec<String>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// Where it is: granted, in use, expired, revoked …
    pub state: State,
    /// Papers and patents, as cited.
    pub publications: Vec<String>,
}

impl Gate {
    /// The applications the asker may see, the one due first on top.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn applications(&self, asker: &Asker) -> Result<Vec<Brief>, GateError> {
        let (person, rights) = self.reading(asker, "applications").await?;
        let today = self.inner.clock.today();
        let mut reads = self.inner.registry.read().await?;
        let deadlines = reads.deadlines().await?;
        let mut briefs = Vec::new();
        for row in reads.applications().await? {
            let Some(loaded) = self.load(&mut reads, &row.id).await? else { continue };
            let roles = loaded.case.roles(&person, &loaded.scope.people, &rights);
            let hidden = matches!(row.state, State::Draft | State::Discarded) && !is_own(&roles);
            if roles.is_empty() || hidden {
                continue;
            }
            let outside = self.outside(&mut reads, &loaded, None).await?;
            let acts = may(&loaded, &person, &roles, &outside);
            let awaited = roles.iter().any(|role| row.state.awaits().contains(role));
            let conflict = !is_own(&roles) && loaded.case.is_conflicted(&person.user, &loaded.scope.people);
            briefs.push(Brief {
                title: loaded.scope.title,
                applicant: row.owner.user,
                institution: row.owner.institution,
                state: row.state,
                due: row.due,
                overdue: row.due.is_some_and(|due| due < today),
                remind: row.due.is_some_and(|due| reminded_from(&deadlines, row.state.name(), due) <= today),
                waits_for_me: awaited && acts.iter().any(|act| moves_on(*act)),
                conflict,
                roles,
                application: row.id,
            });
        }
        Ok(briefs)
    }

    /// What is due of the applications the asker may see, soonest first: steps that are awaited, and reports.
    /// What happens by itself on a day is done first.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read.
    pub async fn applications_due(&self, asker: &Asker) -> Result<Vec<Due>, GateError> {
        self.reading(asker, "applications").await?;
        self.settle_applications().await?;
        let briefs = self.applications(asker).await?;
        let mut reads = self.inner.registry.read().await?;
        let deadlines = reads.deadlines().await?;
        let mut list = Vec::new();
        for brief in &briefs {
            if let Some(due) = brief.due {
                list.push(Due {
                    application: brief.application.clone(),
                    title: brief.title.clone(),
                    what: brief.state.name().to_owned(),
                    words: brief.state.asks(),
                    awaits: brief.state.awaits().to_vec(),
                    due,
                    overdue: brief.overdue,
                    remind: brief.remind,
                    waits_for_me: brief.waits_for_me,
                });
            }
            self.reports_due(&mut reads, &deadlines, brief, &mut list).await?;
        }
        list.sort_by_key(|item| (item.due, item.application.clone(), item.what.clone()));
        Ok(list)
    }

    async fn reports_due(
        &self,
        reads: &mut Reads,
        deadlines: &[Deadline],
        brief: &Brief,
        list: &mut Vec<Due>,
    ) -> Result<(), GateError> {
        let today = self.inner.clock.today();
        let open = reads.obligations(Some(&brief.application)).await?;
        for report in open.into_iter().filter(|report| report.done_at.is_none()) {
            let act: Option<Act> = report.act.parse().ok();
            list.push(Due {
                application: brief.application.clone(),
                title: brief.title.clone(),
                words: act.map_or_else(|| brief.state.asks(), Act::words),
                awaits: vec![Role::Applicant],
                overdue: report.due < today,
                remind: reminded_from(deadlines, &report.act, report.due) <= today,
                waits_for_me: brief.roles.contains(&Role::Applicant),
                due: report.due,
                what: report.act,
            });
        }
        Ok(())
    }

    /// Does for every application what happens by itself.
    ///
    /// # Errors
    /// When the registry cannot be read or written.
    pub async fn settle_applications(&self) -> Result<(), GateError> {
        let rows = self.inner.registry.read().await?.applications().await?;
        let waits = |state: State| !gj_casework::possible(state, Role::System).is_empty();
        for row in rows.into_iter().filter(|row| waits(row.state)) {
            self.settle_application(&row.id).await?;
        }
        Ok(())
    }

    /// Every project that was granted: who, why, which datasets, until when. For everybody; names no person.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn register(&self) -> Result<Vec<RegisterEntry>, GateError> {
        let mut reads = self.inner.registry.read().await?;
        let institutions = reads.institutions().await?;
        let mut entries = Vec::new();
        for granted in reads.registered().await? {
            let Some(row) = reads.application(&granted.application).await? else { continue };
            let scope = reads.application_scope(&granted.application, granted.scope).await?;
            let mut names: Vec<Bilingual> = Vec::new();
            for institution in &institutions {
                if scope.people.iter().any(|person| person.institution == institution.id.as_str()) {
                    names
                        .push(Bilingual { ja: institution.name_ja.clone(), en: institution.name_en.clone() });
                }
            }
            let papers = reads.publications(&granted.application).await?;
            entries.push(RegisterEntry {
                application: granted.application,
                title: scope.title,
                purpose: scope.purpose.to_string(),
                institutions: names,
                datasets: scope.datasets,
                from: scope.from,
                until: granted.until,
                state: row.state,
                publications: papers.into_iter().map(|paper| paper.reference).collect(),
            });
        }
        Ok(entries)
    }
}

/// Whether an act is one that an application can wait for.
fn moves_on(act: Act) -> bool {
    !matches!(
        act,
        Act::Remark | Act::CopyAsNew | Act::Withdraw | Act::DeclareConflict | Act::Publish | Act::Warn
    )
}
