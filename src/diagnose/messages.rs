//! Composes messages to copy: for the customer, for one's own administrator, and after a delivery.

use super::Evidence;
use crate::model::destination::{Destination, Encryption};
use crate::model::names::Region;
use crate::model::problem::Problem;
use crate::model::snapshot::Totals;
use crate::policy::tree::Tree;
use crate::policy::{self, RoleConditions, Via, arn, statement};
use crate::words::format;
use crate::words::ui::checksum_of;

const YOUR_USER: &str = "arn:aws:iam::YOUR-ACCOUNT:user/YOUR-NAME";

fn place(to: &Destination) -> String {
    format::place(to.bucket.as_str(), to.prefix.as_str())
}

fn document(statement: Tree) -> String {
    policy::document(vec![statement]).json().trim_end().to_owned()
}

fn lines(tree: &Tree) -> String {
    tree.json().trim_end().to_owned()
}

/// Returns the trust policy statement that lets this caller assume the role, with the known conditions (IAM User Guide,
/// "Cross-account policy evaluation logic").
///
/// A sign-in through IAM Identity Center is named by its session, as in the kit, so that nobody else with the same
/// permission set is let in (IAM User Guide, "Role session principals").
#[must_use]
pub fn trust_statement(to: &Destination, caller: Option<&str>) -> Tree {
    statement::allow_assume_role(caller.unwrap_or(YOUR_USER), &conditions(to, caller))
}

/// Over the trust policy, where all of it is known.
pub const WHOLE_POLICY: &str = "This is the whole policy, with nobody else in it";
/// Over one statement of the trust policy.
pub const STATEMENT_TO_ADD: &str =
    "This is the statement to add. Please keep the conditions and the names that are there";
/// The question about a role that let the user in before.
pub const ROLE_CHANGED: &str = "Was it changed, deleted or recreated?";
/// Why the own company has to say yes as well.
pub const BOTH_SIDES: &str = "The role is in another account, so Amazon requires permission from both sides: the \
                              role has to name me, and our account has to allow me to assume it. Without this \
                              permission, a user can assume only roles in its own account.";

/// Returns the text for the role's trust policy and how to enter it: the whole policy if an invitation stated the
/// conditions; otherwise only the statement, because the rest of the policy is not known.
fn trust(to: &Destination, caller: Option<&str>) -> (&'static str, String) {
    let statement = trust_statement(to, caller);
    if to.terms.told {
        (WHOLE_POLICY, document(statement))
    } else {
        let text = lines(&statement);
        (STATEMENT_TO_ADD, text)
    }
}

/// Returns the role's conditions from the invitation and from what is sent.
fn conditions(to: &Destination, caller: Option<&str>) -> RoleConditions {
    let terms = &to.terms;
    let user_name = || caller.filter(|who| who.contains(":user/")).and_then(|who| who.rsplit('/').next());
    RoleConditions {
        external_id: terms.external_id.as_ref().or(to.external_id.as_ref()).map(|id| id.as_str().to_owned()),
        session_name: terms.session_is_user.then(|| user_name().unwrap_or("${aws:username}").to_owned()),
        mfa: terms.mfa || to.mfa_serial.is_some(),
        mfa_max_age: terms.mfa_max_age,
        not_before: terms.not_before,
        not_after: terms.not_after,
        networks: terms.networks.iter().map(ToString::to_string).collect(),
    }
}

/// For the customer: the current date is outside the role's dates.
#[must_use]
pub fn dates(problem: &Problem, known: &Evidence<'_>) -> String {
    let to = known.destination;
    format!(
        "Hello,\n\nI would like to deliver files to {place}, but today is outside the dates of the role\n  \
         {role}\nIf you still want the delivery, please change them in its trust policy and in its permissions, \
         under Condition:\n\n{lines}\n\nMy user is\n  {user}\nThank you.\n",
        place = place(to),
        role = to.role,
        lines = lines(&Tree::Map(conditions(to, None).dates())),
        user = known.caller(problem).unwrap_or(YOUR_USER),
    )
}

