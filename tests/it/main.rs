//! What Daypass does, topic by topic, in one binary.

mod grant;
mod journal;
mod names;
mod practice;
mod profiles;
mod servers;
mod tidy;
//! What Daypass promises, held against the library from outside.

mod grant;
mod grant_texts;
