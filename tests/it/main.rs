//! What Daypass does, topic by topic, in one binary.

mod check;
mod grant;
mod grant_cli;
mod grant_texts;
mod journal;
mod keys;
mod leaf;
mod leaf_faults;
mod leaf_files;
mod leaf_sts;
mod names;
mod practice;
mod process;
mod profiles;
mod servers;
mod signin;
mod support;
mod tidy;
