//! What several tests need.

pub mod earlier;
pub mod scripted;
pub mod stage;
