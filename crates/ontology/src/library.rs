//! Several vocabularies together: what is a kind of what, also from one to the other.
//!
//! No closure is stored: a disease has a dozen terms above it, and walking up to them takes microseconds.

use crate::curie::prefix;
use crate::term::{Language, MatchKind, Term};
use std::collections::{BTreeSet, HashMap};

/// How an id stands in a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No vocabulary of its prefix is loaded.
    NotLoaded,
    /// Its vocabulary does not have it.
    Unknown,
    /// It is in use.
    Known,
    /// It has one successor, under which it is understood.
    Merged(String),
    /// It is no longer to be used; what may be used instead.
    Obsolete(Vec<String>),
}

/// Terms of one or more vocabularies. Numbers of terms stand for terms inside.
#[derive(Debug, Default)]
pub struct Library {
    terms: Vec<Term>,
    places: HashMap<String, u32>,
    /// Ids that a term took over.
    former: HashMap<String, u32>,
    up: Vec<Vec<u32>>,
    down: Vec<Vec<u32>>,
    prefixes: BTreeSet<String>,
}

impl Library {
    /// A library of vocabularies, each the terms of one version.
    ///
    /// A term is a kind of its parents, and of a term of another vocabulary that is the same: by an exact
    /// match; or where both vocabularies name the pair, each in its own words, and the narrower one names no
    /// other of that vocabulary. The link goes from the vocabulary that says more than a reference to the
    /// other: NANDO has several terms, for children and adults, by course, that one of MONDO stands for.
    pub fn of(vocabularies: Vec<Vec<Term>>) -> Library {
        let mut terms: Vec<Term> = vocabularies.into_iter().flatten().collect();
        terms.sort_by(|a, b| a.id.cmp(&b.id));
        terms.dedup_by(|a, b| a.id == b.id);
        let place =
            |(place, term): (usize, &Term)| (term.id.clone(), u32::try_from(place).unwrap_or(u32::MAX));
        let places: HashMap<String, u32> = terms.iter().enumerate().map(place).collect();
        let prefixes = terms.iter().filter_map(|term| prefix(&term.id)).map(str::to_owned).collect();
        let mut library = Library {
            up: vec![Vec::new(); terms.len()],
            down: vec![Vec::new(); terms.len()],
            former: HashMap::new(),
            terms,
            places,
            prefixes,
        };
        library.link();
        library
    }

    fn link(&mut self) {
        for place in 0..self.terms.len() {
            let term = &self.terms[place];
            let parents = term.parents.iter().filter_map(|id| self.places.get(id).copied());
            let mut above: Vec<u32> = parents.chain(self.same_elsewhere(term)).collect();
            above.sort_unstable();
            above.dedup();
            let here = self.places[&term.id];
            above.iter().for_each(|parent| self.down[*parent as usize].push(here));
            self.up[place] = above;
            let term = &self.terms[place];
            for id in term.former.iter().filter(|id| !self.places.contains_key(*id)) {
                self.former.insert(id.clone(), here);
            }
            if let [successor] = &term.replaced_by[..]
                && term.obsolete
                && let Some(successor) = self.places.get(successor)
            {
                self.former.insert(term.id.clone(), *successor);
            }
        }
    }

    /// Terms of other vocabularies that a term is a kind of.
    fn same_elsewhere(&self, term: &Term) -> impl Iterator<Item = u32> {
        let names = |here: &Term, id: &str| here.matches.iter().any(|found| found.id == id);
        let agreed = |id: &str, kind: MatchKind| {
            let of_that = |other: &str| prefix(other) == prefix(id);
            let only = term.matches.iter().filter(|found| of_that(&found.id) && found.id != id).count() == 0;
            let there = self.places.get(id).map(|place| &self.terms[*place as usize]);
            kind == MatchKind::Close && only && there.is_some_and(|there| names(there, &term.id))
        };
        let same = term.matches.iter().filter(|m| m.kind == MatchKind::Exact || agreed(&m.id, m.kind));
        let same: Vec<u32> = same
            .filter(|found| prefix(&found.id) != prefix(&term.id))
            .filter_map(|found| self.places.get(&found.id).copied())
            .collect();
        same.into_iter()
    }

    /// Every term, by id.
    pub fn terms(&self) -> impl ExactSizeIterator<Item = &Term> {
        self.terms.iter()
    }

    /// The term of an id.
    pub fn term(&self, id: &str) -> Option<&Term> {
        self.places.get(id).map(|place| &self.terms[*place as usize])
    }

    /// The label of an id in a language; `None` for an unknown one.
    pub fn label(&self, id: &str, language: Language) -> Option<&str> {
        self.term(id).map(|term| term.label(language))
    }

    /// How an id stands.
    pub fn standing(&self, id: &str) -> Standing {
        if !prefix(id).is_some_and(|prefix| self.prefixes.contains(prefix)) {
            return Standing::NotLoaded;
        }
        if let Some(successor) = self.former.get(id) {
            return Standing::Merged(self.terms[*successor as usize].id.clone());
        }
        match self.term(id) {
            None => Standing::Unknown,
            Some(term) if term.obsolete => {
                Standing::Obsolete(term.replaced_by.iter().chain(&term.consider).cloned().collect())
            }
            Some(_) => Standing::Known,
        }
    }

    /// What a term is a kind of: itself first, then everything above it, by id. Empty for an unknown one.
    pub fn kinds(&self, id: &str) -> Vec<&str> {
        self.reached(id, &self.up)
    }

    /// The kinds of a term: itself first, then everything below it, by id. Empty for an unknown one.
    pub fn descendants(&self, id: &str) -> Vec<&str> {
        self.reached(id, &self.down)
    }

    /// [`Library::kinds`] with the ids that any of them had before: what was written down under an old id
    /// holds for its successor.
    pub fn kinds_and_former(&self, id: &str) -> Vec<String> {
        let kinds = self.kinds(id);
        let mut former: Vec<String> = Vec::new();
        for (old, place) in &self.former {
            if kinds.contains(&self.terms[*place as usize].id.as_str()) {
                former.push(old.clone());
            }
        }
        former.sort();
        kinds.into_iter().map(str::to_owned).chain(former).collect()
    }

    /// Terms one step above an id.
    pub fn parents(&self, id: &str) -> Vec<&Term> {
        self.beside(id, &self.up)
    }

    /// Terms one step below an id.
    pub fn children(&self, id: &str) -> Vec<&Term> {
        self.beside(id, &self.down)
    }

    fn beside(&self, id: &str, ways: &[Vec<u32>]) -> Vec<&Term> {
        let steps = self.places.get(id).map_or(&[][..], |place| &ways[*place as usize]);
        steps.iter().map(|place| &self.terms[*place as usize]).collect()
    }

    fn reached(&self, id: &str, ways: &[Vec<u32>]) -> Vec<&str> {
        let Some(start) = self.places.get(id).or_else(|| self.former.get(id)).copied() else {
            return Vec::new();
        };
        let mut seen = BTreeSet::from([start]);
        let mut open = vec![start];
        while let Some(place) = open.pop() {
            open.extend(ways[place as usize].iter().filter(|next| seen.insert(**next)));
        }
        seen.remove(&start);
        std::iter::once(start).chain(seen).map(|place| self.terms[place as usize].id.as_str()).collect()
    }
}
