//! Tests which names of AWS resources are accepted, and why others are rejected.

mod any;
mod places;

use daypass::model::names::{AccountId, ExternalId, MfaSerial, NameProblem, Partition, RoleArn, RoleSessionName};

/// The example secret of Amazon's documentation, which is no real key.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub const ROLE: &str = "arn:aws:iam::222222222222:role/importantproject-contractorA-bucket-put";

fn role(text: &str) -> Result<String, NameProblem> {
    RoleArn::from_pasted(text).map(String::from)
}

pub fn parsed<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect(text)
}

#[test]
fn a_role_is_accepted_as_people_paste_it() {
    for text in [
        format!("{ROLE}\n"),
        format!("  \"{ROLE}\"  "),
        format!("“{ROLE}”,"),
        format!("\u{feff}{ROLE}\u{200b}"),
        format!("\u{a0}{ROLE}\u{a0}"),
        format!("Role ARN: {ROLE}"),
        format!("role_arn = {ROLE}"),
        format!("roleArn: '{ROLE}'"),
        format!("      \"Resource\": \"{ROLE}\","),
        format!("{{\"Principal\": {{\"AWS\": \"arn:aws:iam::111111111111:user/Richard\"}}, \"Resource\": \"{ROLE}\"}}"),
        format!("{ROLE}\nExternal ID: abc"),
        "arn:aws:iam::222222222222:\n  role/importantproject-contractorA-bucket-put".to_owned(),
        "arn:aws:iam:: 222222222222 :role/importantproject-contractorA-bucket-put".to_owned(),
        ROLE.replace("arn:aws:iam", "ARN:AWS:IAM"),
        "https://signin.aws.amazon.com/switchrole?account=222222222222&roleName=importantproject-contractorA-bucket-put&displayName=x".to_owned(),
        "signin.aws.amazon.com/switchrole?roleName=importantproject-contractorA-bucket-put&account=2222-2222-2222".to_owned(),
        "<https://us-east-1.signin.aws.amazon.com/switchrole?account=222222222222&roleName=importantproject-contractorA-bucket-put>".to_owned(),
    ] {
        assert_eq!(role(&text).as_deref(), Ok(ROLE), "{text}");
    }
    let link = |host: &str| role(&format!("https://{host}/switchrole?account=222222222222&roleName=team%2Fput"));
    assert_eq!(link("signin.aws.amazon.com").as_deref(), Ok("arn:aws:iam::222222222222:role/team/put"));
    assert_eq!(link("signin.amazonaws-us-gov.com").as_deref(), Ok("arn:aws-us-gov:iam::222222222222:role/team/put"));
    assert_eq!(link("signin.amazonaws.cn").as_deref(), Ok("arn:aws-cn:iam::222222222222:role/team/put"));
    assert_eq!(
        link("eusc-de-east-1.signin.amazonaws-eusc.eu").as_deref(),
        Ok("arn:aws-eusc:iam::222222222222:role/team/put")
    );
}

#[test]
fn a_rejected_role_is_reported_as_what_it_is_instead() {
    let account = |resource: &str| format!("arn:aws:iam::222222222222:{resource}");
    let guess = || parsed::<RoleArn>("arn:aws:iam::222222222222:role/put");
    for (text, why) in [
        (String::new(), NameProblem::Empty),
        (" \u{200b}\n ".into(), NameProblem::Empty),
        ("put".into(), NameProblem::RoleNameAlone),
        ("the role, please".into(), NameProblem::Character(' ')),
        ("arn:aws:iam".into(), NameProblem::ArnIncomplete),
        (account("role/"), NameProblem::ArnIncomplete),
        (account("user/Richard"), NameProblem::UserArn),
        (account("root"), NameProblem::RootArn),
        (account("group/all"), NameProblem::GroupArn),
        (account("policy/put"), NameProblem::PolicyArn),
        (account("instance-profile/put"), NameProblem::InstanceProfileArn),
        (account("mfa/Richard"), NameProblem::MfaArn),
        ("arn:aws:sts::222222222222:federated-user/x".into(), NameProblem::UserArn),
        (
            "arn:aws:sts::222222222222:assumed-role/put/Richard".into(),
            NameProblem::AssumedRoleArn { role_guess: Some(guess()) },
        ),
        (
            "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_Put_0123/Richard".into(),
            NameProblem::AssumedRoleArn { role_guess: None },
        ),
        ("arn:aws-xx:iam::222222222222:role/put".into(), NameProblem::OtherPartition),
        ("arn:aws:s3:::importantprojectbucket".into(), NameProblem::OtherService),
        ("arn:aws:iam::22222222222:role/put".into(), NameProblem::ArnAccount),
        ("arn:aws:iam::22222222222O:role/put".into(), NameProblem::ArnAccount),
        ("arn:aws:iam:eu-west-1:222222222222:role/put".into(), NameProblem::NotOfTheForm),
        // A Cyrillic `а` in the partition, and one in the role's name.
        ("arn:\u{430}ws:iam::222222222222:role/put".into(), NameProblem::Character('\u{430}')),
        ("arn:aws:iam::222222222222:role/p\u{430}t".into(), NameProblem::Character('\u{430}')),
        (account("role/$(put)"), NameProblem::Character('$')),
        (account("role/a*/put"), NameProblem::Character('*')),
        (account("role//put"), NameProblem::EmptySegment),
        (account(&format!("role/{}", "x".repeat(65))), NameProblem::RoleNameTooLong),
        (account(&format!("role/{}/x", "p".repeat(511))), NameProblem::RolePathTooLong),
        (account("role/put\nmore"), NameProblem::MoreAfterArn { role_guess: guess() }),
        (account("role/put more"), NameProblem::MoreAfterArn { role_guess: guess() }),
        (format!("{} {}", account("role/a"), account("role/b")), NameProblem::SeveralRoles),
        (
            "https://signin.aws.amazon.com/switchrole?account=acme&roleName=put".into(),
            NameProblem::SwitchRoleAlias { alias: Some("acme".into()) },
        ),
        (
            "https://signin.aws.amazon.com.evil.example/switchrole?account=222222222222&roleName=put".into(),
            NameProblem::OtherLink,
        ),
        (
            "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/put".into(),
            NameProblem::ConsoleLink,
        ),
        (SECRET.into(), NameProblem::LooksLikeSecret),
        (format!("aws_secret_access_key={SECRET}"), NameProblem::LooksLikeSecret),
        ("AKIAIOSFODNN7EXAMPLE".into(), NameProblem::LooksLikeAccessKey),
    ] {
        assert_eq!(role(&text), Err(why), "{text}");
    }
}

