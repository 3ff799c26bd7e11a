//! "Check my access": its steps and what each found.

use super::names::{AccountId, Region, RoleArn};
use super::problem::Problem;
use super::session::Identity;
use super::snapshot::Source;
use super::upload::Proof;
use std::time::Duration;

/// What a check looks at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// The profile in the files.
    Profile,
    /// Whose its key is.
    Identity,
    /// The customer's role.
    Role,
    /// The bucket's region.
    Bucket,
    /// The test object.
    TestObject,
}

/// What a step found if nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// How the profile gets its credentials, and the role of its own that it is.
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
    /// Where the bucket is, and the account that has to own it. S3 compares the owner with each object that is sent; a role that
    /// may only put gets no other answer about it.
    Bucket {
        region: Region,
        /// The one that the destination names, if that is another; files go to the first all the same.
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
