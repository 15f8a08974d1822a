//! The words everyone uses.
//!
//! Level 0 of the river: plain values, no I/O, no clock. Coordinates are 1-based and inclusive
//! everywhere in the project; the only half-open coordinates are those of the Beacon endpoint,
//! which converts at its edge.

pub mod contig;
pub mod counts;
pub mod frequency;
pub mod id;
pub mod institution;
pub mod person;
pub mod purpose;
pub mod region;
pub mod sample_set;
pub mod variant;
pub mod words;

pub use contig::{Contig, Zone};
pub use counts::Counts;
pub use frequency::{Cells, Grouping, ReleaseClass, SiteFrequency};
pub use id::{
    AnnotationId, ApplicationId, BatchId, CensusId, ExtractId, FreezeName, InstitutionId, PanelId, UserId,
};
pub use institution::InstitutionClass;
pub use person::{Scope, ScopeItem, Sex};
pub use purpose::Purpose;
pub use region::{Position, Region};
pub use sample_set::SampleSet;
pub use variant::Variant;
pub use words::{Bilingual, Effect, Reason, Remedy};
