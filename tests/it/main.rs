//! What Daypass does, topic by topic, in one binary.

mod names;
mod profiles;
