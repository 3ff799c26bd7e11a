//! "Check my access": its steps and their results.

use super::names::{AccountId, Region, RoleArn};
use super::problem::Problem;
use super::session::Identity;
use super::snapshot::Source;
use super::upload::Proof;
use std::time::Duration;

/// The steps of a check, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// The profile in the files.
    Profile,
    /// Whose key it is.
    Identity,
    /// The customer's role.
    Role,
    /// The bucket's region.
    Bucket,
    /// The test object.
    TestObject,
}

/// What a step found if it succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// How the profile gets its credentials, and its own role, if it has one.
    Profile(Source, Option<RoleArn>),
    /// Whose they are.
    Identity(Identity),
    /// What the role gave.
    Role {
        /// The session's ARN.
        arn: Box<str>,
        /// How long it lasts.
        lasts: Duration,
        /// Whether that is less than the destination asks for.
        shortened: bool,
    },
    /// The bucket's region, and the account that has to own it. S3 compares the owner with each object that is sent; a role that
    /// may only put gets no other answer about it.
    Bucket {
        region: Region,
        /// The region that the destination names, if that is another; files go to the first.
        named: Option<Region>,
        owner: AccountId,
    },
    /// The object is there, in the bucket of that owner.
    TestObject {
        key: String,
        /// What S3 confirmed.
        proof: Proof,
    },
}

/// One step of a check.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was looked at.
    pub item: Item,
    /// How long it took.
    pub took: Duration,
    /// What was found.
    pub result: Result<Fact, Problem>,
}
