//! A version under way: what its files say so far, then checked as a whole.

use crate::curie::prefix;
use crate::error::ReadError;
use crate::read::{self, Form};
use crate::term::Term;
use std::collections::{BTreeMap, HashMap};

/// One vocabulary out of one or several files.
///
/// A file may bring terms, another their translations or matches; what they say of one term is put together.
#[derive(Debug)]
pub struct Draft {
    prefix: String,
    version: Option<String>,
    terms: BTreeMap<String, Entry>,
    files: Vec<String>,
}

#[derive(Debug, Default)]
struct Entry {
    term: Term,
    /// Where each parent is named: number of the file, line.
    parents_at: Vec<(usize, usize)>,
}

impl Draft {
    /// An empty one for terms of a prefix: `MONDO`, `NANDO`, `HP`.
    pub fn new(prefix: &str) -> Draft {
        Draft { prefix: prefix.to_owned(), version: None, terms: BTreeMap::new(), files: Vec::new() }
    }

    /// Adds what a file says of terms of this prefix; terms of others are passed over.
    ///
    /// # Errors
    /// [`ReadError::Form`] for an unknown form; [`ReadError::Line`] with the first line that does not read.
    pub fn read(&mut self, file: &str, text: &str) -> Result<(), ReadError> {
        let form = Form::of(text).ok_or_else(|| ReadError::Form(file.to_owned()))?;
        self.files.push(file.to_owned());
        let read = read::into(form, text, self);
        read.map_err(|(line, what)| ReadError::Line { file: file.to_owned(), line, what })
    }

    /// The version that a file names itself.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Every term by id, once they make sense together.
    ///
    /// # Errors
    /// [`ReadError`] when there is no term, a parent that no file defines, or a term that is a kind of itself.
    pub fn finish(self) -> Result<Vec<Term>, ReadError> {
        if self.terms.is_empty() {
            let files = self.files.join("`, `");
            let prefix = &self.prefix;
            return Err(ReadError::Whole(format!("`{files}`: no term whose id begins with `{prefix}:`")));
        }
        for (id, entry) in &self.terms {
            for (parent, (file, line)) in entry.term.parents.iter().zip(&entry.parents_at) {
                if self.is_own(parent) && !self.terms.contains_key(parent) {
                    let what = format!("`{id}` is a kind of `{parent}`, which no file defines");
                    return Err(ReadError::Line { file: self.files[*file].clone(), line: *line, what });
                }
            }
        }
        let terms: Vec<Term> = self.terms.into_values().map(|entry| entry.term).collect();
        match cycle(&terms) {
            Some(id) => Err(ReadError::Whole(format!("`{id}` is a kind of itself by way of others"))),
            None => Ok(terms),
        }
    }

    pub(crate) fn is_own(&self, id: &str) -> bool {
        prefix(id) == Some(&self.prefix)
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.terms.contains_key(id)
    }

    /// The term of an id, made where it is not there; `None` for terms of other vocabularies.
    pub(crate) fn term(&mut self, id: &str) -> Option<&mut Term> {
        self.entry(id).map(|entry| &mut entry.term)
    }

    fn entry(&mut self, id: &str) -> Option<&mut Entry> {
        if !self.is_own(id) {
            return None;
        }
        let entry = self.terms.entry(id.to_owned()).or_default();
        if entry.term.id.is_empty() {
            entry.term.id = id.to_owned();
        }
        Some(entry)
    }

    /// Notes a parent with its line.
    pub(crate) fn parent(&mut self, id: &str, parent: String, line: usize) {
        let file = self.files.len().saturating_sub(1);
        let Some(entry) = self.entry(id) else { return };
        if !entry.term.parents.contains(&parent) {
            entry.term.parents.push(parent);
            entry.parents_at.push((file, line));
        }
    }

    /// Notes the version; the first file that names one counts.
    pub(crate) fn named_version(&mut self, version: &str) {
        let version = version.trim();
        if self.version.is_none() && !version.is_empty() {
            self.version = Some(version.to_owned());
        }
    }
}

/// A term on a circle: what is left when terms without parents are taken away again and again.
fn cycle(terms: &[Term]) -> Option<&str> {
    let index: HashMap<&str, usize> =
        terms.iter().enumerate().map(|(place, term)| (term.id.as_str(), place)).collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); terms.len()];
    let mut waiting = vec![0usize; terms.len()];
    for (place, term) in terms.iter().enumerate() {
        for parent in term.parents.iter().filter_map(|parent| index.get(parent.as_str())) {
            children[*parent].push(place);
            waiting[place] += 1;
        }
    }
    let mut free: Vec<usize> = (0..terms.len()).filter(|place| waiting[*place] == 0).collect();
    while let Some(place) = free.pop() {
        for child in &children[place] {
            waiting[*child] -= 1;
            if waiting[*child] == 0 {
                free.push(*child);
            }
        }
    }
    (0..terms.len()).find(|place| waiting[*place] > 0).map(|place| terms[place].id.as_str())
}
