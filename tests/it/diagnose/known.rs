//! The order of the causes, and the messages, depending on what is known.

use super::rows::Answer;
use super::{destination, faults_of, heard, message, richard, shown};
use crate::support::snapshot::same_as_kept;
use daypass::diagnose::messages;
use daypass::diagnose::titles;
use daypass::diagnose::{Cause, CauseAction, Evidence, Piece, explain, turn};
use daypass::engine::classify::Operation;
use daypass::grant::RoleRequest;
use daypass::model::destination::{Destination, Encryption};
use daypass::model::problem::Turn;
use daypass::model::problem::{Kind, Problem};
use daypass::time::Utc;
use daypass::words::problem::said;
use daypass::words::problem::turn as turn_words;
use serde_json::{Value, json};
use std::fmt::Write as _;

const ROLE: &str = "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put";
const NOT_NAMED: &str = titles::NOT_NAMED;
const COMPANY: &str = titles::COMPANY_NOT_ALLOWED;
const EXTERNAL: &str = titles::EXTERNAL_ID;
const OTHER_ROLE: &str = titles::OTHER_ROLE;
const CODE: &str = titles::CODE_WANTED;
const PLACE: &str = titles::PLACE_OR_TIME;
const CHANGED: &str = titles::ROLE_CHANGED;

fn denied(tail: &str) -> Problem {
    let text = format!(
        "User: arn:aws:iam::111122223333:user/Richard is not authorized to perform: sts:AssumeRole on resource: {ROLE}{tail}"
    );
    heard(Operation::AssumeRole, &Answer::Aws(403, "AccessDenied", text.leak()))
}

fn refused(message: &'static str) -> Problem {
    heard(Operation::PutObject, &Answer::Aws(403, "AccessDenied", message))
}

fn titles(causes: &[Cause]) -> Vec<&str> {
    causes.iter().map(|cause| cause.title.as_str()).collect()
}

/// Parses the policy in a cause's message.
fn policy(cause: &Cause) -> Value {
    let text = message(cause).expect("a message");
    let (from, to) = (text.find("\n{").expect("a policy") + 1, text.rfind("\n}").expect("its end") + 2);
    serde_json::from_str(&text[from..to]).expect("JSON")
}

#[test]
fn without_evidence_the_general_causes_are_listed_in_order() {
    let (to, who) = (destination(), richard());
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    // A role that was typed may be wrong, and an external ID may be missing: these follow the general causes.
    assert_eq!(titles(&causes), [NOT_NAMED, COMPANY, CODE, PLACE, OTHER_ROLE, EXTERNAL]);
    assert!(causes[4].text().contains(ROLE) && causes[4].action == CauseAction::EditDestination);
    let body = causes[0].text();
    assert!(causes[0].body.contains(&Piece::Code("arn:aws:iam::111122223333:user/Richard".to_owned())), "{body}");
    let statement = json!({
        "Effect": "Allow",
        "Principal": { "AWS": "arn:aws:iam::111122223333:user/Richard" },
        "Action": "sts:AssumeRole"
    });
    // The rest of the trust policy is unknown, so the message has one statement to add.
    assert_eq!(policy(&causes[0]), statement);
    let text = message(&causes[0]).expect("a message");
    assert!(text.contains(messages::STATEMENT_TO_ADD) && !text.contains(messages::WHOLE_POLICY));
    let own = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE });
    assert_eq!(policy(&causes[1]), json!({ "Version": "2012-10-17", "Statement": [own] }));
    assert!(message(&causes[1]).is_some_and(|text| text.contains(messages::BOTH_SIDES)));
    // The denial names the caller, even if GetCallerIdentity was not called.
    assert_eq!(explain(&denied(""), &Evidence::new(&to, None))[0].text(), body);
}

#[test]
fn within_one_account_the_trust_policy_is_enough() {
    let (to, mut who) = (destination(), richard());
    (who.account, who.arn) = ("444455556666".into(), "arn:aws:iam::444455556666:user/Richard".into());
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    let account = titles::ACCOUNT_TRUSTED;
    assert_eq!(titles(&causes), [NOT_NAMED, account, CODE, PLACE, OTHER_ROLE, EXTERNAL]);
}

