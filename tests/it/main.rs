//! What Daypass does, topic by topic, in one binary.

mod cli;
mod engine;
mod engine_faults;
mod engine_resume;
mod grant;
mod grant_texts;
mod journal;
mod leaf;
mod leaf_faults;
mod leaf_files;
mod leaf_sts;
mod names;
mod practice;
mod profiles;
mod servers;
mod support;
mod tidy;
