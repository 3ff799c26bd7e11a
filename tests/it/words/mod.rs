//! Sentences that people read.

pub mod names;
