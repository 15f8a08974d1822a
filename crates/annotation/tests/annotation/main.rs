//! Annotation against peers and naive second implementations, on real gene models.

mod csq;
mod fixture;
mod random;
mod naive;
mod readers;
