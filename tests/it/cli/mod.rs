//! The real command-line program.

pub mod check;
pub mod grant;
pub mod hostile;
pub mod refusals;
pub mod second_run;
pub mod servers;
pub mod upload;