#[test]
fn the_strict_grammar_tolerates_nothing() {
    for text in [format!(" {ROLE}"), format!("{ROLE}\n"), format!("\"{ROLE}\""), ROLE.to_uppercase()] {
        assert!(text.parse::<RoleArn>().is_err(), "{text}");
        assert!(serde_json::from_value::<RoleArn>(text.into()).is_err());
    }
    let role: RoleArn = parsed("arn:aws-us-gov:iam::222222222222:role/a/b/put");
    assert_eq!((role.role_name(), role.path(), role.partition()), ("put", "/a/b/", Partition::AwsUsGov));
    assert_eq!(parsed::<RoleArn>(ROLE).path(), "/");
    assert_eq!(role.account().spaced(), "2222 2222 2222");
}

#[test]
fn accounts_external_ids_and_mfa_devices_are_validated() {
    for text in [
        "111122223333",
        "1111 2222 3333",
        "1111-2222-3333",
        " Account: 111122223333 ",
        "arn:aws:iam::111122223333:root",
    ] {
        assert_eq!(AccountId::from_pasted(text).expect(text).as_str(), "111122223333");
    }
    assert_eq!(AccountId::from_pasted("11112222333"), Err(NameProblem::TooShort { min: 12, max: 12 }));
    assert_eq!(AccountId::from_pasted("11112222333x"), Err(NameProblem::Character('x')));
    // Arabic-Indic digits are digits to Unicode, not to Amazon.
    assert_eq!(AccountId::from_pasted("١١١١٢٢٢٢٣٣٣٣"), Err(NameProblem::Character('١')));

    assert_eq!(ExternalId::from_pasted(" a:b/c-1\n").expect("an external id").as_str(), "a:b/c-1");
    assert_eq!(ExternalId::from_pasted("a"), Err(NameProblem::TooShort { min: 2, max: 1224 }));
    assert_eq!(ExternalId::from_pasted("a b"), Err(NameProblem::Character(' ')));
    assert_eq!(ExternalId::from_pasted(SECRET), Err(NameProblem::LooksLikeSecret));
    assert!(SECRET.parse::<ExternalId>().is_ok(), "a customer may have chosen 40 random characters");
    assert!(ExternalId::from_pasted("3f2c9b1e-0d4a-4c55-9b1e-6a7d8e9f0a1b").is_ok());
    assert!(ExternalId::from_pasted("da39a3ee5e6b4b0d3255bfef95601890afd80709").is_ok(), "a SHA-1 is no secret key");

    let device: MfaSerial = parsed("arn:aws:iam::111111111111:mfa/Richard");
    assert_eq!(MfaSerial::from_pasted(" \"arn:aws:iam::111111111111:mfa/Richard\" "), Ok(device.clone()));
    assert!(MfaSerial::from_pasted("GAHT12345678").is_ok());
    assert_eq!(
        MfaSerial::from_pasted("arn:aws:iam::111111111111:user/Richard"),
        Err(NameProblem::MfaUserArn { guess: Some(device) })
    );
    assert_eq!(MfaSerial::from_pasted("arn:aws:iam::111111111111:u2f/user/R/key"), Err(NameProblem::MfaWithoutCode));
    assert_eq!(MfaSerial::from_pasted("123456"), Err(NameProblem::LooksLikeCode));
    assert_eq!(MfaSerial::from_pasted(ROLE), Err(NameProblem::NotOfTheForm));

    for (text, name) in [
        ("Richard", "Richard"),
        ("Zoë Müller", "Zo-M-ller"),
        ("  a//b  ", "a-b"),
        ("a--b", "a--b"),
        ("-richard-", "-richard-"),
        ("a b-", "a-b"),
        ("", "daypass"),
        ("日本", "daypass"),
        ("x", "daypass"),
        (SECRET, "daypass"),
    ] {
        assert_eq!(RoleSessionName::cleaned_from(text).as_str(), name, "{text}");
    }
    assert!("ContractorTwentyTwentySixUploadSession01".parse::<RoleSessionName>().is_ok());
    assert_eq!(SECRET.replace('/', "a").parse::<RoleSessionName>(), Err(NameProblem::LooksLikeSecret));
}
