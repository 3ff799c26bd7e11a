//! IAM policy documents: ARNs, statements and conditions, and the session policy that scopes a session down.
//!
//! Everything that writes a policy uses these: the customer's kit, the session policy of AssumeRole, and the statements
//! in messages to a customer. So a statement that is asked for is, letter by letter, the one that the kit writes.

pub mod arn;
pub mod session;
pub mod statement;
pub mod tree;

pub use statement::{RoleConditions, Via};

use tree::Tree;

/// A policy document of these statements.
#[must_use]
pub fn document(statements: Vec<Tree>) -> Tree {
    [("Version", "2012-10-17".into()), ("Statement", Tree::List(statements))].into()
}