/// For the customer: this network may not be among those that the role allows.
#[must_use]
pub fn networks(problem: &Problem, known: &Evidence<'_>) -> String {
    let to = known.destination;
    format!(
        "Hello,\n\nI would like to deliver files to {place}, but the role\n  {role}\ndoesn’t let me in. It works \
         only from certain networks, and I may be on a different one. They are listed in its trust policy and in its \
         permissions, under Condition:\n\n{lines}\n\nPlease look up in CloudTrail which address my user\n  \
         {user}\nasked from, and add it, or tell me which network to use. {sent}\nThank you.\n",
        place = place(to),
        role = to.role,
        lines = lines(&Tree::Map(conditions(to, None).networks().into_iter().collect())),
        user = known.caller(problem).unwrap_or(YOUR_USER),
        sent = sent(known, problem),
    )
}

/// Returns the statement that allows the role to put files into this destination.
#[must_use]
pub fn put_statement(to: &Destination) -> Tree {
    statement::allow_put(None, actions(to), objects(to).into(), &conditions(to, None))
}

const fn actions(to: &Destination) -> &'static [&'static str] {
    if to.acl_full_control { &["s3:PutObject", "s3:PutObjectAcl"] } else { &["s3:PutObject"] }
}

fn objects(to: &Destination) -> String {
    arn::objects(to.role.partition(), to.bucket.as_str(), to.prefix.as_str())
}

/// Returns the statement that allows the role to use the bucket's key.
#[must_use]
pub fn key_statement(to: &Destination, key: Option<&str>) -> Tree {
    let via = Via { partition: to.role.partition(), region: to.region.as_ref() };
    statement::allow_key(None, key.unwrap_or("THE-ARN-OF-THE-KEY"), via, Vec::new(), &RoleConditions::default())
}

/// For the customer: the role does not let the user in.
#[must_use]
pub fn not_named(problem: &Problem, known: &Evidence<'_>) -> String {
    let to = known.destination;
    let who = known.caller(problem);
    let (how, policy) = trust(to, who);
    format!(
        "Hello,\n\nI would like to deliver files to {place} but can’t yet: the role\n  {role}\ndoesn’t let me in. \
         Please add my user\n  {user}\nto its trust policy. {how}:\n\n{policy}\n\nIf it is already there, please \
         check whether the role asks for an external ID, a code (MFA), certain networks, dates or session names. \
         {sent}\nThank you.\n",
        place = place(to),
        role = to.role,
        user = who.unwrap_or(YOUR_USER),
        sent = sent(known, problem),
    )
}

/// For the customer: the trust policy lacks an action that the caller's own session requires as well.
#[must_use]
pub fn action_missing(problem: &Problem, known: &Evidence<'_>, action: &str) -> String {
    let to = known.destination;
    format!(
        "Hello,\n\nI would like to deliver files to {place} but can’t yet. The trust policy of the role\n  \
         {role}\nallows sts:AssumeRole for\n  {user}\nbut my company’s sign-in also needs {action}. Please change \
         the action of that statement to:\n\n\"Action\": [\"sts:AssumeRole\", \"{action}\"]\n\n{sent}\nThank you.\n",
        place = place(to),
        role = to.role,
        user = known.caller(problem).unwrap_or(YOUR_USER),
        sent = sent(known, problem),
    )
}

/// Returns what Daypass sends, so that the customer can compare it with the role's conditions.
fn sent(known: &Evidence<'_>, problem: &Problem) -> String {
    let to = known.destination;
    let id = to.external_id.as_ref().map_or("no external ID".to_owned(), |id| format!("the external ID {id}"));
    let code = if to.mfa_serial.is_some() { "a code" } else { "no code" };
    let name = to.session_name.as_ref().map_or(String::new(), |name| format!(", and the session name {name}"));
    let last = request(problem).map_or(String::new(), |id| format!(" The AWS request ID of my last attempt is {id}."));
    format!("I send {id} and {code}{name}.{last}")
}

fn request(problem: &Problem) -> Option<&str> {
    problem.detail.as_ref().map(|detail| &*detail.request_id).filter(|id| !id.is_empty())
}

/// For the customer: the role let the user in before and no longer does.
#[must_use]
pub fn worked_before(problem: &Problem, known: &Evidence<'_>) -> String {
    let to = known.destination;
    let (how, policy) = trust(to, known.caller(problem));
    format!(
        "Hello,\n\nI was delivering files to {place}, and the role\n  {role}\nno longer lets me in. {ROLE_CHANGED} \
         For me to continue, its trust policy has to let me in. {how}:\n\n{policy}\n\nIf it is there, please check \
         its dates and networks. If my user was recreated, the policy has to be saved again with its ARN. \
         {sent}\nThank you.\n",
        place = place(to),
        role = to.role,
        sent = sent(known, problem),
    )
}

