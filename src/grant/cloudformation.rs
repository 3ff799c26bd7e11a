//! Writes one CloudFormation template that creates the role, optionally the bucket, and outputs the invitation.
//!
//! Whether the bucket is created is a parameter of the template, `CreateBucket`, because the person who fills in the
//! form knows best. The bucket and its policy are kept when the stack is deleted; a failed first deployment keeps
//! neither. The template doesn't touch the policy of an existing bucket; the role's own policy holds all restrictions.

use super::policy;
use super::request::RoleRequest;
use crate::policy::tree::{Tree, add};
use crate::words;

/// The role's logical ID.
const ROLE: &str = "UploadRole";
/// The deletion policy of resources that outlive the stack, except if its creation failed (CloudFormation Template
/// Reference, "DeletionPolicy attribute").
const KEPT: &str = "RetainExceptOnCreate";

fn call(name: &str, value: impl Into<Tree>) -> Tree {
    [(name, value.into())].into()
}

/// Returns the template as YAML. Creating the stack requires `CAPABILITY_NAMED_IAM`.
#[must_use]
pub fn template(ask: &RoleRequest) -> String {
    let mut resources = Vec::new();
    add(&mut resources, ROLE, role(ask));
    add(&mut resources, "Bucket", bucket(ask));
    add(&mut resources, "BucketPolicy", bucket_policy(ask));
    let choice = if ask.new_bucket { "yes" } else { "no" };
    let mut root = Vec::new();
    add(&mut root, "AWSTemplateFormatVersion", "2010-09-09");
    add(&mut root, "Description", words::kit::TEMPLATE_DESCRIPTION);
    let parameter = Tree::from([
        ("Type", "String".into()),
        ("AllowedValues", Tree::List(vec!["no".into(), "yes".into()])),
        ("Default", choice.into()),
        ("Description", words::kit::TEMPLATE_CREATE_BUCKET.into()),
    ]);
    add(&mut root, "Parameters", call("CreateBucket", parameter));
    let yes = call("Fn::Equals", vec![call("Ref", "CreateBucket"), "yes".into()]);
    if let Some(region) = &ask.region {
        let here = call("Fn::Equals", vec![call("Ref", "AWS::Region"), region.as_str().into()]);
        let assertion = Tree::from([("Assert", here), ("AssertDescription", words::kit::TEMPLATE_OTHER_REGION.into())]);
        let rule = Tree::from([("RuleCondition", yes.clone()), ("Assertions", Tree::List(vec![assertion]))]);
        add(&mut root, "Rules", call("BucketInItsRegion", rule));
    }
    add(&mut root, "Conditions", call("MakeBucket", yes));
    add(&mut root, "Resources", Tree::Map(resources));
    add(&mut root, "Outputs", outputs(ask));
    let mut out = String::new();
    let lifecycle = ask.abort_days.map(|_| words::kit::TEMPLATE_LIFECYCLE.to_owned());
    let steps = words::kit::template_steps(&ask.stack_name());
    for line in super::head(ask).into_iter().chain(steps).chain(lifecycle) {
        out.push_str("# ");
        out.push_str(&line);
        out.push('\n');
    }
    out + &Tree::Map(root).yaml(0)
}

fn role(ask: &RoleRequest) -> Tree {
    let inline =
        Tree::from([("PolicyName", policy::PERMISSION_NAME.into()), ("PolicyDocument", policy::permission(ask))]);
    let properties = Tree::from([
        ("RoleName", ask.role_name.as_str().into()),
        ("Description", words::kit::role_description(&policy::principal(ask)).into()),
        ("MaxSessionDuration", ask.seconds.into()),
        ("AssumeRolePolicyDocument", policy::trust(ask)),
        ("Policies", Tree::List(vec![inline])),
    ]);
    [("Type", "AWS::IAM::Role".into()), ("Properties", properties)].into()
}

fn bucket(ask: &RoleRequest) -> Tree {
    let mut properties = Vec::new();
    add(&mut properties, "BucketName", ask.bucket.as_str());
    let private = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    let private = private.map(|name| (name, true.into()));
    add(&mut properties, "PublicAccessBlockConfiguration", Tree::from(private));
    add(&mut properties, "VersioningConfiguration", call("Status", "Enabled"));
    let owner = call("Rules", Tree::List(vec![call("ObjectOwnership", "BucketOwnerEnforced")]));
    add(&mut properties, "OwnershipControls", owner);
    if let Some(days) = ask.abort_days {
        let mut rule = Vec::new();
        add(&mut rule, "Id", policy::LIFECYCLE_NAME);
        add(&mut rule, "Status", "Enabled");
        if !ask.prefix.as_str().is_empty() {
            add(&mut rule, "Prefix", ask.prefix.as_str());
        }
        add(&mut rule, "AbortIncompleteMultipartUpload", call("DaysAfterInitiation", days));
        let rules = Tree::List(vec![Tree::Map(rule)]);
        add(&mut properties, "LifecycleConfiguration", call("Rules", rules));
    }
    [
        ("Type", "AWS::S3::Bucket".into()),
        ("Condition", "MakeBucket".into()),
        ("DeletionPolicy", KEPT.into()),
        ("UpdateReplacePolicy", "Retain".into()),
        ("Properties", Tree::Map(properties)),
    ]
    .into()
}

fn bucket_policy(ask: &RoleRequest) -> Tree {
    let properties = Tree::from([("Bucket", call("Ref", "Bucket")), ("PolicyDocument", policy::bucket(ask))]);
    [
        ("Type", "AWS::S3::BucketPolicy".into()),
        ("Condition", "MakeBucket".into()),
        ("DeletionPolicy", KEPT.into()),
        ("UpdateReplacePolicy", "Retain".into()),
        ("Properties", properties),
    ]
    .into()
}

/// Returns the invitation as text and as link, and the role's ARN. The only dollar sign in the first two is that of
/// `Fn::Sub`, because TOML and links escape theirs.
fn outputs(ask: &RoleRequest) -> Tree {
    let invitation = ask.invitation(format!("${{{ROLE}.Arn}}"));
    let output = |value: Tree, text: &str| Tree::from([("Description", text.into()), ("Value", value)]);
    let arn = call("Fn::GetAtt", vec![ROLE.into(), "Arn".into()]);
    [
        ("InvitationLink", output(call("Fn::Sub", invitation.to_link()), words::kit::TEMPLATE_LINK)),
        ("Invitation", output(call("Fn::Sub", invitation.to_text()), words::kit::TEMPLATE_INVITATION)),
        ("RoleArn", output(arn, words::kit::TEMPLATE_ROLE)),
    ]
    .into()
}
