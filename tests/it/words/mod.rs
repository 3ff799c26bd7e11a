//! Sentences that a person reads.

pub mod names;