/// For the administrator of the contractor's own account: allow AssumeRole on the role.
#[must_use]
pub fn own_company(problem: &Problem, known: &Evidence<'_>) -> String {
    let to = known.destination;
    let why = if known.same_account(problem) == Some(true) {
        "The role trusts our account, and our account decides who may assume it."
    } else {
        BOTH_SIDES
    };
    format!(
        "Hello,\n\nI deliver files to a customer of ours through a role in account {account}. My user\n  \
         {who}\nneeds permission to assume it. {why}\nPlease attach this policy to my user, and check that no \
         boundary, session policy or service control policy forbids it:\n\n{policy}\n\nIt allows nothing else. Thank \
         you.\n",
        account = format::account(to.role.account().as_str()),
        who = known.caller(problem).unwrap_or(YOUR_USER),
        policy = document(statement::allow_caller(&to.role)),
    )
}

/// For the customer: the role does not allow the folder, or no longer does.
#[must_use]
pub fn put_policy(known: &Evidence<'_>, before: bool) -> String {
    let to = known.destination;
    let so = if before { "may no longer" } else { "may not" };
    format!(
        "Hello,\n\nI have access through the role\n  {role}\nbut {so} add files to {place}. Please add this to the \
         role’s permissions:\n\n{policy}\n\nIf it is there, please look at the bucket’s policy and at a permissions \
         boundary. Thank you.\n",
        role = to.role,
        place = place(to),
        policy = document(put_statement(to)),
    )
}

/// For the customer: the bucket's policy may refuse the files.
#[must_use]
pub fn bucket_policy(known: &Evidence<'_>) -> String {
    let to = known.destination;
    let encryption = match &to.encryption {
        Encryption::None => "no encryption header".to_owned(),
        Encryption::SseS3 => "the header x-amz-server-side-encryption: AES256".to_owned(),
        Encryption::SseKms(None) => "the header x-amz-server-side-encryption: aws:kms".to_owned(),
        Encryption::SseKms(Some(key)) => format!("the header x-amz-server-side-encryption: aws:kms with the key {key}"),
    };
    let acl = if to.acl_full_control { "the ACL bucket-owner-full-control" } else { "no ACL" };
    let allow = statement::allow_put_by(&to.role, actions(to), objects(to));
    format!(
        "Hello,\n\nI have access through the role\n  {role}\nbut the bucket {bucket} doesn’t accept my files. Please \
         look at its policy: does it forbid s3:PutObject from certain networks, without an encryption header, \
         without an ACL or without a signed payload? I send {encryption} and {acl}, over TLS, with If-None-Match: \
         *.\n\nIf bucket and role are in different accounts, its policy also needs this \
         statement:\n\n{policy}\n\nThank you.\n",
        role = to.role,
        bucket = to.bucket,
        policy = document(allow),
    )
}

/// For the customer: the role can't use the bucket's key.
#[must_use]
pub fn key(known: &Evidence<'_>, key: Option<&str>) -> String {
    let to = known.destination;
    format!(
        "Hello,\n\nI add files to {place} through the role\n  {role}\nThe bucket is encrypted with its own key, and \
         the role isn’t allowed to use it. Please add this to the role’s permissions (kms:GenerateDataKey is for \
         every file, kms:Decrypt for files sent in parts):\n\n{policy}\n\nThe key’s own policy has to allow it too, \
         and the key has to be enabled. Thank you.\n",
        place = place(to),
        role = to.role,
        policy = document(key_statement(to, key)),
    )
}

/// For the customer: the bucket doesn't exist.
#[must_use]
pub fn no_bucket(known: &Evidence<'_>) -> String {
    let to = known.destination;
    format!(
        "Hello,\n\nI have access through the role\n  {role}\nbut Amazon knows no bucket named {bucket}. Does it \
         exist, and is this exactly its name? Thank you.\n",
        role = to.role,
        bucket = to.bucket,
    )
}

/// For the customer: the role's maximum session duration is shorter than requested.
#[must_use]
pub fn longer(known: &Evidence<'_>) -> String {
    let to = known.destination;
    format!(
        "Hello,\n\nfor long deliveries it would help if the role\n  {role}\nallowed {time} at a time. Please set its maximum \
         session duration to {seconds} seconds. In the console: IAM, Roles, the role, Edit. Thank you.\n",
        role = to.role,
        time = format::about(to.length()),
        seconds = to.seconds.max(Destination::USUAL),
    )
}

