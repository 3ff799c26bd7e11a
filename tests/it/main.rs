//! The tests that drive Daypass from outside, in one binary.

mod practice;
