//! The engine over real sockets and real files.

pub mod assume_role;
pub mod deliveries;
pub mod faults;
pub mod journal;
pub mod key_files;
pub mod keys;
pub mod log;
pub mod object_options;
pub mod panics;
pub mod part_expiry;
pub mod process;
pub mod profiles;
pub mod rate_limiter;
pub mod resume;
pub mod signin;
pub mod single_put;
pub mod sts;
pub mod transfer;
