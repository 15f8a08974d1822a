//! The one door.
//!
//! Nothing about people is answered except through here:
//! [`Gate::ask`] (who, why, what → [`Grant`] or refusal) → [`Gate::view`] (exactly those people) →
//! an analysis → [`Gate::release`] (small cells hidden, an audit line written) → [`Released`], the only
//! thing an endpoint, a page or a file can be made of. Administrative acts ([`acts`]) go through the
//! same door: authorise, one registry transaction, one audit line.
//!
//! A grant cannot be made up:
//!
//! ```compile_fail
//! let grant = gj_gate::Grant { .. };
//! ```
//!
//! nor can something be declared released:
//!
//! ```compile_fail
//! let numbers: gj_gate::Released<u32> = gj_gate::Released { value: 1 };
//! ```
//!
//! nor can counts leave a view unjudged, because they cannot be turned into text by a serialiser:
//!
//! ```compile_fail
//! fn serialisable<T: serde::Serialize>() {}
//! serialisable::<gj_gate::Finding<Vec<gj_gate::SiteCounts>>>();
//! ```
//!
//! nor a signed-in person be invented:
//!
//! ```compile_fail
//! let asker = gj_gate::Asker { user: None };
//! ```

pub mod acts;
pub mod annotations;
mod answered;
mod ask;
mod audit;
mod case;
mod clock;
mod config;
mod disclosure;
mod download;
mod error;
mod gate;
mod grant;
mod kept;
mod ledger;
mod lock;
mod password;
mod people;
#[cfg(feature = "oidc")]
pub mod provider;
mod random;
mod release;
mod sign_in;
mod view;

pub use acts::compact::Compactor;
pub use acts::overview::Overview;
pub use annotations::Annotations;
pub use ask::{Asker, Question, Session};
pub use clock::Clock;
pub use config::{Beacon, Config, Environment, Granularity};
pub use download::{FileQuestion, ReleaseFile};
pub use error::{GateError, Refusal};
pub use gate::Gate;
pub use gj_annotation as annotation;
pub use gj_export::sites;
pub use gj_ontology as ontology;
pub use gj_policy as policy;
pub use gj_store::{Download, StoreError};
pub use grant::Grant;
pub use ledger::{
    AgreedAccount, Budget, CellState, CountForm, ExposureCard, GuardedAccount, GuardedCount, Ledgered,
    SitesOf, Withheld,
};
pub use password::PASSWORD_CHARS_MIN;
pub use people::catalogue::{DatasetCard, TermCard};
pub use people::condition::{Reach, TermCondition, Zygosity};
pub use people::{Entity, PeopleAnswer, PeopleCount, PeopleQuestion};
pub use release::{Citation, FrequencyAnswer, Released};
pub use sign_in::{SignIn, Ticket, TrainingEnd, Welcome};
pub use view::{Finding, Place, SiteCounts, View};
