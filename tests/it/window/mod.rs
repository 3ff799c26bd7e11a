//! The window tied to a real engine.

pub mod app;
pub mod attention;
mod idle;
pub mod practice;
