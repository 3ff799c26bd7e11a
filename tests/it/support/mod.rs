//! What several tests need.

pub mod scripted;
pub mod stage;
