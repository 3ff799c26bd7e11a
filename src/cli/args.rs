//! The arguments of the command line. The doc comments of clap's types are the texts of `--help`.

use crate::model::destination::Encryption;
use crate::words::cli as words;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Deliver files to a customer's S3 bucket through a role that may only upload.
#[derive(Parser)]
#[command(name = "daypass-cli", version, about, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

/// The command to run.
#[derive(Subcommand)]
pub(super) enum Verb {
    /// Deliver files and folders and confirm each one. Continues what an earlier run left unfinished; access is renewed
    /// automatically while files are uploading.
    Upload(Box<UploadArgs>),
    /// Continue every unfinished delivery.
    Resume(Resume),
    /// Check whether files are the ones that a receipt lists.
    Verify(Verify),
    /// Test the access step by step without sending a file.
    Check(Box<CheckArgs>),
    /// Print what the customer's administrator needs to create the role.
    Grant(Box<GrantArgs>),
    /// Sign in to a profile through IAM Identity Center.
    SignIn(SignInArgs),
    /// List the profiles in the shared AWS files, with warnings, and the commands of theirs that may run.
    Profiles(ProfilesArgs),
    /// Show or save a report for support: version, system, settings, recent problems and the log, without secrets.
    Report(ReportArgs),
    /// Run the practice server: S3 and STS on this computer, with a user, a role and a bucket to try.
    ///
    /// One of its two roles requires an MFA code. Its device, arn:aws:iam::111122223333:mfa/Richard, always shows 123456;
    /// any other code is rejected the way AWS rejects it.
    Practice(PracticeArgs),
}

/// Arguments of every command that talks to AWS.
#[derive(ClapArgs)]
pub(super) struct WireArgs {
    /// Use this server instead of AWS, for testing.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Allow --endpoint-url to use plain http to another computer. Credentials and files can be read in transit.
    #[arg(long, requires = "endpoint_url")]
    pub plain_http: bool,
    /// Trust these certificates in addition to the system's.
    #[arg(long, value_name = "PEM")]
    pub ca_bundle: Option<PathBuf>,
    /// Print one JSON event per line.
    #[arg(long)]
    pub json: bool,
    /// How long to keep retrying while nothing succeeds (network, access, a busy server), in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub patience: u64,
    /// Maximum upload speed in bytes per second, such as 800K or 2M.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub limit_rate: Option<u64>,
    /// Log every request, not only what explains a failure. `daypass-cli report` shows the log.
    #[arg(long)]
    pub verbose: bool,
    /// Maximum memory for file contents, such as 64M.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub memory: Option<u64>,
}

/// Parses a number of bytes, with `K`, `M` or `G` for 1024, its square and its cube, as `curl` and `rclone` do.
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

/// Where files go, and through which role.
#[derive(ClapArgs)]
pub(super) struct DestinationArgs {
    /// The profile whose credentials request the role.
    #[arg(long, value_name = "NAME")]
    pub profile: String,
    /// Your customer's invitation: a file or a daypass: link.
    #[arg(long, value_name = "FILE|LINK",
          conflicts_with_all = ["role_arn", "bucket", "prefix", "region", "bucket_owner", "external_id"])]
    pub invitation: Option<String>,
    /// Confirm that the invitation's account, role and bucket are correct.
    #[arg(long, requires = "invitation")]
    pub yes: bool,
    /// Your customer's 12-digit account number, which they told you by other means than the invitation. Required with
    /// `--yes` if the invitation gives a known customer another account, role or bucket.
    #[arg(long, value_name = "ACCOUNT", requires = "invitation")]
    pub account: Option<String>,
    /// The ARN of the role that your customer gave you.
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The bucket.
    #[arg(long, value_name = "BUCKET", required_unless_present = "invitation")]
    pub bucket: Option<String>,
    /// The folder in the bucket.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    pub prefix: String,
    /// The bucket's region. By default, S3 is asked for it.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The account that owns the bucket, if it isn't the role's.
    #[arg(long, value_name = "ACCOUNT")]
    pub bucket_owner: Option<String>,
    /// The external ID that your customer gave you.
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// The session name. The default is your user name.
    #[arg(long, value_name = "NAME")]
    pub session_name: Option<String>,
    /// The session length in seconds (900 to 43200).
    #[arg(long, value_name = "SECONDS")]
    pub duration: Option<u32>,
    /// The serial number or ARN of your MFA device.
    #[arg(long, value_name = "SERIAL")]
    pub mfa_serial: Option<String>,
    /// The six digits that it shows. Other users of this computer can see arguments; leave it out to be asked instead.
    #[arg(long, value_name = "CODE", requires = "mfa_serial")]
    pub mfa_code: Option<String>,
    /// Don't restrict the session to the bucket and folder with a session policy.
    #[arg(long)]
    pub no_narrowing: bool,
    /// Give the bucket's owner full control of each file (the ACL bucket-owner-full-control).
    #[arg(long)]
    pub acl_full_control: bool,
    /// The encryption that the bucket policy requires in the request: `s3`, `kms`, or `kms:` followed by a key's ARN or ID.
    #[arg(long, value_name = "KIND", value_parser = encryption)]
    pub sse: Option<Encryption>,
    /// Allow the profile's credential_process to run this time if its command has this SHA-256. A terminal is asked instead.
    #[arg(long, value_name = "SHA256")]
    pub allow_command: Option<String>,
}

