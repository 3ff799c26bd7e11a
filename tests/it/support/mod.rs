//! Shared test support: servers, engines, and the simulated world around a model.

pub mod checks;
pub mod earlier;
pub mod model_bench;
pub mod reference_journal;
pub mod scripted;
pub mod simulated_server;
pub mod simulated_users;
pub mod simulation;
pub mod snapshot;
pub mod stage;
