//! Tests the model without the engine: event by event, or in the simulated world.

pub mod change;
pub mod commands;
pub mod denials;
pub mod doubts;
pub mod names;
pub mod queue;
pub mod repeated_delivery;
pub mod responses;
pub mod restore;
pub mod retries;
pub mod scale;
pub mod session;
pub mod single;
pub mod standstill;
