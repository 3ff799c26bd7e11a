//! The customer's side: what the customer's administrator needs to lend a role, and the invitation that comes back.
//!
//! Everything here is text from text, but for [`names::new_external_id`]. An [`RoleRequest`] says what the contractor needs; it is printed as a CloudFormation
//! template, as policies, as commands or as Terraform; an [`Invitation`] carries the finished role back.

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

pub use invitation::{Change, Invitation, Window};
pub use names::{Cidr, KmsKey, Principal, RoleName};
pub use request::{Kms, RequestProblem, RoleRequest};

use crate::model::names::RoleArn;

/// In which form the kit is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One CloudFormation template (YAML) whose outputs hold the finished invitation.
    CloudFormation,
    /// The policies alone (JSON).
    Json,
    /// Commands of the AWS CLI for bash, AWS CloudShell included.
    Commands,
    /// Commands of the AWS CLI for PowerShell.
    PowerShell,
    Terraform,
    /// The message to the customer's administrator.
    Message,
    /// The invitation itself, which needs the finished role's ARN.
    Invitation,
}

impl Format {
    /// All forms, in the order they are offered.
    pub const ALL: [Self; 7] = [
        Self::CloudFormation,
        Self::Json,
        Self::Commands,
        Self::PowerShell,
        Self::Terraform,
        Self::Message,
        Self::Invitation,
    ];

    /// The name of the file this form is saved as.
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

/// The comment on top of the forms that take comments, in ASCII alone.
fn head(ask: &RoleRequest) -> Vec<String> {
    crate::words::kit::head(&terms::to_compare(ask))
}

/// The kit in one form. The role's ARN is needed for the invitation only, and used by no other form.
///
/// # Errors
/// What does not hold in `ask` ([`RoleRequest::check`]), or that the invitation lacks its role.
pub fn print(ask: &RoleRequest, format: Format, role: Option<&RoleArn>) -> Result<String, RequestProblem> {
    ask.check()?;
    Ok(match format {
        Format::CloudFormation => cloudformation::template(ask),
        Format::Json => policy::all(ask).json(),
        Format::Commands => commands::bash(ask),
        Format::PowerShell => commands::powershell(ask),
        Format::Terraform => terraform::hcl(ask),
        Format::Message => message::to_administrator(ask),
        Format::Invitation => ask.invitation(role.ok_or(RequestProblem::RoleNeeded)?.clone()).to_text(),
    })
}
