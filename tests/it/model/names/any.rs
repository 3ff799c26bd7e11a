//! Tests names with arbitrary text: nothing panics, names round-trip, and no secret is kept.

use daypass::model::names::{
    AccountId, Bucket, ExternalId, KeyPrefix, MfaSerial, NameProblem, ObjectKey, Region, RoleArn, RoleSessionName,
    bucket_and_prefix_from_pasted, looks_like_secret,
};
use daypass::words::names::{Field, name_problem};
use proptest::prelude::*;

fn problems(text: &str) -> Vec<(Field, NameProblem)> {
    let mut out = Vec::new();
    let mut note = |field, why: Option<NameProblem>| out.extend(why.map(|why| (field, why)));
    note(Field::Role, RoleArn::from_pasted(text).err());
    note(Field::Bucket, bucket_and_prefix_from_pasted(text).err());
    note(Field::Bucket, Bucket::from_pasted(text).err());
    note(Field::Folder, KeyPrefix::from_pasted(text).err());
    note(Field::ExternalId, ExternalId::from_pasted(text).err());
    note(Field::Mfa, MfaSerial::from_pasted(text).err());
    note(Field::Account, AccountId::from_pasted(text).err());
    note(Field::SessionName, RoleSessionName::from_pasted(text).err());
    note(Field::Region, Region::from_pasted(text).err());
    out
}

fn stays<T>(text: &str)
where
    T: std::str::FromStr<Err = NameProblem>
        + std::fmt::Display
        + PartialEq
        + std::fmt::Debug
        + serde::Serialize
        + serde::de::DeserializeOwned,
{
    if let Ok(name) = text.parse::<T>() {
        assert_eq!(name.to_string(), text);
        let json = serde_json::to_string(&name).expect("names are text");
        assert_eq!(serde_json::from_str::<T>(&json).expect("what was written is read"), name);
    }
}

/// Any text, and texts near to names.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(arn:)?(aws|aws-cn|x)?:(iam|sts|s3)?:{1,2}[0-9]{0,13}:?(role|user|assumed-role|mfa)?/?[ -~é\n]{0,40}",
        "(https://)?[a-z0-9.-]{0,20}(signin.aws.amazon.com|s3.eu-west-1.amazonaws.com|console.aws.amazon.com)/[ -~]{0,60}",
        "[a-z0-9./-]{0,70}",
        "[A-Za-z0-9/+]{39,41}",
        "[a-z]{2}-[a-z]{2,9}-[0-9]{1,3}",
    ]
}

proptest! {
    #[test]
    fn no_text_panics_and_parsed_names_round_trip(text in anything()) {
        for (field, why) in problems(&text) {
            prop_assert!(name_problem(field, &why).ends_with('.'));
        }
        stays::<RoleArn>(&text);
        stays::<AccountId>(&text);
        stays::<ExternalId>(&text);
        stays::<RoleSessionName>(&text);
        stays::<Bucket>(&text);
        stays::<KeyPrefix>(&text);
        stays::<ObjectKey>(&text);
        stays::<Region>(&text);
        stays::<MfaSerial>(&text);
        if let Ok(role) = RoleArn::from_pasted(&text) {
            prop_assert_eq!(role.as_str().parse::<RoleArn>(), Ok(role.clone()));
            prop_assert_eq!(role.account().as_str().len(), 12);
            let end = [role.path(), role.role_name()].concat();
            prop_assert!(role.as_str().ends_with(&end));
        }
        if let Ok(prefix) = KeyPrefix::from_pasted(&text) {
            prop_assert_eq!(KeyPrefix::from_pasted(prefix.as_str()), Ok(prefix.clone()));
            prop_assert_eq!(prefix.as_str().parse::<KeyPrefix>(), Ok(prefix));
        }
        let name = RoleSessionName::cleaned_from(&text);
        prop_assert_eq!(name.as_str().parse::<RoleSessionName>(), Ok(name.clone()));
    }

    #[test]
    fn a_key_always_lies_in_its_folder(prefix in "[a-z./]{0,12}", rest in "[a-z./\\\\ ]{0,12}") {
        if let Ok(prefix) = KeyPrefix::from_pasted(&prefix)
            && let Ok(key) = ObjectKey::new(&prefix, &rest)
        {
            prop_assert!(key.as_str().starts_with(prefix.as_str()));
            prop_assert!(key.as_str().split(['/', '\\']).all(|segment| segment != ".."));
        }
    }

    #[test]
    fn no_secret_is_kept_or_shown(secret in "[A-Za-z0-9/+]{40}", around in 0..4_u8) {
        prop_assume!(looks_like_secret(&secret));
        let text = match around {
            0 => secret.clone(),
            1 => format!(" \"{secret}\"\n"),
            2 => format!("aws_secret_access_key = {secret}"),
            _ => format!("key: {secret} thanks"),
        };
        let met = problems(&text);
        prop_assert_eq!(met.len(), 9, "every field refuses it");
        for (field, why) in met {
            prop_assert_eq!(&why, &NameProblem::LooksLikeSecret);
            prop_assert!(!name_problem(field, &why).contains(&secret[..12]));
        }
    }
}

#[test]
fn nearly_every_random_secret_is_recognized() {
    // A fixed generator makes the count the same in every run.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        alphabet[usize::try_from(state >> 58).expect("6 bits")] as char
    };
    let secrets = (0..10_000).map(|_| (0..40).map(|_| next()).collect::<String>());
    let known = secrets.filter(|secret| looks_like_secret(secret)).count();
    assert!(known >= 9_990, "{known} of 10,000");
}
