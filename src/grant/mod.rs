//! The customer's side: the access kit for the customer's administrator, and the invitation that is sent back.
//!
//! A [`RoleRequest`] says what the contractor needs. It is printed as a CloudFormation template, policies, commands or
//! Terraform; an [`Invitation`] carries the finished role back. Everything here is pure, except
//! [`names::new_external_id`].

pub mod alike;
pub mod card;
pub mod cloudformation;
pub mod commands;
pub mod fields;
pub mod invitation;
pub mod limits;
pub mod message;
pub mod names;
pub mod policy;
pub mod request;
pub mod terms;
pub mod terraform;
pub mod words;

pub use invitation::{Change, Invitation, Validity};
pub use names::{Cidr, KmsKey, Principal, RoleName};
pub use request::{Kms, RequestProblem, RoleRequest};

use crate::model::names::RoleArn;

/// The output formats of the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KitFormat {
    /// One CloudFormation template (YAML) whose outputs hold the finished invitation.
    CloudFormation,
    /// The policies alone (JSON).
    Json,
    /// AWS CLI commands for bash, including AWS CloudShell.
    Commands,
    /// AWS CLI commands for PowerShell.
    PowerShell,
    Terraform,
    /// The message to the customer's administrator.
    Message,
    /// The invitation itself, which needs the finished role's ARN.
    Invitation,
}

impl KitFormat {
    /// All formats, in the order they are offered.
    pub const ALL: [Self; 7] = [
        Self::CloudFormation,
        Self::Json,
        Self::Commands,
        Self::PowerShell,
        Self::Terraform,
        Self::Message,
        Self::Invitation,
    ];

    /// Returns the name of the file in which this format is saved.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::CloudFormation => "daypass-access.yaml",
            Self::Json => "daypass-policies.json",
            Self::Commands => "daypass-access.sh",
            Self::PowerShell => "daypass-access.ps1",
            Self::Terraform => "daypass-access.tf",
            Self::Message => "daypass-message.txt",
            Self::Invitation => "invitation.daypass",
        }
    }
}

/// Returns the comment at the top of the formats that allow comments, in ASCII only.
fn head(ask: &RoleRequest) -> Vec<String> {
    crate::words::kit::head(&terms::to_compare(ask))
}

/// Prints the kit in one format. Only the invitation uses `role`.
///
/// # Errors
/// The first problem that [`RoleRequest::check`] finds, or [`RequestProblem::RoleNeeded`] if the invitation has no
/// role.
pub fn print(ask: &RoleRequest, format: KitFormat, role: Option<&RoleArn>) -> Result<String, RequestProblem> {
    ask.check()?;
    Ok(match format {
        KitFormat::CloudFormation => cloudformation::template(ask),
        KitFormat::Json => policy::all(ask).json(),
        KitFormat::Commands => commands::bash(ask),
        KitFormat::PowerShell => commands::powershell(ask),
        KitFormat::Terraform => terraform::hcl(ask),
        KitFormat::Message => message::to_administrator(ask),
        KitFormat::Invitation => ask.invitation(role.ok_or(RequestProblem::RoleNeeded)?.clone()).to_text(),
    })
}
