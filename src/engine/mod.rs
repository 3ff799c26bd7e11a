//! The engine does what the model says: calls, files, the journal; it decides nothing.

pub mod journal;
pub mod settings;
