//! What stands in the kit's files beside what machines read: in ASCII alone, since consoles, shells and mail programs of
//! every kind pass these files on.

/// The comment on top of an invitation.
pub const INVITATION_HEAD: [&str; 2] =
    ["A Daypass invitation. It holds no secret.", "Drop this file on the Daypass window, or paste this text there."];

/// The comment on top of a request.
pub const REQUEST_HEAD: [&str; 2] =
    ["A Daypass request. It holds no secret.", "In Daypass choose \"I'm the customer\" and paste this text there."];

/// The comment on top of the template.
pub const TEMPLATE_HEAD: [&str; 3] = [
    "Lends one role that may put files into one folder of one bucket, and nothing else.",
    "CloudFormation console: Create stack, Upload a template file, this file, Next until Submit.",
    "Then open the stack's Outputs and send InvitationLink back.",
];
/// What the template can't do.
pub const TEMPLATE_LIFECYCLE: &str = "Abandoned parts go after some days only from a bucket that is made here; for one \
                                      that is there already, add such a lifecycle rule to it.";
/// The template's description.
pub const TEMPLATE_DESCRIPTION: &str = "A role that may put files into one folder of one bucket, and nothing else";
/// The question whether the bucket is made.
pub const TEMPLATE_CREATE_BUCKET: &str = "Does the bucket have to be made? Choose no where it is there already.";
/// The stack is in another region than the bucket should be.
pub const TEMPLATE_OTHER_REGION: &str = "The bucket would be made in another region than the one asked for. Switch \
                                         the console to that region, or choose no for CreateBucket.";
/// The output with the link.
pub const TEMPLATE_LINK: &str = "Send this link to the contractor. It holds no secret.";
/// The output with the invitation's text.
pub const TEMPLATE_INVITATION: &str = "The same as the text of a .daypass file";
/// The output with the role.
pub const TEMPLATE_ROLE: &str = "The role";
/// The role's description in IAM.
pub const ROLE_DESCRIPTION: &str = "May put files into one folder of one bucket. Made for Daypass.";

/// The comment on top of the commands.
pub const COMMANDS_HEAD: [&str; 2] = [
    "Lends one role that may put files into one folder of one bucket, and nothing else.",
    "Run it as an administrator of the account that owns the bucket.",
];
/// The bucket has a policy, which is not replaced.
pub const POLICY_THERE: &str = "The bucket has a policy already, or its policy could not be read. Nothing was changed \
                                there. Please add these statements to it:";
/// The bucket has lifecycle rules, which are not replaced.
pub const LIFECYCLE_THERE: &str = "The bucket has lifecycle rules already, or they could not be read. Nothing was \
                                   changed there. Please add this rule:";
/// A command did not go through.
pub const COMMAND_REFUSED: &str = "AWS did not take this command. What it answered stands above.";
/// The last step of the commands.
pub const SEND_THIS: &str = "Done. Send the contractor the lines below. They hold no secret.";

/// The comment on top of the Terraform configuration.
pub const TERRAFORM_HEAD: [&str; 2] = [
    "Lends one role that may put files into one folder of one bucket, and nothing else.",
    "After terraform apply, send the contractor: terraform output -raw invitation_link",
];
/// In which region the provider has to be.
pub const TERRAFORM_REGION: &str = "The provider's region should be";
/// What the variable does.
pub const TERRAFORM_REPLACE: &str = "Whether this configuration replaces the bucket's whole policy and lifecycle. \
                                     Leave it off where the bucket has its own, and add these statements there.";
