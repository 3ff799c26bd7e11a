//! The model decides everything and does nothing: `Model::handle(now, event, &mut effects)`.

pub mod destination;
pub mod event;
pub mod names;
pub mod parts;
pub mod problem;
pub mod record;
pub mod rows;
pub mod session;
pub mod snapshot;
pub mod upload;
