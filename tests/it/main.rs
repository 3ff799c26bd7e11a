//! What Daypass does, topic by topic, in one binary.

mod grant;
mod grant_texts;
mod journal;
mod names;
mod practice;
mod profiles;
mod servers;
mod tidy;
//! Tests of Daypass as a whole.

mod leaf;
mod leaf_faults;
mod leaf_files;
mod leaf_sts;
mod support;
