//! Tests of Daypass as a whole.

mod leaf;
mod leaf_faults;
mod leaf_files;
mod leaf_sts;
mod support;