/// Arguments of `upload`.
#[derive(ClapArgs)]
pub(super) struct UploadArgs {
    #[command(flatten)]
    pub destination: DestinationArgs,
    /// Write a receipt to this .html, .csv or .json file. Adds a SHA-256 of every file.
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
    /// Also send files that look like access keys or private keys. They are skipped by default.
    #[arg(long)]
    pub send_keys: bool,
    /// Also upload the receipt next to the files, as daypass-receipt-DATE-TIME.html.
    #[arg(long)]
    pub send_receipt: bool,
    /// Send unchanged files again that were delivered earlier, for instance because the customer removed them.
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub wire: WireArgs,
    /// Files and folders to deliver.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Arguments of `check`.
#[derive(ClapArgs)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    pub destination: DestinationArgs,
    #[command(flatten)]
    pub wire: WireArgs,
    /// Also send a tiny test file. You can't delete it; your customer can.
    #[arg(long)]
    pub test_object: bool,
}

/// Arguments of `sign-in`.
#[derive(ClapArgs)]
pub(super) struct SignInArgs {
    /// The profile to sign in to.
    #[arg(long, value_name = "NAME")]
    pub profile: String,
    #[command(flatten)]
    pub wire: WireArgs,
}

/// The format of the kit.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum FormArgs {
    /// A CloudFormation template whose outputs contain the finished invitation.
    Cloudformation,
    /// Only the policies.
    Json,
    /// AWS CLI commands for bash.
    Commands,
    /// AWS CLI commands for PowerShell.
    Powershell,
    /// A Terraform configuration.
    Terraform,
    /// A message to the customer's administrator.
    Message,
    /// The invitation; requires --role-arn.
    Invitation,
}

