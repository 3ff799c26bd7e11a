//! One binary for all tests that use the crate from outside.

mod journal;
mod receipt;
