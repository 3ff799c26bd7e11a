//! The customer's kit: its policies value by value, its escaping, and what it refuses to ask for.

use daypass::grant::names::Odd;
use daypass::grant::tree::{Tree, hcl_text, toml_text};
use daypass::grant::{Ask, AskProblem, Cidr, Format, Invitation, Kms, KmsKey, Principal, RoleName, policy, print};
use daypass::time::Utc;
use daypass::words;
use proptest::prelude::*;
use serde_json::json;

/// What is legal in a name and means something to YAML, TOML, HCL, a shell or CloudFormation.
pub const HOSTILE: &str = "it's \"a\" $x {y} `b` %{z} $(id) ü;&|<>#~/";

pub fn ask(prefix: &str) -> Ask {
    let who = "arn:aws:iam::111122223333:user/Richard".parse().expect("a user");
    Ask::new(who, "importantprojectbucket".parse().expect("a bucket"), prefix.parse().expect("a folder"))
}

pub fn full() -> Ask {
    Ask {
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
fn the_least_trust_names_one_user() {
    let expected = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/Richard"},
        "Action": "sts:AssumeRole"
    }]});
    assert_eq!(policy::trust(&ask("incoming/")).value(), expected);
}

#[test]
fn every_condition_of_trust_is_plain() {
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
fn a_whole_account_is_its_root_arn_and_sessions_are_named_by_variable() {
    let ask = Ask { only_me: false, session_is_user: true, ..ask("") };
    let statement = policy::trust(&ask).value()["Statement"][0].clone();
    assert_eq!(statement["Principal"], json!({"AWS": "arn:aws:iam::111122223333:root"}));
    assert_eq!(statement["Condition"]["StringEquals"]["sts:RoleSessionName"], "${aws:username}");
}

#[test]
fn the_role_may_put_and_nothing_else() {
    let expected = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "PutObjects", "Effect": "Allow", "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::importantprojectbucket/incoming/*"
    }]});
    assert_eq!(policy::permission(&ask("incoming/")).value(), expected);
    let all = policy::permission(&full()).value();
    let actions = json!(["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]);
    assert_eq!(all["Statement"][0]["Action"], actions);
    let key = json!({
        "Sid": "UseTheBucketsKey", "Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
        "Resource": "arn:aws:kms:eu-west-1:222233334444:key/1234-ab",
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    });
    assert_eq!(all["Statement"][1], key);
    let any = policy::permission(&Ask { kms: Kms::Any, ..ask("") }).value();
    assert_eq!(any["Statement"][1]["Condition"], json!({"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}));
}

#[test]
fn patterns_in_a_folder_are_letters_to_iam() {
    for (text, expected) in
        [("a*b?c", "a${*}b${?}c"), ("${aws:username}", "${$}{aws:username}"), ("$x $", "$x $"), ("ü\"'", "ü\"'")]
    {
        assert_eq!(policy::literal(text), expected);
    }
}

#[test]
fn the_bucket_denies_this_role_alone() {
    let role = json!({"aws:PrincipalArn": "arn:aws:iam::*:role/daypass-importantprojectbucket"});
    let expected = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": ["arn:aws:s3:::importantprojectbucket", "arn:aws:s3:::importantprojectbucket/*"],
         "Condition": {"ArnLike": role, "Bool": {"aws:SecureTransport": "false"}}},
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
fn the_contractors_side_is_narrow_too() {
    let role = "arn:aws:iam::222233334444:role/r".parse().expect("a role");
    let expected =
        json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222233334444:role/r"}]);
    assert_eq!(policy::caller(&role).value()["Statement"], expected);
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
    fn json_and_toml_come_back_whole(text in any::<String>()) {
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
fn the_template_answers_with_the_invitation() {
    let text = print(&full(), Format::CloudFormation, None).expect("a template");
    assert!(text.is_ascii());
    // CloudFormation's Fn::Sub reads what stands in the outputs: there its one variable is the role's ARN.
    let outputs = text.split("\nOutputs:\n").nth(1).expect("outputs");
    assert_eq!(outputs.matches("${").count(), 2);
    let role = "arn:aws:iam::222233334444:role/r";
    let outputs = outputs.replace("${UploadRole.Arn}", role);
    let invitation = Invitation::parse(&outputs).expect("an invitation");
    assert_eq!(invitation, full().invitation(role.parse().expect("a role")));
    let link = outputs.split('"').find(|part| part.starts_with("daypass:")).expect("a link");
    assert_eq!(Invitation::parse(link), Ok(invitation));
    for part in ["Default: \"yes\"", "CAPABILITY", "DeletionPolicy: Retain", "BlockPublicPolicy: true", "- eu-west-1"] {
        assert_eq!(text.contains(part), part != "CAPABILITY", "{part}");
    }
}

#[test]
fn terraform_escapes_its_templates() {
    let text = print(&full(), Format::Terraform, None).expect("a configuration");
    assert!(text.is_ascii());
    assert_eq!(text.matches("${").count(), text.matches("$${").count() + 2, "only the role's ARN is a template");
    assert_eq!(text.matches("%{").count(), text.matches("%%{").count());
    let there = print(&Ask { new_bucket: false, ..full() }, Format::Terraform, None).expect("a configuration");
    assert_eq!(there.matches(" = var.replace_bucket_settings ? 1 : 0").count(), 2);
}

/// Runs the commands for bash against a stand-in that writes down its arguments.
#[cfg(unix)]
#[test]
fn the_commands_hand_every_value_over_whole() -> std::io::Result<()> {
    let full = Ask { role_name: "-x+=,.@".parse().expect("a name"), ..full() };
    let dir = tempfile::tempdir()?;
    let stand_in = "aws() { printf '%s\\037' \"$@\" >> log; printf '\\036' >> log; case \"$2\" in create-role) echo \
                    arn:aws:iam::222233334444:role/r;; get-*) echo NoSuchBucketPolicy NoSuchLifecycleConfiguration \
                    >&2; return 255;; esac; }\n";
    let script = stand_in.to_owned() + &print(&full, Format::Commands, None).expect("commands");
    let out = std::process::Command::new("sh").arg("-c").arg(script).current_dir(dir.path()).output()?;
    assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
    let printed = String::from_utf8_lossy(&out.stdout).into_owned();
    let role = "arn:aws:iam::222233334444:role/r".parse().expect("a role");
    assert_eq!(Invitation::parse(&printed), Ok(full.invitation(role)));
    let log = std::fs::read_to_string(dir.path().join("log"))?;
    let calls: Vec<Vec<&str>> = log.split_terminator('\u{1e}').map(|call| call.split('\u{1f}').collect()).collect();
    let names: Vec<&str> = calls.iter().map(|call| call[1]).collect();
    let expected = [
        "create-bucket",
        "put-public-access-block",
        "create-role",
        "put-role-policy",
        "get-bucket-policy",
        "put-bucket-policy",
        "get-bucket-lifecycle-configuration",
        "put-bucket-lifecycle-configuration",
    ];
    assert_eq!(names, expected);
    assert!(calls[2].contains(&"--role-name=-x+=,.@"));
    let trees = [policy::trust(&full), policy::permission(&full), policy::bucket(&full)];
    for (call, tree) in [2, 3, 5].into_iter().zip(trees) {
        let json = calls[call].iter().find(|arg| arg.starts_with('{')).expect("a document");
        assert_eq!(serde_json::from_str::<serde_json::Value>(json)?, tree.value());
    }
    Ok(())
}

#[test]
fn powershell_has_no_stray_apostrophe() {
    let text = print(&full(), Format::PowerShell, None).expect("commands");
    assert!(text.is_ascii());
    assert_eq!(text.matches('\'').count() % 2, 0);
    assert!(!text.contains("Müller") && text.contains("Invoke-Aws iam create-role"));
}

#[test]
fn what_does_not_hold_is_named() {
    let session: Principal = "arn:aws:sts::111122223333:assumed-role/Sso/Richard".parse().expect("a session");
    let short: Principal = "arn:aws:iam::111122223333:user/R".parse().expect("a user");
    let secret = "Acme: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned();
    let nets = (0..100).map(|n| format!("203.0.113.{n}/32").parse().expect("a network")).collect();
    for (ask, problem) in [
        (Ask { who: "111122223333".parse().expect("an account"), ..ask("") }, AskProblem::NotOnePerson),
        (Ask { who: session.clone(), session_is_user: true, ..ask("") }, AskProblem::NoUserName),
        // A session gives no code, neither alone nor as one of its account; a session's name has two characters.
        (Ask { who: session.clone(), mfa: true, ..ask("") }, AskProblem::SessionMfa),
        (Ask { who: session, only_me: false, mfa: true, ..ask("") }, AskProblem::SessionMfa),
        (Ask { who: short, session_is_user: true, ..ask("") }, AskProblem::NameTooShort),
        (Ask { customer: secret, ..ask("") }, AskProblem::Secret),
        (
            Ask { not_before: Some(Utc(2_000_000_000)), not_after: Some(Utc(2_000_000_000)), ..ask("") },
            AskProblem::NoTime,
        ),
        (Ask { seconds: 900, ..ask("") }, AskProblem::Seconds),
        (Ask { mfa_max_age: Some(3600), ..ask("") }, AskProblem::MfaAge),
        (Ask { abort_days: Some(0), ..ask("") }, AskProblem::AbortDays),
        (Ask { new_bucket: true, ..ask("") }, AskProblem::RegionNeeded),
        (Ask { region: Some("cn-north-1".parse().expect("a region")), ..ask("") }, AskProblem::OtherPartition),
        (
            Ask { external_id: Some("x".repeat(1224).parse().expect("an id")), source_ips: nets, ..ask("") },
            AskProblem::TrustTooLong(3240),
        ),
    ] {
        assert_eq!(ask.check(), Err(problem));
        assert_eq!(print(&ask, Format::Json, None), Err(problem));
        assert!(words::grant::ask_problem(problem).ends_with('.'));
    }
    assert_eq!(print(&ask(""), Format::Invitation, None), Err(AskProblem::RoleNeeded));
    assert_eq!(full().check(), Ok(()));
}

#[test]
fn names_of_the_kit_are_read_strictly() {
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
        ("arn:aws:iam::111122223333:role/R", None),
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
    assert_eq!(Principal::user(&account, "a b"), Err(Odd::Form));
    for (text, back) in [
        ("203.0.113.9/24", Ok("203.0.113.0/24")),
        ("203.0.113.9", Ok("203.0.113.9/32")),
        ("2001:db8:ff::/33", Ok("2001:db8::/33")),
        ("0.0.0.0/0", Err(Odd::Everyone)),
        ("::/0", Err(Odd::Everyone)),
        ("192.168.1.0/24", Err(Odd::Private)),
        ("fe80::1", Err(Odd::Private)),
        ("11.0.0.0/7", Err(Odd::Private)),
        ("2001:db8::/1", Err(Odd::Private)),
        ("203.0.113.0/33", Err(Odd::Form)),
        ("203.0.113.0/+8", Err(Odd::Form)),
        ("203.0.113.0/", Err(Odd::Form)),
        ("203.0.113/24", Err(Odd::Form)),
        ("example.com", Err(Odd::Form)),
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
    assert_eq!("wJalrXUtnFEMI+K7MDENG+bPxRfiCYEXAMPLEKEY".parse::<RoleName>(), Err(Odd::Secret));
    assert_eq!("arn:aws:kms:eu-west-1:111122223333:alias/x".parse::<KmsKey>(), Err(Odd::Alias));
    assert_eq!("arn:aws:kms:eu-west-1:111122223333:key/*".parse::<KmsKey>(), Err(Odd::Form));
    assert!("arn:aws:kms:eu-west-1:111122223333:key/mrk-12ab".parse::<KmsKey>().is_ok());
}
