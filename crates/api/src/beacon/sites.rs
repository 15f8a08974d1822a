//! Asks the gate for the sites a request means: all of them for a first page, only those of a page for a token.

use super::narrowing::{Group, Narrowing, counted};
use super::page::{Cursor, Page, Way};
use super::protein;
use super::query::{Target, VariantQuery, Wrong};
use super::request::Request;
use crate::frequency::{self, ask::Asked};
use crate::status::{BadParameter, Problem};
use crate::who::Counter;
use gj_gate::{Annotations, FrequencyAnswer, GateError, Ledgered, Place, Session};
use gj_model::{FreezeName, Grouping, Position, Region, SiteFrequency};
use std::sync::Arc;

/// Bases looked at first for a page of a token.
const SPAN_BASES_MIN: u32 = 1_000;
/// Bases looked at in one step for a page of a token at most.
const SPAN_BASES_MAX: u32 = 20_000_000;

/// One release's part of an answer.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) release: FreezeName,
    pub(crate) digest: String,
    pub(crate) smallest_cell: u32,
    /// Sites of this page.
    pub(crate) sites: Vec<SiteFrequency>,
    /// Sites of all pages.
    pub(crate) total: usize,
    /// Sites that match, whose count is zero.
    pub(crate) unseen: usize,
    /// Sites left out because what a filter compares is hidden.
    pub(crate) unjudged: usize,
    /// Pages before this one.
    pub(crate) skip: usize,
    pub(crate) next: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) group: Option<Group>,
    pub(crate) annotations: Option<Arc<Annotations>>,
    /// Where it was looked.
    pub(crate) places: Vec<Place>,
    /// What the ledger of privacy withholds there, or tells as a band.
    pub(crate) ledger: Ledgered,
}

/// A question to one release.
pub(crate) struct Ask<'a> {
    pub(crate) counter: &'a Counter,
    pub(crate) session: Option<&'a Session>,
    pub(crate) request: &'a Request,
    pub(crate) query: &'a VariantQuery,
    pub(crate) narrowing: &'a Narrowing,
    /// The people whose variants are counted.
    pub(crate) group: Option<&'a Group>,
    pub(crate) release: FreezeName,
    pub(crate) annotations: Option<Arc<Annotations>>,
}

struct Hits {
    sites: Vec<SiteFrequency>,
    unseen: usize,
    unjudged: usize,
}

/// Adds what the ledger did to one of several answers.
fn add(all: &mut Ledgered, one: &Ledgered) {
    all.withheld.extend(one.withheld.iter().cloned());
    all.guarded = all.guarded.take().or_else(|| one.guarded.clone());
}