#[test]
fn causes_about_values_that_were_sent_move_up() {
    let (mut to, who) = (destination(), richard());
    to.external_id = Some("acme-42".parse().expect("an id"));
    to.mfa_serial = Some("arn:aws:iam::111122223333:mfa/Richard".parse().expect("a serial"));
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    let sent = titles::CODE_NOT_ENOUGH;
    assert_eq!(titles(&causes), [NOT_NAMED, EXTERNAL, COMPANY, sent, PLACE, OTHER_ROLE]);
    assert!(causes[1].text().contains("acme-42"));
    // There is no automatic retry if each try needs a code.
    assert!(causes[3].text().contains("a minute") && causes[3].action == CauseAction::EnterCode);
    let condition = json!({
        "StringEquals": { "sts:ExternalId": "acme-42" },
        "Bool": { "aws:MultiFactorAuthPresent": "true" }
    });
    assert_eq!(policy(&causes[0])["Condition"], condition);
    to.session_name = Some("delivery".parse().expect("a name"));
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    assert_eq!(causes[1].title, titles::OWN_NAME_MAYBE);
    to.session_name = Some("Richard".parse().expect("a name"));
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    assert_eq!(causes[1].title, EXTERNAL);
}

#[test]
fn the_reason_in_the_message_and_an_earlier_success_decide_the_first_cause() {
    let (to, who) = (destination(), richard());
    let first = |tail: &str, known: &Evidence<'_>| explain(&denied(tail), known).remove(0).title;
    let new = Evidence::new(&to, Some(&who));
    let worked = Evidence { worked_before: true, ..new };
    assert_eq!(first(" because no identity-based policy allows the sts:AssumeRole action", &new), COMPANY);
    assert_eq!(first(" because no role trust policy allows the sts:AssumeRole action", &new), NOT_NAMED);
    assert_eq!(first(" because no role trust policy allows the sts:AssumeRole action", &worked), CHANGED);
    assert_eq!(first(" with an explicit deny in the role trust policy", &new), PLACE);
    let causes = explain(&denied(""), &worked);
    assert_eq!(titles(&causes)[..2], [CHANGED, PLACE]);
    assert!(matches!(causes[0].action, CauseAction::CopyForCustomer(_)));
    let asking = Evidence { retrying: true, ..new };
    assert_eq!(explain(&denied(""), &asking).last().map(|cause| &*cause.title), Some(titles::JUST_MADE));
}

#[test]
fn the_trust_policy_for_a_sign_in_names_only_that_session() {
    let (mut to, mut who) = (destination(), richard());
    who.arn = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/richard@example.com".into();
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    assert_eq!(policy(&causes[0])["Principal"]["AWS"], *who.arn);
    // With an invitation the whole policy is known, and is exactly the kit's.
    to.terms.told = true;
    let causes = explain(&denied(""), &Evidence::new(&to, Some(&who)));
    assert!(message(&causes[0]).is_some_and(|text| text.contains(messages::WHOLE_POLICY)));
    let ask = RoleRequest::new(who.arn.parse().expect("a session"), to.bucket.clone(), to.prefix.clone());
    let kit: Value = serde_json::from_str(&daypass::grant::policy::trust(&ask).json()).expect("JSON");
    assert_eq!(policy(&causes[0]), kit);
}

