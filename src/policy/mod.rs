//! IAM policy documents: ARNs, statements and conditions, and the session policy that scopes a session down.
//!
//! Every policy text is built here: the customer's kit, the session policy of AssumeRole, and the statements in
//! messages to a customer. A statement requested in a message is therefore identical to the one the kit writes.

pub mod arn;
pub mod session;
pub mod statement;
pub mod tree;

pub use statement::{RoleConditions, Via};

use tree::Tree;

/// Returns a policy document that holds `statements`.
#[must_use]
pub fn document(statements: Vec<Tree>) -> Tree {
    [("Version", "2012-10-17".into()), ("Statement", Tree::List(statements))].into()
}
