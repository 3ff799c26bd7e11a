//! Every sentence a person reads, shared by the window and the command line.

pub mod format;
pub mod labels;
pub mod messages;
pub mod problem;
pub mod ui;
