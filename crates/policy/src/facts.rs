//! Everything a decision may depend on, gathered by the gate before it asks.
//!
//! Facts are plain and can be written down: stored as JSON they give the same decision on any later day.

use crate::project::ProjectFact;
use crate::word::words;
use chrono::{Months, NaiveDate};
use gj_model::{InstitutionClass, Scope};
use serde::{Deserialize, Serialize};

/// The facts of one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The day of the request, in Japan.
    pub today: NaiveDate,
    /// Who asks; `None` when nobody is signed in or the user does not exist.
    #[serde(default)]
    pub applicant: Option<Applicant>,
    /// Institutions that take part beside the applicant's.
    #[serde(default)]
    pub collaborators: Vec<Party>,
    /// The act, as in the table of roles: `frequency.read`, `release.freeze` …
    pub act: String,
    /// The institution an act is done for, where it is done for one.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
    /// Why, for acts that read data about people; `None` for administrative acts.
    #[serde(default)]
    pub purpose: Option<PurposeFact>,
    /// What is done with the data; where absent it follows from act and purpose ([`Facts::usage`]).
    #[serde(default)]
    pub usage: Option<Usage>,
    /// The dataset asked about; `None`: people of whom no dataset is registered.
    #[serde(default)]
    pub dataset: Option<DatasetFact>,
    /// The consent of the people asked about, where they are alike; `None` leaves it to the answer's
    /// [`crate::Terms`] to say who is counted.
    #[serde(default)]
    pub consent: Option<ConsentFact>,
    /// Steps that others have taken for this request.
    #[serde(default)]
    pub done: Vec<Step>,
    /// Whether a public grant pays for the project.
    #[serde(default)]
    pub public_grant: bool,
    /// Whether the freeze asked for exists; `true` for acts that need none.
    #[serde(default = "yes")]
    pub freeze_exists: bool,
    /// Whether the freeze holds anybody who allowed what [`crate::needed_scope`] asks for.
    #[serde(default = "yes")]
    pub someone_allows: bool,
    /// The extract that is approved or written, for acts on one.
    #[serde(default)]
    pub extract: Option<ExtractFact>,
    /// The granted project the question is asked under; `None`: under none.
    #[serde(default)]
    pub project: Option<ProjectFact>,
    /// The programme's smallest count that is shown.
    pub smallest_cell: u32,
}

fn yes() -> bool {
    true
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Account name.
    pub user: String,
    /// Whether the account is active.
    pub active: bool,
    /// The applicant's institution.
    pub institution: String,
    /// Its class; `None` when the institution is not registered.
    pub class: Option<InstitutionClass>,
    /// ISO 3166 country of the institution: `JP` …
    pub country: String,
    /// Acts that the applicant's roles permit.
    pub acts: Vec<String>,
    /// Whether payments cover today's use by everybody who takes part.
    pub paid: bool,
    /// Trainings of the user.
    #[serde(default)]
    pub trainings: Vec<Period>,
    /// Agreements of the institution.
    #[serde(default)]
    pub agreements: Vec<AgreementFact>,
    /// Sanctions against the user or the institution.
    #[serde(default)]
    pub sanctions: Vec<Period>,
}

/// An institution that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its id.
    pub institution: String,
    /// Its class.
    pub class: InstitutionClass,
    /// ISO 3166 country.
    pub country: String,
    /// Sanctions against it.
    #[serde(default)]
    pub sanctions: Vec<Period>,
}

/// Days on which something holds, both included; open where there is no last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

/// A signed agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementFact {
    /// The dataset it is about; `None`: the consortium's, about all.
    #[serde(default)]
    pub dataset: Option<String>,
    /// When it holds.
    pub period: Period,
}

/// The purpose asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeFact {
    /// Whether the programme knows it and it is in force today.
    pub known: bool,
    /// Id in the Data Use Ontology: `DUO:0000042`.
    pub duo: String,
    /// Whether it must name a disease.
    pub needs_disease: bool,
    /// The disease named and everything it is a kind of, by id: `MONDO:0005148`, `MONDO:0005015` …
    pub diseases: Vec<String>,
    /// How the disease named stands in the vocabulary of its prefix.
    #[serde(default)]
    pub vocabulary: Vocabulary,
    /// What every person counted must have allowed.
    pub needs_scope: Scope,
}

