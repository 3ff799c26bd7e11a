//! The customer's kit: its policies, its escaping, and the requests that it refuses.

use daypass::grant::names::FormProblem;
use daypass::grant::words;
use daypass::grant::{
    Cidr, Invitation, KitFormat, Kms, KmsKey, Principal, RequestProblem, RoleName, RoleRequest, policy, print,
};
use daypass::policy::document;
use daypass::policy::statement::allow_caller;
use daypass::policy::tree::{Tree, hcl_text, toml_text};
use daypass::time::Utc;
use daypass::words::kit;
use proptest::prelude::*;
use serde_json::json;

/// Characters that are legal in a name and special in YAML, TOML, HCL, a shell or CloudFormation.
pub const HOSTILE: &str = "it's \"a\" $x {y} `b` %{z} $(id) ü;&|<>#~/";

pub fn ask(prefix: &str) -> RoleRequest {
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    RoleRequest::new(who, "importantprojectbucket".parse().expect("a bucket"), prefix.parse().expect("a folder"))
}

pub fn full() -> RoleRequest {
    RoleRequest {
        customer: "Müller's \"${AWS::Region}\" %{x} `id`".to_owned(),
        region: Some("eu-west-1".parse().expect("a region")),
        new_bucket: true,
        seconds: 7200,
        mfa: true,
        mfa_max_age: Some(3600),
        external_id: Some("a=b,@:/-+.x".parse().expect("an external id")),
        not_before: Some(Utc(1_796_115_600)),
        not_after: Some(Utc(1_797_325_200)),
        source_ips: vec!["203.0.113.7/24".parse().expect("a network"), "2001:db8::1".parse().expect("an address")],
        session_is_user: true,
        kms: Kms::Key("arn:aws:kms:eu-west-1:222233334444:key/1234-ab".parse().expect("a key")),
        create_only: true,
        clean_up: true,
        abort_days: Some(7),
        ..ask(HOSTILE)
    }
}

#[test]
fn the_minimal_trust_policy_names_one_user() {
    let expected = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/Richard"},
        "Action": "sts:AssumeRole"
    }]});
    assert_eq!(policy::trust(&ask("incoming/")).value(), expected);
}

