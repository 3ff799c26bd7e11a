//! Tests from the outside, in one binary.

mod journal;
mod queue;
mod server;
mod world;
