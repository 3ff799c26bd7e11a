//! The engine does what the model asks for: it talks to AWS, reads files and clocks, and decides nothing.

pub mod attempt;
pub mod classify;
pub mod clock;
pub mod codes;
pub mod digests;
pub mod files;
pub mod http;
pub mod leaf;
pub mod pool;
pub mod s3;
pub mod sts;
pub mod tap;
pub mod vault;
pub mod walk;
pub mod watch;
