//! What the window shows beyond the model: practice, a test server, the time zone.

use crate::model::destination::Destination;
use std::path::PathBuf;
use std::sync::Arc;

/// Something that arrived in the practice bucket, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub key: String,
    /// In bytes.
    pub size: u64,
}

/// The practice role that asks for an MFA code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePractice {
    /// A destination with that role.
    pub destination: Destination,
    /// The code that its device takes.
    pub code: &'static str,
}

/// What the window knows besides the model.
#[derive(Clone, Debug)]
pub struct About {
    /// Whether Daypass runs with its practice server.
    pub practice: bool,
    /// The test server in the place of AWS, if one was named at the start.
    pub test_server: Option<String>,
    /// The proxy for AWS from the environment, without user name and password.
    pub proxy: Option<String>,
    /// The objects in the practice bucket, as the customer sees them; none outside practice.
    pub arrived: Option<Arc<Vec<Arrived>>>,
    /// The practice role that asks for an MFA code; none outside practice.
    pub code_practice: Option<Arc<CodePractice>>,
    /// The time zone of every time on screen.
    pub zone: jiff::tz::TimeZone,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// The folder that is offered for what is saved.
    pub downloads: Option<PathBuf>,
    /// Sentences shown once, such as settings of other tools that Daypass does not follow.
    pub warnings: Vec<String>,
}

impl Default for About {
    fn default() -> Self {
        Self {
            practice: false,
            test_server: None,
            proxy: None,
            arrived: None,
            code_practice: None,
            zone: jiff::tz::TimeZone::UTC,
            home: None,
            downloads: None,
            warnings: Vec::new(),
        }
    }
}