#[test]
fn the_page_says_whose_turn_it_is() {
    let (mut to, who) = (destination(), richard());
    let told = |tail: &str, to: &Destination| {
        let problem = denied(tail);
        turn(&problem, &explain(&problem, &Evidence::new(to, Some(&who))))
    };
    assert_eq!(told("", &to), turn_words(Turn::Customer, false));
    assert_eq!(told(" because no role trust policy allows it", &to), turn_words(Turn::Customer, true));
    let own = " because no identity-based policy allows the sts:AssumeRole action";
    assert_eq!(told(own, &to), turn_words(Turn::Administrator, true));
    // What is known can point at someone else than the message of AWS does.
    (to.terms.told, to.terms.mfa) = (true, true);
    assert_eq!(told(" because no role trust policy allows it", &to), turn_words(Turn::You, false));
    let down = heard(Operation::PutObject, &Answer::Aws(503, "SlowDown", "Reduce your request rate"));
    assert_eq!(turn(&down, &[]), turn_words(Turn::Nobody, true));
    let odd = heard(Operation::PutObject, &Answer::Aws(418, "Teapot", "?"));
    assert_eq!(turn(&odd, &[]), None);
}

#[test]
fn a_denial_by_s3_is_explained() {
    let (mut to, who) = (destination(), richard());
    let bare = explain(&refused("Access Denied"), &Evidence::new(&to, Some(&who)));
    assert_eq!(bare[0].title, titles::BUCKET_OF_ANOTHER_ACCOUNT);
    assert!(bare[0].text().contains("4444 5555 6666"), "{}", bare[0].text());
    let role = refused("not authorized because no identity-based policy allows the s3:PutObject action");
    let causes = explain(&role, &Evidence::new(&to, Some(&who)));
    assert_eq!(causes[0].title, titles::FOLDER);
    assert_eq!(policy(&causes[0])["Statement"][0]["Resource"], "arn:aws:s3:::importantprojectbucket/incoming/*");
    let before = Evidence { delivered_before: true, ..Evidence::new(&to, Some(&who)) };
    assert_eq!(explain(&role, &before)[0].title, titles::ROLE_OR_BUCKET_CHANGED);
    let deny = refused("not authorized with an explicit deny in a resource-based policy");
    assert_eq!(explain(&deny, &Evidence::new(&to, None))[0].title, titles::ENCRYPTION);
    to.owner = Some("999988887777".parse().expect("an account"));
    let acl = titles::HAND_OVER;
    assert_eq!(explain(&deny, &Evidence::new(&to, None))[0].title, acl);
    (to.acl_full_control, to.encryption) = (true, Encryption::SseKms(None));
    let causes = explain(&deny, &Evidence::new(&to, None));
    assert!(!titles(&causes).contains(&acl));
    assert!(message(&causes[1]).is_some_and(|text| text.contains("aws:kms") && text.contains("s3:PutObjectAcl")));
    let option = heard(Operation::PutObject, &Answer::Aws(400, "AccessControlListNotSupported", "no"));
    assert_eq!(explain(&option, &Evidence::new(&to, None))[0].title, titles::NO_ACCESS_LISTS);
}

/// The kit puts dates and networks into the role's permissions too, so they apply to a running session.
#[test]
fn dates_and_networks_are_named_when_a_file_is_refused() {
    let (mut to, who) = (destination(), richard());
    let refused = refused("not authorized because no identity-based policy allows the s3:PutObject action");
    let at = |seconds: i64| {
        let mut detail = refused.detail.as_deref().expect("it was answered").clone();
        detail.at = Utc(seconds);
        Problem::with(refused.kind, detail)
    };
    (to.terms.told, to.terms.not_after) = (true, Some(Utc(1_796_115_600)));
    let first = |to: &Destination, problem: &Problem| explain(problem, &Evidence::new(to, Some(&who))).remove(0);
    let late = first(&to, &at(1_796_115_600));
    assert_eq!(late.title, titles::TIME_OVER);
    assert!(message(&late).is_some_and(|text| text.contains("2026-12-01T09:00:00Z") && text.contains("permissions")));
    assert_eq!(first(&to, &at(1_796_115_599)).title, titles::FOLDER);
    (to.terms.not_before, to.terms.not_after) = (Some(Utc(1_796_115_600)), None);
    assert_eq!(first(&to, &at(1_796_115_599)).title, titles::TIME_NOT_BEGUN);
    to.terms.not_before = None;
    to.terms.networks = vec!["203.0.113.0/24".into()];
    let causes = explain(&refused, &Evidence::new(&to, Some(&who)));
    assert_eq!(titles(&causes)[1], titles::NETWORKS);
    // The statement to add is no wider than the rest of the role.
    let condition = &policy(&causes[0])["Statement"][0]["Condition"];
    assert_eq!(condition["IpAddress"]["aws:SourceIp"], json!(["203.0.113.0/24"]));
}

