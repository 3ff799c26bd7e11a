//! Every sentence that a person reads, shared by the window and the command line.

pub mod access;
pub mod accounts;
pub mod ask;
pub mod cli;
pub mod earlier;
pub mod format;
pub mod history;
pub mod keys;
pub mod kit;
pub mod known;
pub mod labels;
pub mod names;
pub mod paths;
pub mod problem;
pub mod profiles;
pub mod report;
pub mod retries;
pub mod ui;
pub mod untrusted_text;
pub mod window;
