//! The window with a real engine.

pub mod app;
pub mod attention;
mod idle;
pub mod practice;