impl Ask<'_> {
    /// The sites of the page asked for.
    ///
    /// # Errors
    /// [`Problem`]: a parameter, or what the gate says.
    pub(crate) async fn answer(&self) -> Result<Set, Problem> {
        let target = match self.query.target(self.annotations.as_deref()) {
            Ok(target) => target,
            Err(wrong) => {
                // Somebody who may not ask is told that, not whether a name means something.
                self.ask(Place::Region(nothing())).await?;
                return Err(match wrong {
                    Wrong::Parameter(bad) => bad.into(),
                    Wrong::Gate(error) => self.gate(error),
                });
            }
        };
        let question = self.question();
        match &self.request.token {
            Some(token) => {
                let cursor = Cursor::read(token, &question)?;
                let [Place::Region(region)] = target.places[..] else {
                    return Err(
                        BadParameter::new("nextPage", token, "a token of a query for a region").into()
                    );
                };
                self.page_behind(&target, region, cursor, &question).await
            }
            None => self.first(&target, &question).await,
        }
    }

    async fn first(&self, target: &Target, question: &str) -> Result<Set, Problem> {
        let (mut sites, mut unseen, mut unjudged) = (Vec::new(), 0, 0);
        let (mut cited, mut ledger) = (None, Ledgered::default());
        for place in &target.places {
            let answer = self.ask(place.clone()).await?;
            add(&mut ledger, &answer.ledger);
            cited = Some((answer.citation.digest.clone(), answer.smallest_cell));
            let hits = self.hits(target, answer).await?;
            sites.extend(hits.sites);
            (unseen, unjudged) = (unseen + hits.unseen, unjudged + hits.unjudged);
        }
        // The order of pages: that of the genome.
        sites.sort_by(|a, b| a.variant.cmp(&b.variant));
        let (total, page) = (sites.len(), self.request.page);
        let shown = page.of(&sites).to_vec();
        let by_place = matches!(target.places[..], [Place::Region(_)]);
        let mut set = self.set(target, cited.unwrap_or_default(), shown, total, page.skip);
        (set.unseen, set.unjudged, set.ledger) = (unseen, unjudged, ledger);
        if by_place {
            self.tokens(&mut set, question);
        }
        Ok(set)
    }

    /// A page behind or before a variant. Looks on from there, ever further, until the page is full.
    async fn page_behind(
        &self,
        target: &Target,
        region: Region,
        cursor: Cursor,
        question: &str,
    ) -> Result<Set, Problem> {
        let limit = self.request.page.limit;
        let mut span = cursor.span.clamp(SPAN_BASES_MIN, SPAN_BASES_MAX);
        let mut sites: Vec<SiteFrequency> = Vec::new();
        let mut edge = cursor.edge.position.get();
        let mut ledger = Ledgered::default();
        let cited = loop {
            let (first, last) = match cursor.way {
                Way::Next => (edge, edge.saturating_add(span - 1).min(region.end.get())),
                Way::Previous => (edge.saturating_sub(span - 1).max(region.start.get()), edge),
            };
            let answer = self.ask(Place::Region(between(region, first, last))).await?;
            add(&mut ledger, &answer.ledger);
            let cited = (answer.citation.digest.clone(), answer.smallest_cell);
            let mut hits = self.hits(target, answer).await?.sites;
            hits.sort_by(|a, b| a.variant.cmp(&b.variant));
            match cursor.way {
                Way::Next => {
                    hits.retain(|site| site.variant > cursor.edge);
                    sites.extend(hits);
                }
                Way::Previous => {
                    hits.retain(|site| site.variant < cursor.edge);
                    hits.append(&mut sites);
                    sites = hits;
                }
            }
            let at_end = match cursor.way {
                Way::Next => last >= region.end.get(),
                Way::Previous => first <= region.start.get(),
            };
            if sites.len() >= limit || at_end {
                break cited;
            }
            edge = if cursor.way == Way::Next { last + 1 } else { first - 1 };
            span = span.saturating_mul(4).min(SPAN_BASES_MAX);
        };
        match cursor.way {
            Way::Next => sites.truncate(limit),
            Way::Previous => sites.drain(..sites.len().saturating_sub(limit)).for_each(drop),
        }
        let mut set = self.set(target, cited, sites, cursor.total, cursor.skip);
        set.ledger = ledger;
        self.tokens(&mut set, question);
        Ok(set)
    }

    fn set(
        &self,
        target: &Target,
        (digest, smallest_cell): (String, u32),
        sites: Vec<SiteFrequency>,
        total: usize,
        skip: usize,
    ) -> Set {
        Set {
            release: self.release.clone(),
            digest,
            smallest_cell,
            sites,
            total,
            unseen: 0,
            unjudged: 0,
            skip,
            next: None,
            previous: None,
            group: self.group.cloned(),
            annotations: self.annotations.clone(),
            places: target.places.clone(),
            ledger: Ledgered::default(),
        }
    }

    /// Tokens of the pages beside this one.
    fn tokens(&self, set: &mut Set, question: &str) {
        let Page { limit, .. } = self.request.page;
        let (Some(first), Some(last)) = (set.sites.first(), set.sites.last()) else { return };
        let span =
            (last.variant.position.get() - first.variant.position.get()).saturating_add(SPAN_BASES_MIN);
        let token = |way, skip, edge: &SiteFrequency| {
            Cursor { way, skip, total: set.total, span, edge: edge.variant.clone() }.token(question)
        };
        let next =
            ((set.skip + 1).saturating_mul(limit) < set.total).then(|| token(Way::Next, set.skip + 1, last));
        let previous = (set.skip > 0).then(|| token(Way::Previous, set.skip - 1, first));
        (set.next, set.previous) = (next, previous);
    }

    /// The sites of an answer that are meant, and that somebody counted carries or may carry.
    async fn hits(&self, target: &Target, answer: FrequencyAnswer) -> Result<Hits, Problem> {
        let mut hits = Hits { sites: Vec::new(), unseen: 0, unjudged: 0 };
        for site in answer.sites {
            if !self.query.matches(target, &site.variant) {
                continue;
            }
            match (counted(&site, self.group), self.narrowing.fits(&site)) {
                // Nobody of the group has a call there.
                (None, _) | (_, Some(false)) => {}
                (Some(cells), _) if cells.ac == Some(0) => hits.unseen += 1,
                (_, None) => hits.unjudged += 1,
                (Some(_), Some(true)) => hits.sites.push(site),
            }
        }
        self.annotated(hits).await
    }

    /// What only annotation can tell: effects, changes of proteins, identifiers.
    async fn annotated(&self, mut hits: Hits) -> Result<Hits, Problem> {
        let (effects, change) = (self.narrowing.effects.clone(), self.query.protein.clone());
        let vrs = self.query.vrs.clone();
        if effects.is_empty() && change.is_none() && vrs.is_none() {
            return Ok(hits);
        }
        let annotations = self.annotations.clone().filter(|a| !a.layer().sets.is_empty());
        let needs_genes = !effects.is_empty() || change.is_some();
        if needs_genes && !annotations.as_ref().is_some_and(|a| a.layer().has_genes()) {
            let (name, found) = match &change {
                Some(change) => ("aminoacidChange", change.as_str()),
                None => ("filters", effects[0].as_str()),
            };
            let expected = "a request without it: no gene models are loaded for this release";
            return Err(BadParameter::new(name, found, expected).into());
        }
        let judge = move || -> Result<Hits, GateError> {
            let variants: Vec<_> = hits.sites.iter().map(|site| site.variant.clone()).collect();
            let told = match (&annotations, needs_genes) {
                (Some(annotations), true) => annotations.consequences_of(&variants)?,
                _ => vec![Vec::new(); variants.len()],
            };
            let mut keep = Vec::with_capacity(variants.len());
            for (variant, told) in variants.iter().zip(told) {
                let effect = |wanted: &String| {
                    told.iter().any(|told| told.terms.iter().any(|term| term.accession == wanted))
                };
                let changed = |change: &String| {
                    told.iter().any(|told| {
                        told.hgvs_protein.as_deref().is_some_and(|name| protein::says(name, change))
                    })
                };
                let named = match (&vrs, &annotations) {
                    (None, _) => true,
                    (Some(id), Some(annotations)) => {
                        let names = annotations.names(variant)?;
                        [&names.vrs, &names.vrs_1].into_iter().flatten().any(|name| name == id)
                    }
                    (Some(id), None) => gj_gate::annotation::vrs(variant, &gj_gate::annotation::NoBases)
                        .is_some_and(|ids| ids.names(id)),
                };
                keep.push(effects.iter().all(effect) && change.iter().all(changed) && named);
            }
            let mut keep = keep.into_iter();
            hits.sites.retain(|_| keep.next().unwrap_or(false));
            Ok(hits)
        };
        let judged = tokio::task::spawn_blocking(judge).await.map_err(|error| self.gate(error.into()))?;
        judged.map_err(|error| self.gate(error))
    }

    async fn ask(&self, place: Place) -> Result<FrequencyAnswer, Problem> {
        let by = self.group.map_or(self.request.by, |group| group.split);
        let (purpose, project) = (self.request.purpose.clone(), self.request.project.clone());
        let asked = Asked { freeze: Some(self.release.clone()), place, by, purpose, project };
        Ok(frequency::answer(&self.counter.gate, self.session, asked).await?.into_inner())
    }

    /// Everything that decides which records there are: what a token is bound to.
    fn question(&self) -> String {
        let request = self.request;
        let user = self.session.map_or_else(String::new, |session| session.id.to_string());
        let filters: Vec<String> = request.filters.iter().map(|filter| format!("{filter:?}")).collect();
        let asked = (&request.purpose, request.by.name(), &request.project, request.page.limit);
        format!("{user}|{}|{asked:?}|{:?}|{filters:?}", self.release, self.query)
    }

    fn gate(&self, error: GateError) -> Problem {
        Problem::Gate { error, signed_in: self.session.is_some() }
    }
}

/// A part of a region.
fn between(region: Region, first: u32, last: u32) -> Region {
    let at = |base: u32| Position::new(base).unwrap_or(region.start);
    Region { contig: region.contig, start: at(first), end: at(last.max(first)) }
}

/// A place at which nothing is looked for: the first base of chr1, which the reference does not know.
pub(crate) fn nothing() -> Region {
    let whole = Region::whole(gj_model::Contig::all().next().unwrap_or(gj_model::Contig::MT));
    Region { end: whole.start, ..whole }
}

/// Refuses two splits at once.
///
/// # Errors
/// Where a filter counts by one split and `by` asks for another.
pub(crate) fn one_split(request: &Request, group: Option<&Group>) -> Result<(), BadParameter> {
    match group {
        Some(group) if request.by != Grouping::None && request.by != group.split => {
            let expected = format!("no `by`, or the one of the filter, {}", group.split.name());
            Err(BadParameter::new("by", request.by.name(), expected))
        }
        _ => Ok(()),
    }
}
