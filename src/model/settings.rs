//! What the person has set, and which commands of profiles may run.

use super::parts::PART_USUAL;
use crate::time::Utc;

/// What the person has set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether a session renews itself five minutes before its end while uploads run and no code is needed.
    pub renew: bool,
    /// Whether the SHA-256 of each file is worked out for receipts.
    pub sha256: bool,
    /// Bytes a second at most; none for as fast as the line gives.
    pub limit_rate: Option<u64>,
    /// Bytes of file content held in memory at most.
    pub memory: u64,
    /// Whether the log tells of each request, not only of what tells why something went wrong.
    pub detailed_log: bool,
    /// The `credential_process` commands that may always run.
    pub allowed_commands: Vec<AllowedCommand>,
    /// Those that may run until Daypass ends, each by the SHA-256 of its text in hexadecimal.
    #[serde(skip)]
    pub commands_this_run: Vec<String>,
}

/// A `credential_process` command that may always run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "KeptCommand")]
pub struct AllowedCommand {
    /// The SHA-256 of its text in hexadecimal.
    pub sha256: String,
    /// The profile for which it was allowed; empty if that is not known.
    pub profile: String,
    /// When it was allowed; none if that is not known.
    pub since: Option<Utc>,
}

/// How an allowed command is kept; earlier versions kept the SHA-256 alone.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum KeptCommand {
    Mark(String),
    Whole { sha256: String, profile: String, since: Option<Utc> },
}

impl From<KeptCommand> for AllowedCommand {
    fn from(kept: KeptCommand) -> Self {
        match kept {
            KeptCommand::Mark(sha256) => Self { sha256, profile: String::new(), since: None },
            KeptCommand::Whole { sha256, profile, since } => Self { sha256, profile, since },
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            renew: true,
            sha256: true,
            limit_rate: None,
            memory: 128 << 20,
            detailed_log: false,
            allowed_commands: Vec::new(),
            commands_this_run: Vec::new(),
        }
    }
}

impl Settings {
    /// The SHA-256 of each command that may run.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.allowed_commands
            .iter()
            .map(|allowed| &*allowed.sha256)
            .chain(self.commands_this_run.iter().map(|mark| &**mark))
    }

    /// Whether the command of this SHA-256 may run.
    #[must_use]
    pub fn may_run(&self, sha256: &str) -> bool {
        self.commands().any(|allowed| allowed == sha256)
    }

    /// Bytes of file content that may be out: within the memory, and under a limit of speed no more than goes in ten
    /// seconds (two parts at least), since what is out when Daypass ends is sent again.
    #[must_use]
    pub fn bodies(&self) -> u64 {
        let soon = self.limit_rate.map_or(u64::MAX, |rate| rate.saturating_mul(10).max(2 * PART_USUAL));
        self.memory.min(soon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_speed_keeps_little_out() {
        let with = |limit_rate| Settings { limit_rate, ..Settings::default() }.bodies();
        assert_eq!(with(None), 128 << 20);
        assert_eq!(with(Some(100 << 20)), 128 << 20);
        assert_eq!(with(Some(4 << 20)), 40 << 20);
        assert_eq!(with(Some(1)), 16 << 20);
        assert_eq!(Settings { memory: 1, ..Settings::default() }.bodies(), 1);
    }
}
