//! What Daypass does, topic by topic, in one binary.

mod grant;
mod grant_texts;
mod journal;
mod names;
mod practice;
mod profiles;
mod servers;
mod tidy;
