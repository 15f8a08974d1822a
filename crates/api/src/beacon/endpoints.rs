//! `GET` and `POST` of every entry type and of what lies below an entry: one handler, because an answer depends on
//! what its address is about, see [`Route`], and on nothing else.

use super::fields::Fields;
use super::granularity::ceiling;
use super::handovers::Ways;
use super::narrowing::{DatasetFilter, Group, Narrowing};
use super::query::Wrong;
use super::request::Request;
use super::route::{FILTERING_TERMS, Route};
use super::sites::{Ask, Set, nothing, one_split};
use super::{collections, envelope, people, resultsets, service};
use crate::frequency::newest;
use crate::status::{BadParameter, BeaconProblem, Problem};
use crate::who::{self, Counter};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use gj_gate::acts::overview::FreezeCard;
use gj_gate::{
    Annotations, DatasetCard, GateError, Granularity, PeopleQuestion, Place, Question, Released, Session,
};
use gj_model::{FreezeName, Grouping};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn answer(
    State(counter): State<Counter>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Json<Value>, BeaconProblem> {
    let wrong = |problem| BeaconProblem { problem, meta: envelope::meta_of_error() };
    let route = Route::of(uri.path()).ok_or_else(|| wrong(Problem::NotFound))?;
    if method == Method::POST && !is_json(&headers) {
        return Err(wrong(Problem::Unfit(StatusCode::UNSUPPORTED_MEDIA_TYPE)));
    }
    let fields = match method {
        Method::POST => Fields::from_body(&body),
        _ => Fields::from_query(query.as_deref().unwrap_or_default()),
    };
    let request =
        fields.and_then(|fields| Request::read(&route, &fields)).map_err(|bad| wrong(bad.into()))?;
    let meta = envelope::meta(&request);
    let desk = match Desk::of(counter, &headers, route, request).await {
        Ok(desk) => desk,
        Err(problem) => return Err(BeaconProblem { problem, meta }),
    };
    desk.answer().await.map(Json).map_err(|problem| BeaconProblem { problem, meta })
}

/// Whether a body says that it is JSON; one that says nothing is taken at its word.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default().to_ascii_lowercase());
    kind.is_none_or(|kind| kind.starts_with("application/json") || kind.contains("+json"))
}

/// One request with who sends it.
struct Desk {
    counter: Counter,
    session: Option<Session>,
    route: Route,
    request: Request,
    /// Releases asked for: those named, or the newest.
    releases: Vec<FreezeName>,
    root: String,
}

impl Desk {
    async fn of(
        counter: Counter,
        headers: &HeaderMap,
        route: Route,
        request: Request,
    ) -> Result<Desk, Problem> {
        let session =
            who::session(headers, &counter.gate, &counter.sessions).await.map_err(Problem::public)?;
        let mut releases = request.datasets.clone();
        if route.entry().id == "cohort"
            && let Some(id) = &route.id
        {
            releases = vec![id.parse().map_err(|_| BadParameter::new("id", id, "the name of a release"))?];
        }
        if releases.is_empty() {
            releases.push(newest(&counter.gate).await?);
        }
        Ok(Desk { counter, session, route, request, releases, root: service::root(headers) })
    }

    async fn answer(mut self) -> Result<Value, Problem> {
        let user = self.session.as_ref().map(|session| session.id.to_string());
        let mut named: Vec<&str> = self.releases.iter().map(FreezeName::as_str).collect();
        named.extend(self.route.id.as_deref().filter(|_| self.route.entry().id == "dataset"));
        let settings = &self.counter.gate.config().beacon;
        let most = ceiling(settings, user.as_deref(), &named, self.request.entry);
        self.request.granularity = self.request.requested.min(most);
        if self.route.is_personal() {
            let refused =
                self.counter.gate.refuse_person(&who::asker(self.session.as_ref()), &self.any()).await;
            return Err(self.gate(refused));
        }
        if self.request.test {
            return self.test_answer();
        }
        match (self.route.entry().id, self.route.below) {
            (_, Some(FILTERING_TERMS)) => {
                self.admitted().await?;
                self.collection().await?;
                let asker = who::asker(self.session.as_ref());
                let (gate, release) = (&self.counter.gate, &self.releases[0]);
                let terms = gate.filtering_terms(&asker, release, &self.request.purpose).await;
                let terms = terms.map_err(|error| self.gate(error))?;
                Ok(service::filtering_terms_body(Some(self.route.entry()), terms.get()))
            }
            ("dataset" | "cohort", None) => self.collections().await,
            _ if self.request.entry.is_personal() => self.people().await,
            _ if self.is_unnamed() => self.any_variant().await,
            _ => self.variants().await,
        }
    }

    /// Whether nothing says which variants are meant.
    fn is_unnamed(&self) -> bool {
        let request = &self.request;
        request.query.is_none() && request.filters.is_empty() && request.token.is_none()
    }

