//! Daypass delivers files into a customer's S3 bucket through a role that the customer lends for a while.

pub mod cli;
pub mod engine;
pub mod grant;
pub mod model;
pub mod practice;
pub mod receipt;
pub mod texts;
pub mod time;
pub mod ui;
pub mod window;
pub mod words;
