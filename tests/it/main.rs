//! What Daypass does, topic by topic, in one binary.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test matches only the variants that it looks for")]

mod cli;
mod diagnose;
mod engine;
mod grant;
mod model;
mod practice;
mod receipt;
mod support;
mod tidy;
mod ui;
mod window;
mod words;
