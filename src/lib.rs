//! Daypass delivers files into a customer's S3 bucket through a role that the customer lends for a while.

pub mod engine;
pub mod model;
pub mod receipt;
pub mod time;
pub mod words;