/// Arguments of `grant`.
#[derive(ClapArgs)]
pub(super) struct GrantArgs {
    /// The output format.
    #[arg(long, value_enum, default_value = "cloudformation")]
    pub format: FormArgs,
    /// The profile of the user who needs access. AWS is asked whose it is.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["user_arn", "account"])]
    pub profile: Option<String>,
    /// The ARN of the user or role that needs access.
    #[arg(long, value_name = "ARN", conflicts_with = "account")]
    pub user_arn: Option<String>,
    /// The account number of the user who needs access.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Trust everyone whom that account's administrator allows. An external ID is generated unless you give one.
    #[arg(long)]
    pub whole_account: bool,
    /// The customer's name.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub customer: String,
    /// The bucket.
    #[arg(long, value_name = "BUCKET")]
    pub bucket: String,
    /// The folder in the bucket.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    pub prefix: String,
    /// The bucket's region.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The bucket doesn't exist yet; create it.
    #[arg(long)]
    pub new_bucket: bool,
    /// The name of the role to create.
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// The ARN of the created role, for the invitation.
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The maximum session length in seconds (3600 to 43200).
    #[arg(long, value_name = "SECONDS")]
    pub duration: Option<u32>,
    /// Don't require an MFA code. Roles and role sessions can't provide one and are never asked for it.
    #[arg(long)]
    pub no_mfa: bool,
    /// Require an MFA code, which is the default.
    #[arg(long, hide = true, conflicts_with = "no_mfa")]
    pub mfa: bool,
    /// The maximum age of the MFA sign-in in seconds.
    #[arg(long, value_name = "SECONDS", conflicts_with = "no_mfa")]
    pub mfa_max_age: Option<u32>,
    /// The external ID to require.
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// The first day or time at which access works.
    #[arg(long, value_name = "DATE")]
    pub not_before: Option<String>,
    /// The last day, or the time at which access ends.
    #[arg(long, value_name = "DATE")]
    pub not_after: Option<String>,
    /// A network from which access is allowed; can be repeated. Requests through a VPC endpoint have no public address.
    #[arg(long, value_name = "CIDR")]
    pub source_ip: Vec<String>,
    /// Require the session name to be the user name.
    #[arg(long)]
    pub session_is_user: bool,
    /// The KMS key that encrypts the bucket: its ARN, or `any`.
    #[arg(long, value_name = "ARN|any")]
    pub kms: Option<String>,
    /// Allow the role to replace existing files.
    #[arg(long)]
    pub may_replace: bool,
    /// Don't allow the role to replace existing files, which is the default.
    #[arg(long, hide = true, conflicts_with = "may_replace")]
    pub create_only: bool,
    /// Allow the role to abort its own unfinished uploads.
    #[arg(long)]
    pub clean_up: bool,
    /// The number of days after which S3 deletes the parts of unfinished uploads.
    #[arg(long, value_name = "DAYS")]
    pub abort_days: Option<u32>,
    /// Allow the profile's credential_process to run this time if its command has this SHA-256.
    #[arg(long, value_name = "SHA256")]
    pub allow_command: Option<String>,
    #[command(flatten)]
    pub wire: WireArgs,
}

/// Arguments of `resume`.
#[derive(ClapArgs)]
pub(super) struct Resume {
    #[command(flatten)]
    pub wire: WireArgs,
}

/// Arguments of `profiles`.
#[derive(ClapArgs)]
pub(super) struct ProfilesArgs {
    /// Stop allowing the command with this SHA-256, which the list shows.
    #[arg(long, value_name = "SHA256")]
    pub forbid_command: Option<String>,
}

/// Arguments of `verify`.
#[derive(ClapArgs)]
pub(super) struct Verify {
    /// Print one JSON event per line.
    #[arg(long)]
    pub json: bool,
    /// The receipt as a .json file.
    #[arg(value_name = "RECEIPT")]
    pub receipt: PathBuf,
    /// Files and folders to check.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Arguments of `report`.
#[derive(ClapArgs)]
pub(super) struct ReportArgs {
    /// The file to save it to, readable only by you. Without it, the report is printed.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `practice`.
#[derive(ClapArgs)]
pub(super) struct PracticeArgs {
    /// The port on 127.0.0.1. By default, any free port.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// The session length in seconds.
    #[arg(long, value_name = "N")]
    pub session_seconds: Option<u32>,
    /// Keep only the size and checksum of what arrives, for benchmarks.
    #[arg(long)]
    pub discard: bool,
    /// Encrypt the bucket with a KMS key whose policy doesn't allow the role to upload in parts.
    #[arg(long)]
    pub kms: bool,
}

fn encryption(text: &str) -> Result<Encryption, String> {
    match text.split_once(':') {
        None if text == "s3" => Ok(Encryption::SseS3),
        None if text == "kms" => Ok(Encryption::SseKms(None)),
        Some(("kms", key)) if Encryption::is_key(key) => Ok(Encryption::SseKms(Some(key.into()))),
        Some(_) | None => Err(crate::words::cli::sse_form().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_counts_are_parsed_as_curl_does() {
        for (text, bytes_read) in [("1", 1), ("800K", 800 << 10), ("2m", 2 << 20), ("3G", 3 << 30)] {
            assert_eq!(bytes(text), Ok(bytes_read), "{text}");
        }
        for text in ["", "0", "K", "0M", "-1", "1.5M", "1MB", "99999999999999G", "é"] {
            bytes(text).expect_err(text);
        }
    }
}
