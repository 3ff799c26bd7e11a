//! The engine does what the model says and decides nothing.

pub mod profiles;
