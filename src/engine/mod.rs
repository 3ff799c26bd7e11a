//! The engine does what the model says and decides nothing: it owns the model, performs its effects, publishes copies.

mod access;
pub mod attempt;
pub mod classify;
pub mod clock;
pub mod codes;
pub mod digests;
pub mod files;
pub mod handle;
pub mod http;
pub mod journal;
pub mod leaf;
pub mod limit;
pub mod pool;
pub mod profiles;
pub mod run;
pub mod s3;
pub mod settings;
pub mod sts;
pub mod tap;
pub mod vault;
pub mod walk;
pub mod watch;
