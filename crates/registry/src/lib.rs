//! The registry: whose sample, which consent since when, which institution, who may do what, which
//! batches and freezes exist, and the audit chain.
//!
//! Level 2 of the river. It keeps facts and decides nothing: `policy` decides, `gate` asks. It never
//! reads a clock (every time is an argument), never reads genotypes, and never puts the name of a
//! participant or a sample into an error or an audit line.
//!
//! Reading: [`Registry::read`] gives [`Reads`], one consistent moment of the whole registry; the facts
//! behind one decision belong to one moment. Writing: [`Registry::begin`] gives [`Tx`], which reads
//! too; writers run one after the other, an act and its audit line commit together, and a dropped
//! [`Tx`] leaves nothing.
//!
//! ```no_run
//! # use gj_registry::{Entry, Registry, anchor};
//! # async fn walk() -> Result<(), gj_registry::Error> {
//! let registry = Registry::open("data/registry.sqlite".as_ref()).await?;
//! let users = registry.read().await?.users().await?;
//! # drop(users);
//! let mut tx = registry.begin().await?;
//! tx.audit(&Entry {
//!     at: "2026-11-22T01:02:03Z",
//!     actor: "datamanager",
//!     act: "release.freeze",
//!     subject: "freeze 2026.1",
//!     outcome: "done",
//!     detail: serde_json::json!({ "people": 3202 }),
//! })
//! .await?;
//! if let Some(head) = tx.commit().await? {
//!     anchor::write("data/audit.head".as_ref(), &head)?;
//! }
//! # Ok(())
//! # }
//! ```

mod accounts;
pub mod anchor;
mod annotations;
mod applications;
mod attempts;
pub mod audit;
mod batches;
mod censuses;
mod consent_changes;
mod consent_forms;
mod consents;
mod datasets;
mod deadlines;
mod email_domains;
mod engine;
mod erasures;
mod error;
mod exposure;
mod exposure_rules;
mod extracts;
mod folder;
mod freezes;
mod instant;
mod institutions;
mod lists;
mod migrate;
pub mod money;
mod ontologies;
mod participant_accounts;
mod payments;
mod people;
mod phenotype_file;
mod phenotypes;
mod postgres;
mod problems;
pub mod programme;
mod purposes;
mod registry;
mod revision;
mod roles;
mod row;
mod rules;
mod samples;
pub mod sheet;
mod sqlite;
mod standing;
mod transfer;
mod users;
mod uses;
mod withdrawals;

pub use accounts::Account;
pub use annotations::{AnnotationLayer, AnnotationSet};
pub use applications::{Application, ApplicationInvoice, Listed, Obligation, Publication, Registered};
pub use attempts::{Attempts, AttemptsOf};
pub use audit::{ChainFault, Entry, Head, Line, Verified};
pub use batches::Batch;
pub use censuses::Census;
pub use consent_changes::{ConsentChange, ConsentSpan, NewChange, ScopeHistory};
pub use consent_forms::{ConsentForm, FormKind};
pub use consents::{Channel, Consent, GivenBy, Signature};
pub use datasets::{Dataset, PriorityWindow, Term};
pub use deadlines::Deadline;
pub use email_domains::EmailDomain;
pub use error::Error;
pub use exposure::{PlacesOf, ShownCell, ShownPlaces, ShownSites, StoredCrowd};
pub use exposure_rules::{AfterChange, ExposureRule, Finest, Regime};
pub use extracts::{Extract, Writing};
pub use freezes::{Freeze, NewFreeze, PanelState};
pub use gj_model::InstitutionClass;
pub use institutions::Institution;
pub use ontologies::OntologyVersion;
pub use participant_accounts::ParticipantAccount;
pub use payments::Payment;
pub use people::{PeopleCount, Person};
pub use phenotype_file::{PhenotypeFile, Status, TermCheck};
pub use phenotypes::{PersonTerm, PhenotypeReport};
pub use problems::Problems;
pub use programme::{Change, ChangeKind, Programme, Settings};
pub use purposes::PurposeTerm;
pub use registry::{Reads, Registry, Tx};
pub use revision::{Revision, Revisions};
pub use roles::{ACTS, Role};
pub use rules::Rule;
pub use samples::{SampleFacts, SampleKey};
pub use sheet::{ImportReport, Sheet};
pub use standing::{Agreement, Sanction, Training};
pub use transfer::{MovedTable, Transfer};
pub use users::User;
pub use uses::UseLine;
pub use withdrawals::{Withdrawal, WithdrawalState};