#[test]
fn a_denied_kms_key_is_named_with_both_permissions() {
    let to = destination();
    let key = "arn:aws:kms:eu-west-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let text = format!("is not authorized to perform: kms:GenerateDataKey on resource: {key} because no");
    let causes = explain(&refused(text.leak()), &Evidence::new(&to, None));
    assert_eq!(causes.len(), 2, "the key belongs to another account");
    let statement = &policy(&causes[0])["Statement"][0];
    assert_eq!(
        (&statement["Resource"], &statement["Action"]),
        (&json!(key), &json!(["kms:GenerateDataKey", "kms:Decrypt"]))
    );
    assert_eq!(statement["Condition"]["StringEquals"]["kms:ViaService"], "s3.eu-west-1.amazonaws.com");
    let large =
        explain(&refused("is not authorized to perform: kms:Decrypt on resource: x"), &Evidence::new(&to, None));
    assert!(large[0].text().contains("kms:Decrypt"));
}

#[test]
fn a_wrong_clock_is_reported_in_minutes_or_hours() {
    assert!(said(Kind::ClockWrong(7 * 60)).body.starts_with("It is about 7 minutes ahead,"));
    assert!(said(Kind::ClockWrong(-3 * 3600)).body.starts_with("It is about 3 hours behind,"));
    assert!(!said(Kind::ClockWrong(2)).body.contains("seconds"));
}

/// Covers one message of AWS under different evidence, and every message to copy.
#[test]
fn pages_and_messages_match_the_snapshot() {
    let (plain, who) = (destination(), richard());
    let mut full = plain.clone();
    full.external_id = Some("acme-42".parse().expect("an id"));
    full.mfa_serial = Some("arn:aws:iam::111122223333:mfa/Richard".parse().expect("a serial"));
    let new = Evidence::new(&plain, Some(&who));
    let all = Evidence::new(&full, Some(&who));
    let cases = [
        ("nothing known", denied(""), new),
        ("Daypass is asking again", denied(""), Evidence { retrying: true, ..new }),
        ("an external ID and a code were sent", denied(""), all),
        ("it worked before", denied(""), Evidence { worked_before: true, ..new }),
        ("bucket: nothing known", refused("Access Denied"), new),
        ("bucket: files arrived before", refused("Access Denied"), Evidence { delivered_before: true, ..new }),
        ("key", refused("is not authorized to perform: kms:Decrypt on resource: x"), new),
        ("proxy", heard(Operation::AssumeRole, &Answer::Page(407)), new),
        ("key gone", heard(Operation::AssumeRole, &Answer::Aws(403, "InvalidClientTokenId", "")), new),
        ("too long", heard(Operation::AssumeRole, &Answer::Aws(400, "ValidationError", "MaxSessionDuration")), new),
        ("no bucket", heard(Operation::PutObject, &Answer::Aws(404, "NoSuchBucket", "")), new),
        ("region off", heard(Operation::AssumeRole, &Answer::Aws(403, "RegionDisabledException", "")), new),
        ("account", heard(Operation::PutObject, &Answer::Aws(403, "AccountProblem", "")), new),
    ];
    let (mut text, mut found) = (String::new(), Vec::new());
    for (at, problem, known) in cases {
        let causes = explain(&problem, &known);
        found.extend(faults_of(&problem, &causes, at));
        let _ = writeln!(text, "=== {at}\n{}", shown(&problem, &causes));
        for (cause, number) in causes.iter().zip(1..) {
            if let Some(message) = message(cause) {
                let _ = writeln!(text, "--- {number} {}\n{}\n", cause.title, message.trim_end());
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    same_as_kept("causes-messages.txt", &text);
}
