//! What Daypass does, topic by topic, in one binary.

mod bench;
mod fold;
mod grant;
mod grant_texts;
mod journal;
mod leaf;
mod leaf_faults;
mod leaf_files;
mod leaf_sts;
mod names;
mod orders;
mod practice;
mod profiles;
mod queue;
mod receipt;
mod record;
mod scale;
mod server;
mod servers;
mod session;
mod support;
mod tidy;
mod ui_ask;
mod world;
