//! Every sentence a person reads, one file a topic.

pub mod receipt;
