//! A sign-in through IAM Identity Center: what the person confirms, and how it ends.

use super::problem::Problem;
use super::verification_url::VerificationUrl;
use crate::time::Time;

/// What the person does: open the address, compare the code, and allow it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// The address, which shows the host.
    pub url: VerificationUrl,
    /// The same with the code filled in, where AWS gave one.
    pub complete: Option<VerificationUrl>,
    /// The code, to be compared with what the page shows.
    pub code: String,
    /// When it expires.
    pub ends: Time,
}

/// Why a sign-in failed.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInProblem {
    /// The code was not confirmed in time.
    Expired,
    /// The person declined on the page.
    Denied,
    /// AWS named an address on this host, which Daypass doesn't open.
    OtherHost(String),
    /// The files, the network, or AWS.
    Other(Problem),
}

/// The events of a sign-in, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInStep {
    /// Show this, and open the address if the person wants to.
    Confirm(DeviceCode),
    /// It succeeded. `kept` is false if the token could not be written and holds for this run only.
    Done {
        /// Whether the next run, and the AWS command line, find it too.
        kept: bool,
    },
    /// It failed.
    Ended(SignInProblem),
}