/// For the administrator: the profile's key does not work.
#[must_use]
pub fn new_key(known: &Evidence<'_>) -> String {
    let who = known.identity.map_or(String::new(), |who| format!(" ({})", who.arn));
    format!(
        "Hello,\n\nAmazon doesn’t accept the access key of my profile “{profile}”{who}. Could you check whether it \
         is active, or create a new one for my own IAM user? It needs this permission and no \
         other:\n\n{policy}\n\nThank you.\n",
        profile = known.destination.profile,
        policy = document(statement::allow_caller(&known.destination.role)),
    )
}

/// For the administrator: STS is not active in the region.
#[must_use]
pub fn region_on(known: &Evidence<'_>) -> String {
    let region = known.destination.region.as_ref().map_or("of the bucket", Region::as_str);
    format!(
        "Hello,\n\nplease turn on STS in the region {region} for our account. In the console: IAM, Account settings, \
         Security Token Service. Thank you.\n"
    )
}

/// For the side whose account may be suspended.
#[must_use]
pub fn account(known: &Evidence<'_>, customer: bool) -> String {
    let to = known.destination;
    let which = if customer {
        format!("the account {}", format::account(to.owner().as_str()))
    } else {
        known.identity.map_or("our account".to_owned(), |who| format!("the account {}", format::account(&who.account)))
    };
    format!(
        "Hello,\n\nI can’t deliver files to {place}: Amazon says that an account is suspended or not fully signed up. Could \
         you look at {which} in the console, under Account and Billing? Thank you.\n",
        place = place(to),
    )
}

/// For the network administrator: the host names that must be reachable.
#[must_use]
pub fn network(known: &Evidence<'_>) -> String {
    let to = known.destination;
    let suffix = to.role.partition().dns_suffix();
    let region = to.region.as_ref().map_or("*", Region::as_str);
    let bucket = to.bucket.as_str();
    // The certificate of `*.s3.…` doesn't cover a name with dots, so such a name is in the path.
    let s3 = |region: &str| {
        if bucket.contains('.') { format!("s3.{region}.{suffix}") } else { format!("{bucket}.s3.{region}.{suffix}") }
    };
    let mut hosts = vec![format!("sts.{region}.{suffix}"), s3(region)];
    if region == "*" {
        let first = to.role.partition().default_region();
        hosts.extend([format!("sts.{first}.{suffix}"), s3(first.as_str())]);
    }
    format!(
        "Hello,\n\nI deliver files to a customer through Amazon S3. Please let this computer reach these names over \
         HTTPS (port 443), without inspecting or changing the connections:\n\n  {}\n\nIf there is a VPC endpoint, \
         its policy must allow {} for this role:\n  {}\nThank you.\n",
        hosts.join("\n  "),
        "sts:AssumeRole and s3:PutObject",
        to.role,
    )
}

/// Marks a message as practice, so that nobody takes it for a real one.
#[must_use]
pub fn of_practice(text: &str) -> String {
    format!(
        "PRACTICE: made up by Daypass to try it out. Nothing in this message is real; please don’t act on it.\n\n{text}"
    )
}

/// For the customer: a delivery has ended, to Amazon or to a test server.
#[must_use]
pub fn delivered(to: &Destination, totals: &Totals, test_server: bool) -> String {
    let place = format::place(to.bucket.as_str(), to.prefix.as_str());
    let sent = format::count(totals.delivered, "file");
    let size = format::size(totals.confirmed);
    let have = if totals.delivered == 1 { "has" } else { "have" };
    let proof = if totals.no_checksum > 0 {
        "The server confirmed no checksum for some or all of them; the receipt says for which ones.".to_owned()
    } else if totals.parts_only == 0 {
        format!("{} matches every one of them.", checksum_of(to, test_server))
    } else {
        "Every part of them was checked as it arrived.".to_owned()
    };
    let missing = totals.files - totals.delivered;
    let rest = if missing > 0 {
        let what = format::count(missing, "file");
        format!("\n{what} of this delivery did not arrive, or may not have arrived. I’m taking care of it.\n")
    } else {
        String::new()
    };
    let message = format!("Hello,\n\n{sent} ({size}) {have} arrived in {place}. {proof}\n{rest}");
    if to.practice { of_practice(&message) } else { message }
}
