//! What Daypass does, topic by topic, in one binary.

mod grant;
mod grant_texts;
mod journal;
mod leaf;
mod leaf_faults;
mod leaf_files;
mod leaf_sts;
mod limit;
mod names;
mod practice;
mod profiles;
mod servers;
mod support;
mod tidy;
