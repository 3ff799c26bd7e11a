//! What the person has set, and which commands of profiles may run.

use super::parts::PART_USUAL;
use crate::time::Utc;

/// What the person has set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether a session renews itself five minutes before its end while uploads run and no code is needed.
    pub renew: bool,
    /// Whether the SHA-256 of each file is computed for receipts.
    pub sha256: bool,
    /// The rate limit in bytes a second; none for no limit.
    pub limit_rate: Option<u64>,
    /// The memory budget for file content, in bytes.
    pub memory: u64,
    /// Whether the log has a line for each request, and not only what explains a failure.
    pub detailed_log: bool,
    /// The `credential_process` commands that are always allowed.
    pub allowed_commands: Vec<AllowedCommand>,
    /// The commands that are allowed until Daypass ends, by the SHA-256 of their text in hexadecimal.
    #[serde(skip)]
    pub commands_this_run: Vec<String>,
}

/// A `credential_process` command that is always allowed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "KeptCommand")]
pub struct AllowedCommand {
    /// The SHA-256 of its text in hexadecimal.
    pub sha256: String,
    /// The profile for which it was allowed; empty if unknown.
    pub profile: String,
    /// When it was allowed; none if unknown.
    pub since: Option<Utc>,
}

/// How an allowed command is stored; earlier versions stored the SHA-256 alone.
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
    /// Returns the SHA-256 of each command that is allowed.
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.allowed_commands
            .iter()
            .map(|allowed| &*allowed.sha256)
            .chain(self.commands_this_run.iter().map(|mark| &**mark))
    }

    /// Whether the command with this SHA-256 is allowed.
    #[must_use]
    pub fn may_run(&self, sha256: &str) -> bool {
        self.commands().any(|allowed| allowed == sha256)
    }

    /// Returns the bytes of file content that may be in flight: the memory budget, and under a rate limit no more than ten
    /// seconds' worth (but two parts), since what is in flight when Daypass ends is sent again.
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
    fn a_rate_limit_bounds_the_bytes_in_flight() {
        let with = |limit_rate| Settings { limit_rate, ..Settings::default() }.bodies();
        assert_eq!(with(None), 128 << 20);
        assert_eq!(with(Some(100 << 20)), 128 << 20);
        assert_eq!(with(Some(4 << 20)), 40 << 20);
        assert_eq!(with(Some(1)), 16 << 20);
        assert_eq!(Settings { memory: 1, ..Settings::default() }.bodies(), 1);
    }
}