    /// Whether there is any variant. All of them are a file's matter (`/api/download`), and no page of an answer.
    async fn any_variant(&mut self) -> Result<Value, Problem> {
        self.admitted().await?;
        if self.route.entry().id == "dataset" && self.dataset().await?.is_none() {
            return Err(Problem::NotFound);
        }
        self.request.granularity = Granularity::Boolean;
        let overview = self.counter.gate.overview().await.map_err(Problem::public)?;
        let mut cards = overview.get().freezes.iter().filter(|card| self.releases.contains(&card.name));
        // Hidden is a number, too.
        let exists = cards.any(|card| card.variants != Some(0));
        let more = "name a place (`referenceName`, `start`, `end`), a gene (`geneId`) or a variant \
            (`genomicAlleleShortForm`) for more than whether there is any";
        Ok(json!({
            "meta": envelope::meta(&self.request),
            "responseSummary": { "exists": exists },
            "info": { "hint": more },
        }))
    }

    /// The form of an answer without any data: nothing is asked of the gate.
    fn test_answer(&self) -> Result<Value, Problem> {
        let request = &self.request;
        match request.entry.id {
            "dataset" | "cohort" => Ok(collections::body(request, &[])),
            _ if request.entry.is_personal() => Ok(people::body(request, None)),
            _ => resultsets::body(request, &[], None).map_err(Problem::public),
        }
    }

    async fn variants(&self) -> Result<Value, Problem> {
        let sets = self.sets().await?;
        let ways = Ways::of(self.root.clone(), &self.counter.gate, self.session.as_ref()).await;
        resultsets::body(&self.request, &sets, Some(&ways)).map_err(|error| self.gate(error))
    }

    /// The matching sites of every release asked.
    async fn sets(&self) -> Result<Vec<Set>, Problem> {
        let Some(query) = &self.request.query else {
            let expected = "a place (`referenceName`, `start`, `end`), a gene (`geneId`) or a variant \
                (`genomicAlleleShortForm`)";
            return self.refused(BadParameter::new("referenceName", "", expected)).await;
        };
        let narrowing = self.narrowing().await?;
        let group = match narrowing.group().and_then(|group| one_split(&self.request, group).map(|()| group))
        {
            Ok(group) => group,
            Err(bad) => return self.refused(bad).await,
        };
        if self.request.token.is_some() && self.releases.len() > 1 {
            return self
                .refused(BadParameter::new("nextPage", "", "a token with one release at a time"))
                .await;
        }
        let mut sets = Vec::new();
        for release in &self.releases {
            let ask = Ask {
                counter: &self.counter,
                session: self.session.as_ref(),
                request: &self.request,
                query,
                narrowing: &narrowing,
                group,
                release: release.clone(),
                annotations: self.annotations(release).await?,
            };
            sets.push(ask.answer().await?);
        }
        Ok(sets)
    }

    /// What is known of a release's variants; nothing of a release that there is not: the gate says so when asked.
    async fn annotations(&self, release: &FreezeName) -> Result<Option<Arc<Annotations>>, Problem> {
        self.counter.gate.annotations(release).await.map(Some).map_err(|error| self.gate(error))
    }

    async fn people(&self) -> Result<Value, Problem> {
        let question = match self.people_question().await {
            Ok(question) => question,
            Err(problem) => {
                self.admitted().await?;
                return Err(problem);
            }
        };
        let asker = who::asker(self.session.as_ref());
        let answer =
            self.counter.gate.ask_people(&asker, &question).await.map_err(|error| self.gate(error))?;
        Ok(people::body(&self.request, Some(answer.get())))
    }

    /// Variant, phenotypes, sex, stratum, contributor and dataset in one question.
    async fn people_question(&self) -> Result<PeopleQuestion, Problem> {
        let release = &self.releases[0];
        if let Some(more) = self.releases.get(1) {
            let expected = "one release at a time: releases hold the same people";
            return Err(BadParameter::new("datasets", more.as_str(), expected).into());
        }
        let mut question = PeopleQuestion::everybody(release.clone(), self.request.purpose.clone());
        question.project = self.request.project.clone();
        question.entity = people::entity(self.request.entry.id);
        question.by = Grouping::None;
        if let Some(query) = &self.request.query {
            let annotations = self.annotations(release).await?;
            let target = query.target(annotations.as_deref()).map_err(|wrong| match wrong {
                Wrong::Parameter(bad) => Problem::from(bad),
                Wrong::Gate(error) => self.gate(error),
            })?;
            let [Place::Variant(variant)] = &target.places[..] else {
                let expected = "one variant, by `referenceName`, `start`, `referenceBases` and `alternateBases` or by \
                    name: its carriers are counted; who carries one of several is not";
                return Err(BadParameter::new("g_variant", "", expected).into());
            };
            question.variant = Some(variant.clone());
        }
        let narrowing = self.narrowing().await?;
        let library = self.counter.gate.library().await.map_err(Problem::public)?;
        narrowing.ask(&mut question, &library)?;
        question.dataset = self.dataset().await?.map(|card| card.id);
        if question.dataset.is_some() {
            question.contributor = None;
        }
        Ok(question)
    }

