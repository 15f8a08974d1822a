//! What every page has at hand: the gate, who is signed in, and the example users where there are any.

use crate::visit::Visit;
use gj_api::Sessions;
use gj_gate::ontology::{Library, Spellings};
use gj_gate::{Gate, GateError};
use gj_model::Bilingual;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// An example user anybody may sign in as. Only for demonstrations: its token opens a session.
#[derive(Clone)]
pub struct DemoUser {
    /// Account name.
    pub id: String,
    /// Name to show.
    pub name: Bilingual,
    /// Token; never put into a page.
    pub token: String,
}

/// Shared by all pages.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) gate: Gate,
    pub(crate) sessions: Sessions,
    pub(crate) demo: Arc<[DemoUser]>,
    /// Names of diseases, folded, with the library they are of.
    spellings: Arc<Mutex<Option<Dictionary>>>,
}

/// A library of vocabularies, and how its names are found.
#[derive(Clone)]
pub(crate) struct Dictionary {
    pub(crate) library: Arc<Library>,
    pub(crate) spellings: Arc<Spellings>,
}

impl Desk {
    pub(crate) fn new(gate: Gate, demo: Option<Vec<DemoUser>>) -> Desk {
        Desk {
            gate,
            sessions: Sessions::default(),
            demo: demo.unwrap_or_default().into(),
            spellings: Arc::default(),
        }
    }

    /// The dictionary of the vocabularies in use; made once for each library.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub(crate) async fn dictionary(&self) -> Result<Dictionary, GateError> {
        let library = self.gate.library().await?;
        let mut kept = self.spellings.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(dictionary) if Arc::ptr_eq(&dictionary.library, &library) => Ok(dictionary.clone()),
            _ => {
                let spellings = Arc::new(Spellings::of(&library));
                Ok(kept.insert(Dictionary { library, spellings }).clone())
            }
        }
    }

    /// What the button says that leads to a provider of sign-in, where one is set up.
    pub(crate) fn provider(&self, visit: &Visit) -> Option<String> {
        let provider = self.gate.config().provider.as_ref()?;
        let name = Bilingual { ja: provider.name_ja.clone(), en: provider.name_en.clone() };
        Some(visit.language.of(&name).to_owned())
    }
}

impl fmt::Debug for DemoUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DemoUser").field("id", &self.id).finish_non_exhaustive()
    }
}
