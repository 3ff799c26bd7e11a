//! Every sentence that a person reads, shared by the window and the command line.

pub mod access;
pub mod cli;
pub mod foreign;
pub mod format;
pub mod grant;
pub mod keys;
pub mod messages;
pub mod names;
pub mod problem;
pub mod profiles;
pub mod ui;
