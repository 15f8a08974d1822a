//! Annotation against peers and naive second implementations, on real gene models.

mod csq;
mod fixture;
mod naive;
mod random;
mod readers;
