//! Annotation against peers and naive second implementations, on real gene models.

#![allow(clippy::unwrap_used, clippy::panic)]

mod clinvar;
mod csq;
mod fixture;
mod naive;
mod numbering;
mod published_ids;
mod random;
mod readers;
