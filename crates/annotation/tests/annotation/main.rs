//! Annotation against peers and naive second implementations, on real gene models.

mod clinvar;
mod csq;
mod fixture;
mod naive;
mod numbering;
mod random;
mod readers;
