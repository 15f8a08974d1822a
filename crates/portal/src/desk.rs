//! What every page has at hand: the gate, who is signed in, and the example users where there are any.

use crate::visit::Visit;
use gj_api::Sessions;
use gj_gate::Gate;
use gj_model::Bilingual;
use std::fmt;
use std::sync::Arc;

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
}

impl Desk {
    pub(crate) fn new(gate: Gate, demo: Option<Vec<DemoUser>>) -> Desk {
        Desk { gate, sessions: Sessions::default(), demo: demo.unwrap_or_default().into() }
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