/// How a disease stands in the vocabularies that are loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vocabulary {
    /// Nothing is said of it, as in requests written down before there were vocabularies.
    #[default]
    Unstated,
    /// No vocabulary of its prefix is loaded: only the very same disease matches.
    NotLoaded,
    /// It is there, and what it is a kind of is among [`PurposeFact::diseases`].
    Known,
    /// It is not there.
    Unknown,
    /// It is no longer in use, and has no single successor.
    Obsolete,
}

/// What the people asked about allowed, in the version that holds today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentFact {
    /// Version of the consent, from 1.
    pub version: u32,
    /// What it allows.
    pub scope: Scope,
}

/// A dataset: people of one contributor, all or of one stratum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetFact {
    /// Its id.
    pub id: String,
    /// The contributing institution.
    pub contributor: String,
    /// The stratum it is of; `None`: all of the contributor's people.
    #[serde(default)]
    pub stratum: Option<String>,
    /// How much of it may be used.
    pub tier: Tier,
    /// Its starting point 起始ポイント, from which the restricted period runs.
    pub start: NaiveDate,
    /// Months that its restricted period lasts.
    pub restricted_months: u32,
    /// Whether academia alone brought it about.
    #[serde(default)]
    pub academia_only: bool,
    /// Priority windows of funders.
    #[serde(default)]
    pub windows: Vec<WindowFact>,
    /// The contributor's terms.
    #[serde(default)]
    pub terms: Vec<TermFact>,
}

/// A funder's head start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowFact {
    /// The institution that has it.
    pub funder: String,
    /// What it gave.
    pub tier: FunderTier,
    /// First day.
    pub from: NaiveDate,
    /// Last day; there always is one.
    pub hard_end: NaiveDate,
    /// Where it is written.
    pub source: String,
}

/// One term of the contributor, as a code of the Data Use Ontology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermFact {
    /// `DUO:0000007` …
    pub duo: String,
    /// What the code is about: a disease for disease-specific research, a country for a geographical
    /// restriction; empty for others.
    #[serde(default)]
    pub value: String,
    /// When it holds.
    pub period: Period,
    /// Where it is written.
    pub source: String,
}

/// An approval of an extract of genotypes, as it is or as it is being made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtractFact {
    /// The account that receives it; `None` when there is no approval of that number.
    pub recipient: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Last day on which it may be written.
    pub valid_to: NaiveDate,
    /// Whether the purpose stated is the one approved.
    pub same_purpose: bool,
}

words! {
    /// What is done with data.
    Usage {
        /// Nothing about people is read.
        None = "none",
        /// An overview or simple analysis, such as counting carriers to plan a study.
        Overview = "overview",
        /// Work on each person's data.
        Detailed = "detailed",
        /// Publishing genomes and basic clinical data through a public database.
        Publish = "publish",
    }

    /// How much of a dataset may be used.
    Tier {
        /// No dataset is registered.
        None = "none",
        /// Overviews only.
        Overview = "overview",
        /// Detailed use after review; never published.
        Detailed = "detailed",
        /// As `detailed` in the restricted period; public after it.
        Public = "public",
    }

    /// Who takes part.
    Composition {
        /// Nobody whose class is known.
        None = "none",
        /// No company.
        AcademicAlone = "academic-alone",
        /// Companies only.
        CompanyAlone = "company-alone",
        /// Companies and others.
        Mixed = "mixed",
    }

    /// What a funder gave to have a priority window.
    FunderTier {
        /// Nothing.
        None = "none",
        /// Staff, technology, goods.
        InKind = "in-kind",
        /// Money.
        Cash = "cash",
    }

    /// How the applicant stands to the priority windows that are open today.
    Window {
        /// None is open.
        None = "none",
        /// Every company that takes part, or the applicant where none does, has one.
        Held = "held",
        /// One is open, and others have it.
        Closed = "closed",
    }

    /// What agreement of the applicant's institution holds today.
    Agreement {
        /// None.
        None = "none",
        /// The consortium's, about all data.
        Consortium = "consortium",
        /// One about this dataset, signed by its contributor.
        Dataset = "dataset",
    }

    /// Something that somebody else does for a request.
    Step {
        /// Those who acquired the data agreed.
        DataAcquirer = "data-acquirer",
        /// The committee gave its opinion.
        Committee = "committee",
        /// The head of the consortium decided.
        Head = "head",
        /// A research ethics board approved.
        Ethics = "ethics",
        /// Two reviewers gave their opinions, blind to one another.
        TwoReviews = "two-reviews",
        /// The reviewer declared conflicts of interest, and has none.
        ConflictDeclared = "conflict-declared",
        /// All reports that are due are filed.
        ReportsFiled = "reports-filed",
        /// A second review found that a result identifies nobody.
        SecondReview = "second-review",
    }
}

