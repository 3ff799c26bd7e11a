//! What the customer's administrator is sent, and what comes back.

pub mod commands;
pub mod invitations;
pub mod kit;
