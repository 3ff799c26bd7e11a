//! Every sentence that a person reads, shared by the window and the command line.

pub mod grant;
