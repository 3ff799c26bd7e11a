//! Every sentence that a person reads, shared by the window and the command line.

pub mod cli;
pub mod foreign;
pub mod format;
pub mod grant;
pub mod messages;
pub mod names;
pub mod problem;
pub mod profiles;
pub mod ui;
//! Every sentence a person reads, one file a topic.

pub mod receipt;
