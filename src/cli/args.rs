//! The arguments of the command line. The doc comments of clap's types are the texts of `--help`.

use crate::model::destination::Encryption;
use crate::words::cli as words;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
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
    /// Deliver files and folders, each confirmed; what an earlier run began goes on. Access renews itself while files are open.
    Upload(Box<UploadArgs>),
    /// Go on with everything that is unfinished.
    Resume(Resume),
    /// Check files against a receipt: is this what was delivered?
    Verify(Verify),
    /// Check the access step by step, without sending a file.
    Check(Box<CheckArgs>),
    /// Print what the customer's administrator needs to lend a role.
    Grant(Box<GrantArgs>),
    /// Sign a profile in through IAM Identity Center.
    SignIn(SignInArgs),
    /// List the profiles of the shared AWS files, what in them looks odd, and which of their commands may run.
    Profiles(ProfilesArgs),
    /// Show or save a report for whoever helps you: version, system, settings, the last problems, the log; no secret.
    Report(ReportArgs),
    /// Run the practice server: S3 and STS on this computer, with the whole story in it.
    ///
    /// One of its two roles asks for the code of an MFA device. The device, arn:aws:iam::111122223333:mfa/Richard, always
    /// shows 123456; any other code is refused as AWS refuses it.
    Practice(PracticeArgs),
}

/// Arguments of every command that talks to AWS.
#[derive(ClapArgs)]
pub(super) struct WireArgs {
    /// Another server in the place of AWS: for tests.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Yes, --endpoint-url may lead over plain http to another computer: access and files can be read on the way.
    #[arg(long, requires = "endpoint_url")]
    pub plain_http: bool,
    /// Certificates to trust besides the system's.
    #[arg(long, value_name = "PEM")]
    pub ca_bundle: Option<PathBuf>,
    /// One event a line, as JSON.
    #[arg(long)]
    pub json: bool,
    /// How long to go on trying while nothing goes well (network, access, a busy server), in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub patience: u64,
    /// Bytes a second at most, such as 800K or 2M.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub limit_rate: Option<u64>,
    /// Write every request into the log, which `daypass-cli report` shows, and not only what tells why something went wrong.
    #[arg(long)]
    pub verbose: bool,
    /// Memory for the content of files at most, such as 64M.
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
    /// The profile whose key asks for the role.
    #[arg(long, value_name = "NAME")]
    pub profile: String,
    /// Your customer's invitation: a file, or a daypass: link.
    #[arg(long, value_name = "FILE|LINK",
          conflicts_with_all = ["role_arn", "bucket", "prefix", "region", "bucket_owner", "external_id"])]
    pub invitation: Option<String>,
    /// Yes, account, role and bucket of the invitation are right.
    #[arg(long, requires = "invitation")]
    pub yes: bool,
    /// The 12 digits of your customer's account, as they told you in another way than by the invitation. With `--yes`
    /// they are needed where a customer you know would have another account, role or bucket.
    #[arg(long, value_name = "ACCOUNT", requires = "invitation")]
    pub account: Option<String>,
    /// The role your customer gave you.
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The bucket.
    #[arg(long, value_name = "BUCKET", required_unless_present = "invitation")]
    pub bucket: Option<String>,
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
    /// The six digits it shows. Other users of this computer can see arguments: without this, you are asked.
    #[arg(long, value_name = "CODE", requires = "mfa_serial")]
    pub mfa_code: Option<String>,
    /// Don't narrow the session to the bucket and the folder.
    #[arg(long)]
    pub no_narrowing: bool,
    /// Hand each file over to the bucket's owner (the ACL bucket-owner-full-control).
    #[arg(long)]
    pub acl_full_control: bool,
    /// The encryption that the bucket's policy wants to be named: `s3`, `kms`, or `kms:` and a key's ARN or id.
    #[arg(long, value_name = "KIND", value_parser = encryption)]
    pub sse: Option<Encryption>,
    /// Let the profile's credential_process run this time, if this is the SHA-256 of the command; asked on a terminal.
    #[arg(long, value_name = "SHA256")]
    pub allow_command: Option<String>,
}

/// Arguments of `upload`.
#[derive(ClapArgs)]
pub(super) struct UploadArgs {
    #[command(flatten)]
    pub destination: DestinationArgs,
    /// Write a receipt there: .html, .csv or .json. It costs one SHA-256 of every file.
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
    /// Send files that look like access keys or private keys too; without this they are left out.
    #[arg(long)]
    pub send_keys: bool,
    /// Send the receipt as well, beside the files, as daypass-receipt-DATE-TIME.html.
    #[arg(long)]
    pub send_receipt: bool,
    /// Send files again that were delivered earlier and have not changed, because they were removed there.
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub wire: WireArgs,
    /// Files and folders.
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
    /// Send a tiny test file as well. You can't delete it; your customer can.
    #[arg(long)]
    pub test_object: bool,
}

