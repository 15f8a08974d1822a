//! Lists: the applications somebody may see, what waits for them until when, and the public register.

use super::card::{is_own, is_shown, may};
use super::effects::{deadlines, reminded_from};
use crate::ask::Asker;
use crate::error::GateError;
use crate::gate::Gate;
use chrono::NaiveDate;
use gj_casework::{Act, Deadline, Outcome, Outside, Person, Role, State, Step};
use gj_model::{ApplicationId, Bilingual};
use gj_registry::{Listed, Obligation};
use serde::Serialize;
use std::collections::BTreeMap;

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
    /// For whom it waits.
    pub awaits: Vec<Role>,
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
    /// Since when the institutions owe the report that the data are deleted: the day it was due.
    pub deletion_overdue_since: Option<NaiveDate>,
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
        let deadlines = deadlines(&mut reads).await?;
        let mut briefs = Vec::new();
        for listed in reads.listed_applications().await? {
            let roles = listed.case.roles(&person, &listed.people, &rights);
            if !is_shown(listed.row.state, &roles) {
                continue;
            }
            let awaits = listed.case.awaits();
            let waits_for_me = roles.iter().any(|role| awaits.contains(role)) && {
                let acts = may(&listed.case, &person, &roles, &supposed(&listed, today));
                acts.into_iter().any(moves_on)
            };
            let conflict = !is_own(&roles) && listed.case.is_conflicted(&person.user, &listed.people);
            let row = listed.row;
            briefs.push(Brief {
                title: listed.title,
                applicant: row.owner.user,
                institution: row.owner.institution,
                state: row.state,
                due: row.due,
                overdue: row.due.is_some_and(|due| due < today),
                remind: row.due.is_some_and(|due| reminded_from(&deadlines, row.state.name(), due) <= today),
                waits_for_me,
                conflict,
                awaits,
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
        let today = self.inner.clock.today();
        let briefs = self.applications(asker).await?;
        let mut reads = self.inner.registry.read().await?;
        let deadlines = deadlines(&mut reads).await?;
        let mut open: BTreeMap<ApplicationId, Vec<Obligation>> = BTreeMap::new();
        for report in reads.obligations(None).await?.into_iter().filter(|report| report.done_at.is_none()) {
            open.entry(report.application.clone()).or_default().push(report);
        }
        let mut list = Vec::new();
        for brief in &briefs {
            if let Some(due) = brief.due {
                list.push(Due {
                    application: brief.application.clone(),
                    title: brief.title.clone(),
                    what: brief.state.name().to_owned(),
                    words: brief.state.asks(),
                    awaits: brief.awaits.clone(),
                    due,
                    overdue: brief.overdue,
                    remind: brief.remind,
                    waits_for_me: brief.waits_for_me,
                });
            }
            let reports = open.remove(&brief.application).unwrap_or_default();
            list.extend(reports.into_iter().map(|report| report_due(brief, report, &deadlines, today)));
        }
        list.sort_by_key(|item| (item.due, item.application.clone(), item.what.clone()));
        Ok(list)
    }

    /// What waits for the asker and everything else they may see, after what happens by itself on this day.
    ///
    /// # Errors
    /// A refusal; when the registry cannot be read or written.
    pub async fn inbox(&self, asker: &Asker) -> Result<Vec<Brief>, GateError> {
        self.reading(asker, "applications").await?;
        self.settle_applications().await?;
        self.applications(asker).await
    }

    /// Does for every application what happens by itself.
    ///
    /// # Errors
    /// When the registry cannot be read or written.
    pub async fn settle_applications(&self) -> Result<(), GateError> {
        let today = self.inner.clock.today();
        let list = self.inner.registry.read().await?.listed_applications().await?;
        for listed in list.into_iter().filter(|listed| is_ripe(listed, today)) {
            self.settle_application(&listed.row.id).await?;
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
        for granted in reads.registered(self.inner.clock.today()).await? {
            let takes_part = |id: &str| granted.institutions.iter().any(|other| other == id);
            let names = institutions.iter().filter(|institution| takes_part(institution.id.as_str()));
            entries.push(RegisterEntry {
                institutions: names
                    .map(|it| Bilingual { ja: it.name_ja.clone(), en: it.name_en.clone() })
                    .collect(),
                application: granted.application,
                title: granted.title,
                purpose: granted.purpose,
                datasets: granted.datasets,
                from: granted.from,
                until: granted.until,
                state: granted.state,
                publications: granted.publications,
                deletion_overdue_since: granted.deletion_due,
            });
        }
        Ok(entries)
    }
}

/// What a list supposes of a step beside the application's own events: whatever lets it be taken. What
/// stands in its way says the page of the application, or the step.
fn supposed(listed: &Listed, today: NaiveDate) -> Outside {
    Outside {
        today,
        people: listed.people.clone(),
        scope_whole: true,
        scope_digest: listed.digest.clone(),
        fee_due: listed.row.state == State::Payment,
        due: listed.row.due,
        ..Outside::default()
    }
}

/// Whether something could happen by itself today.
fn is_ripe(listed: &Listed, today: NaiveDate) -> bool {
    let step = |act: Act| Step {
        act,
        actor: Person { user: String::new(), institution: String::new() },
        role: Role::System,
        subject: None,
        verdict: None,
        text: None,
        digest: None,
    };
    gj_casework::possible(listed.row.state, Role::System).into_iter().any(|act| {
        [Outcome::Allow, Outcome::Ask, Outcome::Deny].into_iter().any(|outcome| {
            let outside = Outside { matched: Some(outcome), fee_due: false, ..supposed(listed, today) };
            listed.case.judge(&step(act), &outside).is_ok()
        })
    })
}

fn report_due(brief: &Brief, report: Obligation, deadlines: &[Deadline], today: NaiveDate) -> Due {
    let act: Option<Act> = report.act.parse().ok();
    let awaits = if act == Some(Act::ClearPublication) { Role::Chair } else { Role::Applicant };
    Due {
        application: brief.application.clone(),
        title: brief.title.clone(),
        words: act.map_or_else(|| brief.state.asks(), Act::words),
        awaits: vec![awaits],
        overdue: report.due < today,
        remind: reminded_from(deadlines, &report.act, report.due) <= today,
        waits_for_me: brief.roles.contains(&awaits),
        due: report.due,
        what: report.act,
    }
}

/// Whether an act is one that an application can wait for.
fn moves_on(act: Act) -> bool {
    !matches!(
        act,
        Act::Remark
            | Act::CopyAsNew
            | Act::Withdraw
            | Act::DeclareConflict
            | Act::ProposePublication
            | Act::Publish
            | Act::Correct
            | Act::Finish
            | Act::Warn
    )
}
