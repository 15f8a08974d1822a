//! Who reads which part of the books: those who read all of them, and an institution's people their own.
//!
//! Every reading is a line of the log. Of another institution's papers nothing is told, not even that there
//! are any.

use super::{OWN, READ};
use crate::ask::Asker;
use crate::audit::Note;
use crate::error::GateError;
use crate::gate::Gate;
use gj_model::InstitutionId;
use serde_json::json;

/// What a reader of the books may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reader {
    /// Everything.
    Finance,
    /// What concerns one institution.
    Of(InstitutionId),
}

impl Reader {
    pub(super) fn sees(&self, institution: &InstitutionId) -> bool {
        match self {
            Reader::Finance => true,
            Reader::Of(own) => own == institution,
        }
    }

    pub(super) fn act(&self) -> &'static str {
        match self {
            Reader::Finance => READ,
            Reader::Of(_) => OWN,
        }
    }
}

impl Gate {
    /// Lets in who may read the books or at least those of their institution.
    pub(super) async fn reader(&self, asker: &Asker, subject: &str) -> Result<Reader, GateError> {
        let mut own = None;
        let mut acts = Vec::new();
        if let Some(user) = &asker.user {
            let mut reads = self.inner.registry.read().await?;
            acts = reads.acts_of(user).await?;
            own = reads.user(user).await?.map(|user| user.institution);
        }
        let reader = match own {
            Some(own) if !acts.iter().any(|act| act == READ) => Reader::Of(own),
            _ => Reader::Finance,
        };
        self.authorise(asker, reader.act(), subject).await?;
        Ok(reader)
    }

    /// Whether somebody may read all of the books, write into them, or read their institution's: for pages
    /// that offer it.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub async fn money_rights(&self, asker: &Asker) -> Result<MoneyRights, GateError> {
        let Some(user) = &asker.user else { return Ok(MoneyRights::default()) };
        let acts = self.inner.registry.read().await?.acts_of(user).await?;
        let has = |wanted: &str| acts.iter().any(|act| act == wanted);
        Ok(MoneyRights { read: has(READ), own: has(OWN), book: has(super::BOOK), quote: has(super::QUOTE) })
    }

    /// The audit line of a reading.
    pub(super) async fn note_reading(
        &self,
        (asker, act): (&Asker, &str),
        subject: &str,
    ) -> Result<(), GateError> {
        let mut tx = self.inner.registry.begin().await?;
        let note = Note { actor: asker.name(), act, subject, outcome: "read", detail: json!({}) };
        self.note(&mut tx, note).await?;
        self.commit_answer(tx).await
    }

    /// The same for who reads all of the books, let in here.
    pub(super) async fn read_books(&self, asker: &Asker, subject: &str) -> Result<(), GateError> {
        self.authorise(asker, READ, subject).await?;
        self.note_reading((asker, READ), subject).await
    }

    /// There is no such paper that the asker may know of; that somebody tried is a line of the log.
    pub(super) async fn no_paper<T>(
        &self,
        asker: &Asker,
        reader: &Reader,
        number: &str,
    ) -> Result<T, GateError> {
        self.note_refusal(asker, reader.act(), &named(number), json!({ "reasons": "paper-unknown" })).await?;
        Err(GateError::NoPaper(named(number)))
    }
}

/// What somebody may do with the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MoneyRights {
    /// Read all of them.
    pub read: bool,
    /// Read those of their institution.
    pub own: bool,
    /// Write into them.
    pub book: bool,
    /// Ask for a price.
    pub quote: bool,
}

/// The number of a paper as it may stand in the log and in a message: nothing longer or stranger than one.
pub(super) fn named(number: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match number.len() <= 40 && !number.is_empty() && number.chars().all(plain) {
        true => number.to_owned(),
        false => "of another form".to_owned(),
    }
}