/// Arguments of `sign-in`.
#[derive(ClapArgs)]
pub(super) struct SignInArgs {
    /// The profile.
    #[arg(long, value_name = "NAME")]
    pub profile: String,
    #[command(flatten)]
    pub wire: WireArgs,
}

/// In which form the kit is printed.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum FormArgs {
    /// One template whose outputs hold the finished invitation.
    Cloudformation,
    /// The policies alone.
    Json,
    /// Commands of the AWS CLI for bash.
    Commands,
    /// The same for PowerShell.
    Powershell,
    /// Terraform.
    Terraform,
    /// The message to the customer's administrator.
    Message,
    /// The invitation, which needs --role-arn.
    Invitation,
}

/// Arguments of `grant`.
#[derive(ClapArgs)]
pub(super) struct GrantArgs {
    /// In which form.
    #[arg(long, value_enum, default_value = "cloudformation")]
    pub format: FormArgs,
    /// The profile of who needs access; Amazon is asked whose it is.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["user_arn", "account"])]
    pub profile: Option<String>,
    /// The ARN of who needs access.
    #[arg(long, value_name = "ARN", conflicts_with = "account")]
    pub user_arn: Option<String>,
    /// The account of who needs access.
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Let everybody in whom that account's administrator names; without `--external-id` one is made up.
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
    /// The bucket has to be made.
    #[arg(long)]
    pub new_bucket: bool,
    /// The name of the role to make.
    #[arg(long, value_name = "NAME")]
    pub role_name: Option<String>,
    /// The ARN of the role that was made, for the invitation.
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// The longest session, in seconds (3600 to 43200).
    #[arg(long, value_name = "SECONDS")]
    pub duration: Option<u32>,
    /// Ask for no code of an MFA device. Roles and their sessions, which can give none, are never asked for one.
    #[arg(long)]
    pub no_mfa: bool,
    /// Ask for a code in any case; it is asked for as long as nothing else is said.
    #[arg(long, hide = true, conflicts_with = "no_mfa")]
    pub mfa: bool,
    /// How old that code may be, in seconds.
    #[arg(long, value_name = "SECONDS", conflicts_with = "no_mfa")]
    pub mfa_max_age: Option<u32>,
    /// The external ID.
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// The first day or moment.
    #[arg(long, value_name = "DATE")]
    pub not_before: Option<String>,
    /// The last day, or the moment it ends.
    #[arg(long, value_name = "DATE")]
    pub not_after: Option<String>,
    /// A network from which the role may be taken and files may come; may be given several times. A VPC endpoint carries no
    /// public address.
    #[arg(long, value_name = "CIDR")]
    pub source_ip: Vec<String>,
    /// The session has to be named as the user is.
    #[arg(long)]
    pub session_is_user: bool,
    /// The key that encrypts the bucket: its ARN, or `any`.
    #[arg(long, value_name = "ARN|any")]
    pub kms: Option<String>,
    /// Let the role replace files that are there.
    #[arg(long)]
    pub may_replace: bool,
    /// Keep what is there from being replaced, as is done as long as nothing else is said.
    #[arg(long, hide = true, conflicts_with = "may_replace")]
    pub create_only: bool,
    /// Let the role give up its own unfinished uploads.
    #[arg(long)]
    pub clean_up: bool,
    /// After how many days S3 throws abandoned parts away.
    #[arg(long, value_name = "DAYS")]
    pub abort_days: Option<u32>,
    /// Let the profile's credential_process run this time, if this is the SHA-256 of the command.
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
    /// Ask again before this profile's credential_process runs: the SHA-256 that the list shows.
    #[arg(long, value_name = "SHA256")]
    pub forbid_command: Option<String>,
}

/// Arguments of `verify`.
#[derive(ClapArgs)]
pub(super) struct Verify {
    /// One event a line, as JSON.
    #[arg(long)]
    pub json: bool,
    /// The receipt, in its JSON form.
    #[arg(value_name = "RECEIPT")]
    pub receipt: PathBuf,
    /// Files and folders to check.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Arguments of `report`.
#[derive(ClapArgs)]
pub(super) struct ReportArgs {
    /// Where to save it, for you alone to read; without a file it is printed.
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `practice`.
#[derive(ClapArgs)]
pub(super) struct PracticeArgs {
    /// The port on 127.0.0.1; any free one otherwise.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// How long a session lasts, in seconds.
    #[arg(long, value_name = "N")]
    pub session_seconds: Option<u32>,
    /// Keep no content of what arrives, only its size and checksum: for measurements.
    #[arg(long)]
    pub discard: bool,
    /// Encrypt the bucket with a key of which the role may use too little for files sent in parts.
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
    fn bytes_are_read_as_curl_reads_them() {
        for (text, bytes_read) in [("1", 1), ("800K", 800 << 10), ("2m", 2 << 20), ("3G", 3 << 30)] {
            assert_eq!(bytes(text), Ok(bytes_read), "{text}");
        }
        for text in ["", "0", "K", "0M", "-1", "1.5M", "1MB", "99999999999999G", "é"] {
            bytes(text).expect_err(text);
        }
    }
}
