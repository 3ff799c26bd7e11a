//! Tests from the outside, in one binary.

mod bench;
mod journal;
mod orders;
mod people;
mod queue;
mod record;
mod scale;
mod server;
mod session;
mod world;
