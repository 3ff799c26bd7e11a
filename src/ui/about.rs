//! What the window shows that is not the model's: practice, another server, the zone of its times.

use crate::model::destination::Destination;
use std::path::PathBuf;
use std::sync::Arc;

/// Something that arrived in the practice bucket, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
}

/// How practice plays a role that asks for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePractice {
    /// The destination with that role.
    pub destination: Destination,
    /// The code that its device takes.
    pub code: &'static str,
}

/// What the window knows besides the model.
#[derive(Clone, Debug)]
pub struct About {
    /// Whether Daypass runs with its practice server.
    pub practice: bool,
    /// Another server than Amazon, where one was named at the start.
    pub test_server: Option<String>,
    /// The proxy that the environment names for Amazon, without a name and a password.
    pub proxy: Option<String>,
    /// What the customer sees, in practice.
    pub arrived: Option<Arc<Vec<Arrived>>>,
    /// The practice role that asks for a code, in practice.
    pub code_practice: Option<Arc<CodePractice>>,
    /// The zone that times are shown in.
    pub zone: jiff::tz::TimeZone,
    /// The person's home.
    pub home: Option<PathBuf>,
    /// The folder that is offered for what is saved.
    pub downloads: Option<PathBuf>,
    /// Sentences to be shown once, such as settings of other tools that are not followed.
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
