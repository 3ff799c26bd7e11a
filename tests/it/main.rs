//! Everything that is tested from outside the crate, in one binary.

mod servers;
mod tidy;
//! What Daypass does, topic by topic, in one binary.

mod names;
mod profiles;
//! The tests that drive Daypass from outside, in one binary.

mod practice;
//! One binary for all tests that use the crate from outside.

mod journal;
