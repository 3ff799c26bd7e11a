//! The arguments of the command line.

use crate::words::cli as words;
use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

/// Deliver files into a customer's S3 bucket through a role that may only put.
#[derive(Parser)]
#[command(name = "daypass-cli", version, about, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

/// What is to be done.
#[derive(Subcommand)]
pub(super) enum Verb {
    /// Deliver files and folders, each confirmed; what an earlier run began goes on.
    Upload(Box<Upload>),
    /// Go on with everything that is unfinished.
    Resume(Resume),
    /// List the profiles of the shared AWS files, and what in them looks odd.
    Profiles,
    /// Run the practice server: S3 and STS on this computer, with the whole story in it.
    Practice(Practice),
}

/// Arguments of every command that talks to AWS.
#[derive(ClapArgs)]
pub(super) struct Wire {
    /// Another server in the place of AWS: for tests.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Certificates to trust besides the system's.
    #[arg(long, value_name = "PEM")]
    pub ca_bundle: Option<PathBuf>,
    /// One event a line, as JSON.
    #[arg(long)]
    pub json: bool,
    /// How long a line that is down is waited for before giving up, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub patience: u64,
    /// Bytes a second at most, such as 800K or 2M.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub limit_rate: Option<u64>,
    /// Memory for the content of files at most, such as 64M.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub memory: Option<u64>,
}

/// A number of bytes, with `K`, `M` or `G` for 1024, its square and its cube, as `curl` and `rclone` read them.
fn bytes(text: &str) -> Result<u64, String> {
    let odd = || words::bytes_wanted(text);
    let (number, shift) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 10),
        Some((at, 'm' | 'M')) => (&text[..at], 20),
        Some((at, 'g' | 'G')) => (&text[..at], 30),
        Some(_) | None => (text, 0),
    };
    let number: u64 = number.parse().map_err(|_odd| odd())?;
    number.checked_mul(1 << shift).filter(|&bytes| bytes > 0).ok_or_else(odd)
}

/// Arguments of `upload`.
#[derive(ClapArgs)]
pub(super) struct Upload {
    /// The profile whose key asks for the role.
    #[arg(long, value_name = "NAME")]
    pub profile: String,
    /// The role your customer gave you.
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The bucket.
    #[arg(long, value_name = "BUCKET")]
    pub bucket: String,
    /// The folder in the bucket.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    pub prefix: String,
    /// The bucket's region; otherwise S3 is asked.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The account that owns the bucket, where it isn't the role's.
    #[arg(long, value_name = "ACCOUNT")]
    pub bucket_owner: Option<String>,
    /// The external ID your customer gave you.
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// The session's name; otherwise your user's name.
    #[arg(long, value_name = "NAME")]
    pub session_name: Option<String>,
    /// How long the access is asked for, in seconds (900 to 43200).
    #[arg(long, value_name = "SECONDS")]
    pub duration: Option<u32>,
    /// The serial of your MFA device.
    #[arg(long, value_name = "SERIAL")]
    pub mfa_serial: Option<String>,
    /// The six digits it shows.
    #[arg(long, value_name = "CODE", requires = "mfa_serial")]
    pub mfa_code: Option<String>,
    /// Don't narrow the session to the bucket and the folder.
    #[arg(long)]
    pub no_narrowing: bool,
    #[command(flatten)]
    pub wire: Wire,
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Arguments of `resume`.
#[derive(ClapArgs)]
pub(super) struct Resume {
    #[command(flatten)]
    pub wire: Wire,
}

/// Arguments of `practice`.
#[derive(ClapArgs)]
pub(super) struct Practice {
    /// The port on 127.0.0.1; any free one otherwise.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// How long a session lasts, in seconds.
    #[arg(long, value_name = "N")]
    pub session_seconds: Option<u32>,
    /// Keep no content of what arrives, only its size and checksum: for measurements.
    #[arg(long)]
    pub discard: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_curl_reads_them() {
        for (text, bytes_read) in [("1", 1), ("800K", 800 << 10), ("2m", 2 << 20), ("3G", 3 << 30)] {
            assert_eq!(bytes(text), Ok(bytes_read), "{text}");
        }
        for text in ["", "0", "K", "0M", "-1", "1.5M", "1MB", "99999999999999G", "é"] {
            bytes(text).expect_err(text);
        }
    }
}
