//! A sign-in through IAM Identity Center: what the person confirms, and how it ends.

use super::problem::Problem;
use super::verification_url::VerificationUrl;
use crate::time::Time;

/// What the person does: open the address, compare the code, say yes there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCode {
    /// The address, which shows the host.
    pub url: VerificationUrl,
    /// The same with the code filled in, where AWS gave one.
    pub complete: Option<VerificationUrl>,
    /// The code, to be compared with what the page shows.
    pub code: String,
    /// When it is over.
    pub ends: Time,
}

/// Why a sign-in came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInProblem {
    /// The code was not confirmed in time: begin again.
    Expired,
    /// The person said no on the page.
    Denied,
    /// AWS named an address that Daypass doesn't open, on this host.
    OtherHost(String),
    /// The files, the network, or AWS.
    Other(Problem),
}

/// What happens during a sign-in, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInStep {
    /// Show this, and open the address where the person wants it.
    Confirm(DeviceCode),
    /// It is done. `kept` is false where the token could not be written: it holds for this run.
    Done {
        /// Whether the next run, and the AWS command line, find it too.
        kept: bool,
    },
    /// It came to nothing.
    Ended(SignInProblem),
}
