//! The window tied to a real engine.

pub mod app;
pub mod attention;
pub mod practice;
