//! What people are told about an invalid name.

use crate::model::names::{ROLE, parsed};
use daypass::model::names::{MfaSerial, NameProblem, RoleArn};
use daypass::words::names::{Field, name_problem};

/// Returns one of each problem. A new variant does not compile until the match has a line for it.
fn every_problem() -> Vec<NameProblem> {
    use NameProblem as P;
    let role: RoleArn = parsed(ROLE);
    let device: MfaSerial = parsed("arn:aws:iam::111111111111:mfa/Richard");
    let all = vec![
        P::Empty,
        P::NotOfTheForm,
        P::TooShort { min: 3, max: 63 },
        P::TooShort { min: 12, max: 12 },
        P::TooLong { min: 2, max: 64 },
        P::Character(' '),
        P::Character('\n'),
        P::Character('$'),
        P::Character('\u{430}'),
        P::Character('\u{202e}'),
        P::LooksLikeSecret,
        P::LooksLikeAccessKey,
        P::LooksLikeCode,
        P::NotAnArn,
        P::RoleNameAlone,
        P::ArnIncomplete,
        P::OtherPartition,
        P::OtherService,
        P::ArnAccount,
        P::UserArn,
        P::RootArn,
        P::GroupArn,
        P::PolicyArn,
        P::InstanceProfileArn,
        P::MfaArn,
        P::AssumedRoleArn { role_guess: Some(role.clone()) },
        P::AssumedRoleArn { role_guess: None },
        P::RoleNameTooLong,
        P::RolePathTooLong,
        P::SeveralRoles,
        P::MoreAfterArn { role_guess: role },
        P::SwitchRoleAlias { alias: Some("acme".into()) },
        P::SwitchRoleAlias { alias: None },
        P::ConsoleLink,
        P::OtherLink,
        P::BucketEdge,
        P::BucketTwoDots,
        P::BucketIsAnAddress,
        P::BucketReserved("xn--"),
        P::DirectoryBucket,
        P::AccessPointArn,
        P::FolderBesideBucket,
        P::BucketBesideFolder,
        P::DotDot,
        P::EmptySegment,
        P::Backslash,
        P::Wildcard('*'),
        P::MfaUserArn { guess: Some(device) },
        P::MfaUserArn { guess: None },
        P::MfaWithoutCode,
    ];
    let number = |problem: &P| match problem {
        P::Empty => 0,
        P::NotOfTheForm => 1,
        P::TooShort { .. } => 2,
        P::TooLong { .. } => 3,
        P::Character(_) => 4,
        P::LooksLikeSecret => 5,
        P::LooksLikeAccessKey => 6,
        P::LooksLikeCode => 7,
        P::NotAnArn => 8,
        P::RoleNameAlone => 9,
        P::ArnIncomplete => 10,
        P::OtherPartition => 11,
        P::OtherService => 12,
        P::ArnAccount => 13,
        P::UserArn => 14,
        P::RootArn => 15,
        P::GroupArn => 16,
        P::PolicyArn => 17,
        P::InstanceProfileArn => 18,
        P::MfaArn => 19,
        P::AssumedRoleArn { .. } => 20,
        P::RoleNameTooLong => 21,
        P::RolePathTooLong => 22,
        P::SeveralRoles => 23,
        P::MoreAfterArn { .. } => 24,
        P::SwitchRoleAlias { .. } => 25,
        P::ConsoleLink => 26,
        P::OtherLink => 27,
        P::BucketEdge => 29,
        P::BucketTwoDots => 30,
        P::BucketIsAnAddress => 31,
        P::BucketReserved(_) => 32,
        P::DirectoryBucket => 33,
        P::AccessPointArn => 34,
        P::FolderBesideBucket => 35,
        P::BucketBesideFolder => 36,
        P::DotDot => 37,
        P::EmptySegment => 38,
        P::Backslash => 39,
        P::Wildcard(_) => 40,
        P::MfaUserArn { .. } => 41,
        P::MfaWithoutCode => 28,
    };
    let numbers: std::collections::BTreeSet<usize> = all.iter().map(number).collect();
    assert!(numbers.into_iter().eq(0..42), "a problem is missing from the list");
    all
}

#[test]
fn every_problem_has_a_sentence() {
    for why in every_problem() {
        for field in Field::ALL {
            let sentence = name_problem(field, &why);
            let lower = sentence.to_lowercase();
            for word in ["error", "invalid", "failed"] {
                assert!(!lower.contains(word), "{sentence}");
            }
            assert!(sentence.ends_with('.') && !sentence.contains("..\n") && sentence.len() > 20, "{sentence}");
            assert!(sentence.starts_with(|c: char| c.is_uppercase() || c == '“'), "{sentence}");
            assert!(!sentence.chars().any(char::is_control), "{sentence:?}");
        }
    }
}
