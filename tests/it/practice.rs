//! The practice server against the real SDK.

mod clients;
mod faults;
mod sessions;
mod story;
mod uploads;