impl Period {
    /// Whether it holds on a day.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

impl Facts {
    /// Facts of an act by nobody, to be filled.
    pub fn of(today: NaiveDate, act: &str) -> Facts {
        Facts {
            today,
            applicant: None,
            collaborators: Vec::new(),
            act: act.to_owned(),
            on_behalf_of: None,
            purpose: None,
            usage: None,
            dataset: None,
            consent: None,
            done: Vec::new(),
            public_grant: false,
            freeze_exists: true,
            someone_allows: true,
            extract: None,
            project: None,
            smallest_cell: 10,
        }
    }

    /// What is done with data: as stated; else nothing without a purpose, detailed use for an extract, and
    /// an overview for the rest.
    pub fn usage(&self) -> Usage {
        match (self.usage, &self.purpose) {
            (Some(usage), _) => usage,
            (None, None) => Usage::None,
            (None, Some(_)) if self.act.starts_with("extract.") => Usage::Detailed,
            (None, Some(_)) => Usage::Overview,
        }
    }

    /// Classes of the institutions that take part, the applicant's first.
    pub fn classes(&self) -> impl Iterator<Item = InstitutionClass> + '_ {
        let own = self.applicant.as_ref().and_then(|applicant| applicant.class);
        own.into_iter().chain(self.collaborators.iter().map(|party| party.class))
    }

