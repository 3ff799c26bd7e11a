//! Texts of the access kit's files. They are ASCII only, because the files pass through consoles, shells and mail
//! programs of every kind.

/// Comment at the top of an invitation.
pub const INVITATION_HEAD: [&str; 2] =
    ["A Daypass invitation. It holds no secret.", "Drop this file on the Daypass window, or paste this text there."];

/// Comment at the top of a request.
pub const REQUEST_HEAD: [&str; 2] =
    ["A Daypass request. It holds no secret.", "In Daypass choose \"I'm the customer\" and paste this text there."];

/// The first line over what is to be compared.
pub const COMPARE: &str =
    "Before anything else: compare these two lines with those in the message that asked for this, and call its sender";

/// Returns the comment at the top of every format: what it does, and what to compare before it is deployed.
#[must_use]
pub fn head(compare: &[(&str, String); 2]) -> Vec<String> {
    let lines = compare.iter().map(|(name, value)| format!("  {name:9}  {value}"));
    let before = [
        "Creates one role that may put files into one folder of one bucket, and nothing else.",
        COMPARE,
        "on a number that you already have. Anyone who swaps this file on its way to you would have to change them.",
    ];
    before.into_iter().map(str::to_owned).chain(lines).collect()
}

/// Returns how to use the template.
#[must_use]
pub fn template_steps(stack: &str) -> [String; 2] {
    [
        format!(
            "CloudFormation console: Create stack, Upload a template file, this file, Next, the name {stack}, Submit."
        ),
        "Then open the stack's Outputs and send InvitationLink back.".to_owned(),
    ]
}
/// What the template can't do.
pub const TEMPLATE_LIFECYCLE: &str = "Unfinished uploads are deleted after some days only in a bucket that this \
                                      template creates. To an existing bucket, add such a lifecycle rule yourself.";
/// Description of the template.
pub const TEMPLATE_DESCRIPTION: &str = "A role that may put files into one folder of one bucket, and nothing else";
/// Description of the parameter that creates the bucket.
pub const TEMPLATE_CREATE_BUCKET: &str = "Create the bucket? Choose no if it already exists.";
/// The stack is in another region than the bucket should be.
pub const TEMPLATE_OTHER_REGION: &str = "The bucket would be created in a different region from the one requested. \
                                         Switch the console to that region, or choose no for CreateBucket.";
/// Description of the output with the link.
pub const TEMPLATE_LINK: &str = "Send this link to the contractor. It holds no secret.";
/// Description of the output with the invitation's text.
pub const TEMPLATE_INVITATION: &str = "The same as the text of a .daypass file";
/// Description of the output with the role.
pub const TEMPLATE_ROLE: &str = "The role";
/// Returns the role's description in IAM, by which the commands recognize a role that they created before.
#[must_use]
pub fn role_description(principal: &str) -> String {
    format!("May put files into one folder of one bucket. Made for Daypass, for {principal}")
}

/// Comment at the top of the commands: who runs them.
pub const COMMANDS_AS: &str = "Run it as an administrator of the account that owns the bucket. It can be run again.";
/// The bucket to be created exists already.
pub const BUCKET_THERE: &str = "The bucket already exists and was not changed. Please check that it blocks public \
                                access, keeps versions and denies requests without TLS.";
/// The bucket has lifecycle rules, which are not replaced.
pub const LIFECYCLE_THERE: &str = "The bucket already has lifecycle rules, and they were not changed. Please add \
                                   this rule, unless it is among them:";
/// The role exists, created by these commands for the same principal.
pub const ROLE_THERE: &str = "The role already exists, made for the same person. Its policies are set again.";
/// A role with this name exists, created by or for somebody else.
pub const OTHER_ROLE_THERE: &str = "A role of this name already exists, made for something else. It was not changed. \
                                    Please choose another name for the new role.";
/// A command failed.
pub const COMMAND_REFUSED: &str = "AWS refused this command. Its answer is above.";
/// The last step of the commands.
pub const SEND_THIS: &str = "Done. Send the contractor the lines below. They hold no secret.";

/// The last step, in the comment at the top of the Terraform configuration.
pub const TERRAFORM_THEN: &str = "After terraform apply, send the contractor: terraform output -raw invitation_link";
/// Comment about the provider's region.
pub const TERRAFORM_REGION: &str = "The provider's region should be";
/// Comment above a rule for an existing bucket.
pub const TERRAFORM_LIFECYCLE: &str = "Terraform would replace all the lifecycle rules of a bucket that it didn't \
                                       create. Add this rule to the existing ones:";
