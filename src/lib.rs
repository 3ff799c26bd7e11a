//! Daypass delivers files into a customer's S3 bucket through a role that the customer lends for a while.

pub mod model;
pub mod time;
pub mod ui;
pub mod words;