    /// Countries of the institutions that take part.
    pub fn countries(&self) -> impl Iterator<Item = &str> + '_ {
        let own = self.applicant.iter().map(|applicant| applicant.country.as_str());
        own.chain(self.collaborators.iter().map(|party| party.country.as_str()))
    }

    /// Who takes part.
    pub fn composition(&self) -> Composition {
        let company = |class| class == InstitutionClass::Company;
        match (self.classes().any(company), self.classes().any(|class| !company(class))) {
            (false, false) => Composition::None,
            (false, true) => Composition::AcademicAlone,
            (true, false) => Composition::CompanyAlone,
            (true, true) => Composition::Mixed,
        }
    }

    /// Whether the applicant's institution contributed the dataset, and nobody else takes part.
    pub fn own(&self) -> bool {
        let (Some(applicant), Some(dataset)) = (&self.applicant, &self.dataset) else { return false };
        let others = self.collaborators.iter().map(|party| &party.institution);
        std::iter::once(&applicant.institution).chain(others).all(|id| *id == dataset.contributor)
    }

    /// Whether a sanction stands against anybody who takes part.
    pub fn sanctioned(&self) -> bool {
        let own = self.applicant.iter().flat_map(|applicant| &applicant.sanctions);
        let others = self.collaborators.iter().flat_map(|party| &party.sanctions);
        own.chain(others).any(|sanction| sanction.holds(self.today))
    }

    /// Whether a training of the applicant is valid.
    pub fn trained(&self) -> bool {
        let trainings = self.applicant.iter().flat_map(|applicant| &applicant.trainings);
        trainings.into_iter().any(|training| training.holds(self.today))
    }

    /// The agreement that holds.
    pub fn agreement(&self) -> Agreement {
        let agreements = self.applicant.iter().flat_map(|applicant| &applicant.agreements);
        let hold = agreements.filter(|agreement| agreement.period.holds(self.today));
        let dataset = self.dataset.as_ref().map(|dataset| &dataset.id);
        hold.fold(Agreement::None, |best, agreement| match &agreement.dataset {
            None => best.max(Agreement::Consortium),
            Some(id) if Some(id) == dataset => Agreement::Dataset,
            Some(_) => best,
        })
    }

    /// Whether a step was taken. Who contributed the dataset, or signed an agreement about just this one,
    /// has the agreement of those who acquired it.
    pub fn has_done(&self, step: Step) -> bool {
        let contributor = self.dataset.as_ref().map(|dataset| &dataset.contributor);
        let own = self.applicant.as_ref().map(|applicant| &applicant.institution);
        let agreed = self.agreement() == Agreement::Dataset || contributor.is_some() && contributor == own;
        self.done.contains(&step) || step == Step::DataAcquirer && agreed
    }

    /// Priority windows open today.
    pub(crate) fn open_windows(&self) -> impl Iterator<Item = &WindowFact> + '_ {
        let windows = self.dataset.iter().flat_map(|dataset| &dataset.windows);
        windows.filter(|window| window.from <= self.today && self.today <= window.hard_end)
    }

    /// How the applicant stands to the open windows, and by what gift: the least of those who must have one.
    pub fn window(&self) -> (Window, FunderTier) {
        let best = |institution: &str| {
            self.open_windows().filter(|window| window.funder == institution).map(|window| window.tier).max()
        };
        if self.open_windows().next().is_none() {
            return (Window::None, FunderTier::None);
        }
        let Some(applicant) = &self.applicant else { return (Window::Closed, FunderTier::None) };
        let own = (applicant.institution.as_str(), applicant.class);
        let others = self.collaborators.iter().map(|party| (party.institution.as_str(), Some(party.class)));
        let companies = std::iter::once(own).chain(others);
        let companies = companies.filter(|(_, class)| *class == Some(InstitutionClass::Company));
        let mut must: Vec<&str> = companies.map(|(institution, _)| institution).collect();
        if must.is_empty() {
            must.push(&applicant.institution);
        }
        match must.into_iter().map(best).min().flatten() {
            Some(tier) => (Window::Held, tier),
            None => (Window::Closed, FunderTier::None),
        }
    }

    /// Whole months since the dataset's starting point; below 0 before it.
    pub fn months_since_start(&self) -> Option<i32> {
        self.dataset.as_ref().map(|dataset| whole_months(dataset.start, self.today))
    }

    /// Whether the restricted period that the dataset declares still runs.
    pub fn declared(&self) -> bool {
        let over = |dataset: &DatasetFact| months_after(dataset.start, dataset.restricted_months);
        self.dataset.as_ref().is_some_and(|dataset| over(dataset).is_none_or(|over| self.today < over))
    }
}

/// The day some months after another; the last of the month where it has no such day.
pub(crate) fn months_after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

fn whole_months(start: NaiveDate, today: NaiveDate) -> i32 {
    use chrono::Datelike;
    if today < start {
        return -1;
    }
    let months = (today.year() - start.year()) * 12 + today.month() as i32 - start.month() as i32;
    let reached = months_after(start, months.unsigned_abs()).is_some_and(|day| day <= today);
    months - i32::from(!reached)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_whole_on_its_day() {
        let months = |start: &str, today: &str| whole_months(start.parse().unwrap(), today.parse().unwrap());
        assert_eq!(months("2026-04-01", "2026-03-31"), -1);
        assert_eq!(months("2026-04-01", "2026-04-30"), 0);
        assert_eq!(months("2026-04-01", "2026-05-01"), 1);
        assert_eq!(months("2026-04-15", "2028-04-14"), 23);
        assert_eq!(months("2026-04-15", "2028-04-15"), 24);
        assert_eq!(months("2026-08-31", "2027-02-28"), 6);
        assert_eq!(months("2026-08-31", "2027-02-27"), 5);
    }
}