    /// Says what is wrong with a request; to somebody who may not ask at all, only that.
    async fn refused<T>(&self, bad: BadParameter) -> Result<T, Problem> {
        self.admitted().await?;
        Err(bad.into())
    }

    async fn collections(&self) -> Result<Value, Problem> {
        self.admitted().await?;
        let request = &self.request;
        let found: Vec<Value> = if self.route.entry().id == "dataset" {
            let filters = DatasetFilter::of(&request.filters)?;
            match self.dataset().await? {
                Some(card) => vec![collections::dataset(&card)],
                None => {
                    let cards = self.cards().await?;
                    let cards = cards.get().iter().filter(|card| collections::fits(card, &filters));
                    cards.map(collections::dataset).collect()
                }
            }
        } else {
            if let Some(filter) = request.filters.first() {
                let expected = "no filters: releases have no attributes to filter by";
                return Err(BadParameter::new("filters", &filter.text(), expected).into());
            }
            let overview = self.counter.gate.overview().await.map_err(Problem::public)?;
            let cards = overview.get().freezes.iter();
            let asked = |card: &&FreezeCard| {
                let named = self.route.id.is_some() || !request.datasets.is_empty();
                !named || self.releases.contains(&card.name)
            };
            cards.filter(asked).map(collections::cohort).collect()
        };
        if request.query.is_some() {
            let expected = "no variants: ask for those below a collection, at `{id}/g_variants`";
            return Err(BadParameter::new("referenceName", "", expected).into());
        }
        if self.route.id.is_some() && found.is_empty() {
            return Err(Problem::NotFound);
        }
        Ok(collections::body(request, &found))
    }

    /// The filters' meaning, with the people of the dataset that an address is below.
    async fn narrowing(&self) -> Result<Narrowing, Problem> {
        let mut narrowing = match Narrowing::of(&self.request.filters) {
            Ok(narrowing) => narrowing,
            Err(bad) => return self.refused(bad).await,
        };
        if self.route.entry().id == "dataset" && self.route.id.is_some() && !self.request.entry.is_personal()
        {
            self.admitted().await?;
            let Some(card) = self.dataset().await? else { return Err(Problem::NotFound) };
            narrowing
                .insert(of_dataset(&card)?)
                .map_err(|expected| BadParameter::new("filters", &self.texts(), expected))?;
        }
        Ok(narrowing)
    }

    /// The dataset that the address names.
    ///
    /// # Errors
    /// [`Problem::NotFound`] where there is none of the name.
    async fn dataset(&self) -> Result<Option<DatasetCard>, Problem> {
        let Some(id) = self.route.id.as_ref().filter(|_| self.route.entry().id == "dataset") else {
            return Ok(None);
        };
        let cards = self.cards().await?;
        let found = cards.into_inner().into_iter().find(|card| card.id == *id);
        found.map(Some).ok_or(Problem::NotFound)
    }

    async fn cards(&self) -> Result<Released<Vec<DatasetCard>>, Problem> {
        let asker = who::asker(self.session.as_ref());
        self.counter.gate.datasets_shown(&asker).await.map_err(Problem::public)
    }

    /// That the collection of the address exists.
    async fn collection(&self) -> Result<(), Problem> {
        self.dataset().await.map(drop)
    }

    /// That whoever asks may read frequencies of the releases; a refusal is a line in the log.
    async fn admitted(&self) -> Result<(), Problem> {
        let asker = who::asker(self.session.as_ref());
        for release in &self.releases {
            let question = Question { freeze: release.clone(), ..self.any() };
            self.counter.gate.ask(&asker, &question).await.map_err(|error| self.gate(error))?;
        }
        Ok(())
    }

    /// A question for nothing in particular: only whether it may be asked.
    fn any(&self) -> Question {
        Question {
            freeze: self.releases[0].clone(),
            place: Place::Region(nothing()),
            by: Grouping::None,
            purpose: self.request.purpose.clone(),
            project: self.request.project.clone(),
        }
    }

    fn texts(&self) -> String {
        self.request.filters.iter().map(super::filter::Filter::text).collect::<Vec<_>>().join(",")
    }

    fn gate(&self, error: GateError) -> Problem {
        Problem::Gate { error, signed_in: self.session.is_some() }
    }
}

/// The people of a dataset: all of its contributor's.
fn of_dataset(card: &DatasetCard) -> Result<Group, BadParameter> {
    if !card.stratum.is_empty() {
        let expected = "a dataset that is all its contributor brought: this one is a stratum of it, by which no \
            release is split; `cohorts/{release}/g_variants?by=stratum` splits by stratum over all contributors";
        return Err(BadParameter::new("id", &card.id, expected));
    }
    Ok(Group { split: Grouping::Contributor, name: card.contributor.to_string(), others: false })
}
