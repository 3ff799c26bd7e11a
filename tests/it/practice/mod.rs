//! The practice server against the real SDK.

mod clients;
mod faults;
mod kit;
mod sessions;
mod story;
mod uploads;