#[test]
fn no_condition_of_the_trust_policy_is_optional() {
    let expected = json!({
        "StringEquals": {"sts:ExternalId": "a=b,@:/-+.x", "sts:RoleSessionName": "Richard"},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
        "DateGreaterThanEquals": {"aws:CurrentTime": "2026-12-01T09:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2026-12-15T09:00:00Z"},
        "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::1/128"]}
    });
    let trust = policy::trust(&full());
    assert_eq!(trust.value()["Statement"][0]["Condition"], expected);
    assert!(!trust.compact().contains("IfExists"));
    assert!(trust.compact().starts_with(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"#));
}

#[test]
fn a_whole_account_is_trusted_by_its_root_arn_and_a_session_name_variable() {
    let ask = RoleRequest { only_me: false, session_is_user: true, ..ask("") };
    let statement = policy::trust(&ask).value()["Statement"][0].clone();
    assert_eq!(statement["Principal"], json!({"AWS": "arn:aws:iam::111122223333:root"}));
    assert_eq!(statement["Condition"]["StringEquals"]["sts:RoleSessionName"], "${aws:username}");
}

#[test]
fn the_role_may_put_objects_and_replace_none() {
    let no_replacing = json!({
        "Sid": "ReplaceNothing", "Effect": "Deny", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::importantprojectbucket/*",
        "Condition": {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}
    });
    let only_tls = json!({
        "Sid": "OnlyOverTls", "Effect": "Deny", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::importantprojectbucket", "arn:aws:s3:::importantprojectbucket/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    });
    let put = json!({
        "Sid": "PutObjects", "Effect": "Allow", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::importantprojectbucket/incoming/*"
    });
    let least = policy::permission(&ask("incoming/")).value();
    assert_eq!(least["Statement"], json!([put, no_replacing, only_tls]));
    let may_replace = policy::permission(&RoleRequest { create_only: false, ..ask("incoming/") }).value();
    assert_eq!(may_replace["Statement"], json!([put, only_tls]));
    let all = policy::permission(&full()).value();
    let actions = json!(["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]);
    assert_eq!(all["Statement"][0]["Action"], actions);
    assert_eq!((&all["Statement"][2], &all["Statement"][3]), (&no_replacing, &only_tls));
}

#[test]
fn dates_and_networks_restrict_every_request() {
    let dates = json!({
        "DateGreaterThanEquals": {"aws:CurrentTime": "2026-12-01T09:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2026-12-15T09:00:00Z"}
    });
    let all = policy::permission(&full()).value();
    let mut put = dates.clone();
    put["IpAddress"] = json!({"aws:SourceIp": ["203.0.113.0/24", "2001:db8::1/128"]});
    assert_eq!(all["Statement"][0]["Condition"], put);
    // S3 calls KMS for the role, from its own addresses.
    let mut key = dates;
    key["StringEquals"] = json!({"kms:ViaService": "s3.eu-west-1.amazonaws.com"});
    key["StringLike"] = json!({"kms:EncryptionContext:aws:s3:arn": [
        "arn:aws:s3:::importantprojectbucket", format!("arn:aws:s3:::importantprojectbucket/{HOSTILE}*")
    ]});
    assert_eq!(all["Statement"][1]["Condition"], key);
}

#[test]
fn a_kms_key_may_be_used_only_for_this_folder() {
    let key: KmsKey = "arn:aws-iso:kms:us-iso-east-1:222233334444:key/1234-ab".parse().expect("a key");
    let who = "arn:aws-iso:iam::111122223333:user/Richard".parse().expect("a user");
    let region = "us-iso-east-1".parse().expect("a region");
    let iso = RoleRequest { who, kms: Kms::Key(key), region: Some(region), ..ask("in/") };
    let statement = policy::permission(&iso).value()["Statement"][1].clone();
    let actions = json!(["kms:GenerateDataKey", "kms:Decrypt"]);
    assert_eq!((&statement["Sid"], &statement["Action"]), (&json!("UseTheBucketsKey"), &actions));
    assert_eq!(statement["Resource"], "arn:aws-iso:kms:us-iso-east-1:222233334444:key/1234-ab");
    // Each partition has its own host suffix, and the region is the key's even if the bucket's is unknown.
    assert_eq!(statement["Condition"]["StringEquals"]["kms:ViaService"], "s3.us-iso-east-1.c2s.ic.gov");
    assert_eq!(policy::permission(&RoleRequest { region: None, ..iso.clone() }).value()["Statement"][1], statement);
    let any = policy::permission(&RoleRequest { kms: Kms::Any, ..ask("in/") }).value();
    let like = json!({"StringLike": {
        "kms:ViaService": "s3.*.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn":
            ["arn:aws:s3:::importantprojectbucket", "arn:aws:s3:::importantprojectbucket/in/*"]
    }});
    assert_eq!(any["Statement"][1]["Condition"], like);
    let elsewhere = RoleRequest { region: Some("us-isob-east-1".parse().expect("a region")), ..iso.clone() };
    assert_eq!(elsewhere.check(), Err(RequestProblem::OtherPartition));
    let far = RoleRequest { region: Some("us-iso-west-1".parse().expect("a region")), ..iso };
    assert_eq!(far.check(), Err(RequestProblem::KeyElsewhere));
}

#[test]
fn wildcards_and_variables_in_a_folder_are_escaped_for_iam() {
    for (text, expected) in
        [("a*b?c", "a${*}b${?}c"), ("${aws:username}", "${$}{aws:username}"), ("$x $", "$x $"), ("ü\"'", "ü\"'")]
    {
        assert_eq!(daypass::policy::arn::escape(text), expected);
    }
}

#[test]
fn a_new_bucket_denies_plain_http_to_all_and_replacing_to_this_role() {
    let role = json!({"aws:PrincipalArn": "arn:aws:iam::*:role/daypass-importantprojectbucket-Richard"});
    let expected = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::importantprojectbucket", "arn:aws:s3:::importantprojectbucket/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "ReplaceNothing", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
         "Resource": "arn:aws:s3:::importantprojectbucket/*",
         "Condition": {"ArnLike": role, "Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}}
    ]});
    assert_eq!(policy::bucket(&full()).value(), expected);
    let rule = json!({"Rules": [{"ID": "daypass-abandoned-parts", "Status": "Enabled", "Filter": {"Prefix": HOSTILE},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]});
    assert_eq!(policy::lifecycle(&full()).map(|rule| rule.value()), Some(rule));
    assert_eq!(policy::lifecycle(&ask("")), None);
}

#[test]
fn the_callers_policy_allows_only_this_role() {
    let role = "arn:aws:iam::222233334444:role/r".parse().expect("a role");
    let expected =
        json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222233334444:role/r"}]);
    assert_eq!(document(vec![allow_caller(&role)]).value()["Statement"], expected);
}

#[test]
fn texts_are_escaped_for_each_format() {
    let odd = "a'b\"c\\d\n\u{7f}ü😀${x}%{y}";
    assert_eq!(Tree::from(odd).compact(), r#""a\u0027b\"c\\d\u000a\u007f\u00fc\ud83d\ude00${x}%{y}""#);
    assert_eq!(Tree::from(odd).yaml(0), "\"a'b\\\"c\\\\d\\n\\u007F\\u00FC\\U0001F600${x}%{y}\"\n");
    assert_eq!(hcl_text(odd), r#""a'b\"c\\d\n\u007F\u00FC\U0001F600$${x}%%{y}""#);
    assert_eq!(toml_text(odd), r#""a\u0027b\"c\\d\u000A\u007F\u00FC\U0001F600\u0024{x}%{y}""#);
    for (text, yaml) in [
        ("yes", "\"yes\""),
        ("NO", "\"NO\""),
        ("n", "\"n\""),
        ("Null", "\"Null\""),
        ("1e3", "\"1e3\""),
        ("2012-10-17", "\"2012-10-17\""),
        ("*", "\"*\""),
        ("", "\"\""),
        ("a: b", "\"a: b\""),
        ("a #b", "\"a #b\""),
        ("a:", "\"a:\""),
        ("- a", "\"- a\""),
        ("AWS::IAM::Role", "AWS::IAM::Role"),
        ("a\nb", "|-\n  a\n  b"),
        (" a\nb", "\" a\\nb\""),
    ] {
        assert_eq!(Tree::from([("k", text.into())]).yaml(0), format!("k: {yaml}\n"));
    }
    let nested = Tree::from([("a", Tree::List(vec![Tree::List(vec![]), Tree::from([("b", true.into())])]))]);
    assert_eq!(nested.yaml(0), "a:\n  - []\n  - b: true\n");
    assert_eq!(nested.json(), "{\n  \"a\": [\n    [],\n    {\n      \"b\": true\n    }\n  ]\n}\n");
}

proptest! {
    #[test]
    fn json_and_toml_round_trip(text in any::<String>()) {
        let tree = Tree::from([("x", text.as_str().into())]);
        for json in [tree.json(), tree.compact()] {
            prop_assert!(json.is_ascii() && !json.contains('\''));
            let value: serde_json::Value = serde_json::from_str(&json)?;
            prop_assert_eq!(value["x"].as_str(), Some(text.as_str()));
        }
        let toml = toml_text(&text);
        prop_assert!(toml.is_ascii() && !toml.contains(['\'', '$', '`', '\n']));
        let table: toml::Table = format!("x = {toml}").parse()?;
        prop_assert_eq!(table["x"].as_str(), Some(text.as_str()));
        prop_assert!(hcl_text(&text).is_ascii() && Tree::from(text.as_str()).yaml(0).is_ascii());
    }
}

#[test]
fn the_template_outputs_the_invitation() {
    let text = print(&full(), KitFormat::CloudFormation, None).expect("a template");
    assert!(text.is_ascii());
    // Fn::Sub expands the outputs, in which the role's ARN is the only variable.
    let outputs = text.split("\nOutputs:\n").nth(1).expect("outputs");
    assert_eq!(outputs.matches("${").count(), 2);
    let role = "arn:aws:iam::222233334444:role/r";
    let outputs = outputs.replace("${UploadRole.Arn}", role);
    let invitation = Invitation::parse(&outputs).expect("an invitation");
    assert_eq!(invitation, full().invitation(role.parse().expect("a role")));
    let link = outputs.split('"').find(|part| part.starts_with("daypass:")).expect("a link");
    assert_eq!(Invitation::parse(link), Ok(invitation));
    for part in [
        "Default: \"yes\"",
        "DeletionPolicy: RetainExceptOnCreate",
        "BlockPublicPolicy: true",
        "VersioningConfiguration:\n        Status: Enabled",
        "- eu-west-1",
    ] {
        assert!(text.contains(part), "{part}");
    }
    // An existing bucket keeps its policy: each resource for a bucket is created only together with the bucket.
    assert_eq!(text.matches("Condition: MakeBucket\n").count(), text.matches("Type: AWS::S3::").count());
}

/// An attacker could replace these values on the way. The stack's name has only the characters that are legal in one.
#[test]
fn every_format_first_shows_the_values_to_compare() {
    let full = RoleRequest { who: "arn:aws:iam::111122223333:user/a.b@c".parse().expect("a user"), ..full() };
    let [(_, principal), (_, resource)] = daypass::grant::terms::to_compare(&full);
    assert_eq!(principal, "arn:aws:iam::111122223333:user/a.b@c");
    for format in [
        KitFormat::CloudFormation,
        KitFormat::Commands,
        KitFormat::PowerShell,
        KitFormat::Terraform,
        KitFormat::Message,
    ] {
        let text = print(&full, format, None).expect("a kit");
        let compare = text.find(kit::COMPARE).or(text.find(words::COMPARE)).expect("the step");
        let first = text.find("CloudFormation").or(text.find("aws iam")).unwrap_or(text.len());
        assert!(compare < first, "{format:?}: the comparison is not the first step");
        assert!(text.contains(&format!("Principal  {principal}")) && text.contains(&format!("Resource   {resource}")));
    }
    let template = print(&full, KitFormat::CloudFormation, None).expect("a template");
    assert_eq!(template.matches(&resource).count(), 3, "the policies contain the same line as shown above them");
    assert_eq!(RoleRequest { role_name: RoleName::for_bucket("b", "a.b@c"), ..full }.stack_name(), "daypass-b-a-b-c");
}

#[test]
fn terraform_templates_are_escaped() {
    let text = print(&full(), KitFormat::Terraform, None).expect("a configuration");
    assert!(text.is_ascii());
    assert_eq!(text.matches("${").count(), text.matches("$${").count() + 2, "only the role's ARN is a template");
    let code: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(code.matches("%{").count(), code.matches("%%{").count());
    assert!(text.contains("\nresource \"aws_s3_bucket_versioning\""));
    // Terraform would replace the settings of an existing bucket, so those resources are only comments.
    let there =
        print(&RoleRequest { new_bucket: false, ..full() }, KitFormat::Terraform, None).expect("a configuration");
    assert!(!there.contains("\nresource \"aws_s3") && there.contains("\n# resource \"aws_s3_bucket_lifecycle"));
    assert!(there.contains("s3:if-none-match"), "the role itself denies replacing");
}

#[test]
fn role_names_differ_between_contractors_of_one_bucket() {
    let name = |bucket: &str, who: &str| RoleName::for_bucket(bucket, who).to_string();
    assert_eq!(name("acme-in", "Richard"), "daypass-acme-in-Richard");
    let (long, user) = ("b".repeat(63), "u".repeat(63));
    let names = [
        name(&long, &format!("{user}1")),
        name(&long, &format!("{user}2")),
        name(&format!("{}x", "b".repeat(62)), &format!("{user}1")),
        name(&long, "Richard"),
    ];
    let different: std::collections::HashSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len());
    for name in &names {
        assert!(name.len() <= 64 && name.parse::<RoleName>().is_ok(), "{name}");
    }
    assert!(names[3].contains("-Richard-"), "{}", names[3]);
    for (who, role) in [
        (
            "arn:aws:sts::111122223333:assumed-role/Dev/richard@example.com",
            "daypass-importantprojectbucket-richard@example.com",
        ),
        ("arn:aws:iam::111122223333:role/ci/deploy", "daypass-importantprojectbucket-deploy"),
        ("111122223333", "daypass-importantprojectbucket-111122223333"),
    ] {
        let bucket = "importantprojectbucket".parse().expect("a bucket");
        let ask = RoleRequest::new(who.parse().expect("a principal"), bucket, ask("").prefix);
        assert_eq!(ask.role_name.as_str(), role);
    }
}

#[test]
fn the_kit_says_exactly_who_gets_access() {
    let said = |who: &str, only_me: bool| {
        let bucket = "importantprojectbucket".parse().expect("a bucket");
        daypass::grant::terms::who(&RoleRequest {
            only_me,
            ..RoleRequest::new(who.parse().expect("a principal"), bucket, ask("").prefix)
        })
    };
    let sso = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/richard@example.com";
    let (session, role) =
        ("arn:aws:sts::111122223333:assumed-role/Dev/Richard", "arn:aws:iam::111122223333:role/ci/deploy");
    assert!(said(sso, true).starts_with("Only richard@example.com "));
    assert!(said("arn:aws:iam::111122223333:user/Richard", true).starts_with("Only Richard "));
    // Anyone who may assume such a role chooses the session's name.
    assert!(said(session, true).starts_with("Everybody ") && said(session, true).contains("the role Dev "));
    assert!(said(role, true).starts_with("Everybody ") && said(role, true).contains("the role deploy "));
    assert!(said("arn:aws:iam::111122223333:user/Richard", false).starts_with("Everybody "));
}

#[test]
fn every_generated_external_id_is_different() {
    let made = || daypass::grant::names::new_external_id().expect("the system has randomness");
    assert_ne!(made(), made());
    assert!(made().as_str().len() == 32 && made().as_str().bytes().all(|b| b.is_ascii_hexdigit()));
}

#[test]
fn powershell_commands_have_balanced_apostrophes() {
    let text = print(&full(), KitFormat::PowerShell, None).expect("commands");
    assert!(text.is_ascii());
    let code: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(code.matches('\'').count() % 2, 0);
    assert!(!text.contains("Müller") && text.contains("Invoke-Aws iam create-role"));
}

#[test]
fn invalid_requests_are_refused() {
    let session: Principal = "arn:aws:sts::111122223333:assumed-role/Sso/Richard".parse().expect("a session");
    let short: Principal = "arn:aws:iam::111122223333:user/R".parse().expect("a user");
    let secret = "Acme: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned();
    let nets = |count: u8| (0..count).map(|n| format!("203.0.113.{n}/32").parse().expect("a network")).collect();
    for (ask, problem) in [
        (RoleRequest { who: "111122223333".parse().expect("an account"), ..ask("") }, RequestProblem::NotOnePerson),
        (RoleRequest { who: session.clone(), session_is_user: true, ..ask("") }, RequestProblem::NoUserName),
        // A session gives no code, even if its whole account is trusted. A session's name has at least two characters.
        (RoleRequest { who: session.clone(), mfa: true, ..ask("") }, RequestProblem::SessionMfa),
        (RoleRequest { who: session, only_me: false, mfa: true, ..ask("") }, RequestProblem::SessionMfa),
        (
            RoleRequest { who: "arn:aws:iam::111122223333:role/ci".parse().expect("a role"), mfa: true, ..ask("") },
            RequestProblem::SessionMfa,
        ),
        (RoleRequest { source_ips: nets(65), ..ask("") }, RequestProblem::TooManyNetworks),
        (RoleRequest { who: short, session_is_user: true, ..ask("") }, RequestProblem::NameTooShort),
        (RoleRequest { customer: secret, ..ask("") }, RequestProblem::Secret),
        (
            RoleRequest { not_before: Some(Utc(2_000_000_000)), not_after: Some(Utc(2_000_000_000)), ..ask("") },
            RequestProblem::NoTime,
        ),
        (RoleRequest { seconds: 900, ..ask("") }, RequestProblem::Seconds),
        (RoleRequest { mfa_max_age: Some(3600), ..ask("") }, RequestProblem::MfaAge),
        (RoleRequest { abort_days: Some(0), ..ask("") }, RequestProblem::AbortDays),
        (RoleRequest { new_bucket: true, ..ask("") }, RequestProblem::RegionNeeded),
        (
            RoleRequest {
                new_bucket: true,
                region: Some("us-east-1".parse().expect("a region")),
                bucket: "My_Bucket".parse().expect("a bucket"),
                ..ask("")
            },
            RequestProblem::LegacyName,
        ),
        (
            RoleRequest { region: Some("cn-north-1".parse().expect("a region")), ..ask("") },
            RequestProblem::OtherPartition,
        ),
        (
            RoleRequest {
                external_id: Some("x".repeat(1224).parse().expect("an id")),
                source_ips: nets(64),
                ..ask("")
            },
            RequestProblem::TrustTooLong(2592),
        ),
    ] {
        assert_eq!(ask.check(), Err(problem));
        assert_eq!(print(&ask, KitFormat::Json, None), Err(problem));
        assert!(daypass::grant::words::ask_problem(problem).ends_with('.'));
    }
    assert_eq!(print(&ask(""), KitFormat::Invitation, None), Err(RequestProblem::RoleNeeded));
    assert_eq!(full().check(), Ok(()));
}

#[test]
fn principals_networks_and_names_are_parsed_strictly() {
    for (text, back) in [
        ("111122223333", Some("arn:aws:iam::111122223333:root")),
        (" 1111 2222 3333 ", Some("arn:aws:iam::111122223333:root")),
        ("arn:aws:iam::111122223333:user/a/b/Ri+ch", Some("arn:aws:iam::111122223333:user/a/b/Ri+ch")),
        ("arn:aws-cn:sts::111122223333:assumed-role/R/S", Some("arn:aws-cn:sts::111122223333:assumed-role/R/S")),
        ("arn:aws:iam::111122223333:user/*", None),
        ("arn:aws:iam::*:user/Richard", None),
        ("*", None),
        ("arn:aws:iam::111122223333:user/Ríchard", None),
        ("arn:aws:iam::111122223333:user/${aws:username}", None),
        ("arn:aws:iam::111122223333:role/a/R", Some("arn:aws:iam::111122223333:role/a/R")),
        ("arn:aws:iam::111122223333:role/", None),
        ("arn:aws:iam::111122223333:role/*", None),
        ("arn:aws-foo-bar:iam::111122223333:user/R", None),
        ("arn:aws:iam::111122223333:user/", None),
        ("arn:aws:iam::11112222333:user/R", None),
        ("arn:evil:iam::111122223333:user/R", None),
        ("١١١١٢٢٢٢٣٣٣٣", None),
    ] {
        assert_eq!(text.parse::<Principal>().ok().map(|who| who.to_string()).as_deref(), back, "{text}");
    }
    let account = "111122223333".parse().expect("an account");
    let richard = Principal::user(&account, " Richard ").map(|who| who.to_string());
    assert_eq!(richard.as_deref(), Ok("arn:aws:iam::111122223333:user/Richard"));
    assert_eq!(Principal::user(&account, "a b"), Err(FormProblem::Form));
    for (text, back) in [
        ("203.0.113.9/24", Ok("203.0.113.0/24")),
        ("203.0.113.9", Ok("203.0.113.9/32")),
        ("2001:db8:ff::/33", Ok("2001:db8::/33")),
        ("0.0.0.0/0", Err(FormProblem::Everyone)),
        ("::/0", Err(FormProblem::Everyone)),
        ("192.168.1.0/24", Err(FormProblem::Private)),
        ("fe80::1", Err(FormProblem::Private)),
        ("11.0.0.0/7", Err(FormProblem::Private)),
        ("2001:db8::/1", Err(FormProblem::Private)),
        ("203.0.113.0/33", Err(FormProblem::Form)),
        ("203.0.113.0/+8", Err(FormProblem::Form)),
        ("203.0.113.0/", Err(FormProblem::Form)),
        ("203.0.113/24", Err(FormProblem::Form)),
        ("example.com", Err(FormProblem::Form)),
    ] {
        let read = text.parse::<Cidr>().map(|net| net.to_string());
        assert_eq!(read, back.map(str::to_owned), "{text}");
    }
    for (name, legal) in
        [("-x+=,.@_R", true), ("", false), ("a b", false), ("ü", false), ("a/b", false), ("a'b", false)]
    {
        assert_eq!(name.parse::<RoleName>().is_ok(), legal, "{name}");
    }
    assert!("x".repeat(65).parse::<RoleName>().is_err());
    assert_eq!("wJalrXUtnFEMI+K7MDENG+bPxRfiCYEXAMPLEKEY".parse::<RoleName>(), Err(FormProblem::Secret));
    assert_eq!("arn:aws:kms:eu-west-1:111122223333:alias/x".parse::<KmsKey>(), Err(FormProblem::Alias));
    assert_eq!("arn:aws:kms:eu-west-1:111122223333:key/*".parse::<KmsKey>(), Err(FormProblem::Form));
    assert!("arn:aws:kms:eu-west-1:111122223333:key/mrk-12ab".parse::<KmsKey>().is_ok());
}
