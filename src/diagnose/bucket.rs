//! Finds the possible causes of a file refused by S3.

use super::assume::{last, spaced};
use super::titles;
use super::{Cause, CauseAction, Evidence, messages, mono, plain, told};
use crate::model::destination::Encryption;
use crate::model::problem::{DeniedBy, Kind, Problem};
use crate::words::format;

/// Returns the causes of a denial by S3.
///
/// S3 names the policy that denied if role and bucket are in one account or organization, and nothing otherwise (S3
/// User Guide, "Troubleshoot access denied errors"). A plain "Access Denied" therefore suggests another account first.
pub(super) fn denied(problem: &Problem, by: DeniedBy, known: &Evidence<'_>) -> Vec<Cause> {
    let before = known.delivered_before;
    let mut list = match by {
        DeniedBy::Unknown if before => vec![outside_role(known), policy(known), encryption(known)],
        DeniedBy::Unknown => vec![other_owner(known), outside_role(known), policy(known), encryption(known)],
        DeniedBy::RolePolicy
        | DeniedBy::YourPolicy
        | DeniedBy::TrustPolicy
        | DeniedBy::TagSession
        | DeniedBy::SourceIdentity => {
            if told(problem).contains("s3:PutObjectAcl") {
                return vec![no_acl(known)];
            }
            vec![outside_role(known), wrong_folder(known)]
        }
        DeniedBy::Boundary => vec![boundary(known), outside_role(known)],
        DeniedBy::ResourcePolicy => {
            let mut list = vec![encryption(known), policy(known)];
            let foreign = known.destination.owner() != known.destination.role.account();
            if !known.destination.acl_full_control {
                list.insert(usize::from(!foreign), acl());
            }
            list
        }
        DeniedBy::OrganizationPolicy | DeniedBy::ResourceControl => vec![organization(known), place()],
        DeniedBy::EndpointPolicy => vec![endpoint(known), place()],
        DeniedBy::SessionPolicy => vec![narrowed(known), wrong_folder(known)],
    };
    if before {
        list.insert(0, changed(known));
    }
    // The kit puts dates and networks in the role's permissions too, so they also end what existing sessions may do.
    if matches!(by, DeniedBy::Unknown | DeniedBy::RolePolicy) {
        super::terms::at_bucket(problem, known, &mut list);
    }
    list
}

fn changed(known: &Evidence<'_>) -> Cause {
    let last = last(known.learned.and_then(|learned| learned.delivered));
    Cause::new(
        titles::ROLE_OR_BUCKET_CHANGED,
        vec![plain(format!("Files arrived before{last}, and now they don’t. Ask what was changed."))],
        CauseAction::CopyForCustomer(messages::put_policy(known, true)),
    )
}

fn other_owner(known: &Evidence<'_>) -> Cause {
    let owner = known.destination.owner();
    Cause::new(
        titles::BUCKET_OF_ANOTHER_ACCOUNT,
        vec![
            plain("Daypass sends to account "),
            mono(spaced(owner.as_str())),
            plain(" only. If your customer keeps the bucket in another one, enter that account."),
        ],
        CauseAction::EditDestination,
    )
}

fn outside_role(known: &Evidence<'_>) -> Cause {
    let to = known.destination;
    Cause::new(
        titles::FOLDER,
        vec![
            plain("Your customer must allow "),
            mono("s3:PutObject"),
            plain(" on "),
            mono(format!("{}/{}*", to.bucket, to.prefix)),
            plain("."),
        ],
        CauseAction::CopyForCustomer(messages::put_policy(known, false)),
    )
}

fn wrong_folder(known: &Evidence<'_>) -> Cause {
    let to = known.destination;
    Cause::new(
        titles::OTHER_BUCKET_OR_FOLDER,
        vec![
            plain("You entered "),
            mono(format::place(to.bucket.as_str(), to.prefix.as_str())),
            plain(". Compare it with what your customer wrote, including capitals."),
        ],
        CauseAction::EditDestination,
    )
}

fn policy(known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::BUCKET_POLICY,
        vec![plain("It may accept files only from certain networks, or not from this role.")],
        CauseAction::CopyForCustomer(messages::bucket_policy(known)),
    )
}

fn encryption(known: &Evidence<'_>) -> Cause {
    let body = match known.destination.encryption {
        Encryption::None => {
            "Some buckets require each file to name its encryption. Choose the one your customer names."
        }
        Encryption::SseS3 => "You chose Amazon’s own keys. The bucket may require one of your customer’s keys.",
        Encryption::SseKms(_) => "You chose one of your customer’s keys. The bucket may require another one, or none.",
    };
    Cause::new(titles::ENCRYPTION, vec![plain(body)], CauseAction::EditDestination)
}

fn acl() -> Cause {
    Cause::new(
        titles::HAND_OVER,
        vec![plain("Turn on "), mono("bucket-owner-full-control"), plain(" for this destination and try again.")],
        CauseAction::EditDestination,
    )
}

fn no_acl(known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::MAY_NOT_HAND_OVER,
        vec![
            plain("Turn off "),
            mono("bucket-owner-full-control"),
            plain(", or ask your customer to allow "),
            mono("s3:PutObjectAcl"),
            plain("."),
        ],
        CauseAction::CopyForCustomer(messages::put_policy(known, false)),
    )
}

fn boundary(known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::ROLE_BOUNDARY,
        vec![plain("Your customer must add "), mono("s3:PutObject"), plain(" on this folder to the boundary.")],
        CauseAction::CopyForCustomer(messages::put_policy(known, false)),
    )
}

fn organization(known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::CUSTOMER_ORGANIZATION,
        vec![plain(
            "Your customer’s organization has a policy over all its accounts. It has to let this role add files.",
        )],
        CauseAction::CopyForCustomer(messages::put_policy(known, false)),
    )
}

fn endpoint(known: &Evidence<'_>) -> Cause {
    Cause::new(
        titles::ENDPOINT_LEAVES_BUCKET_OUT,
        vec![plain("Your network reaches Amazon through a VPC endpoint. Its policy must allow this bucket.")],
        CauseAction::CopyForAdministrator(messages::network(known)),
    )
}

fn place() -> Cause {
    Cause::new(
        titles::OTHER_NETWORK,
        vec![plain("Such rules often allow only certain networks. Try your company’s network or VPN.")],
        CauseAction::Details(
            "Companies often accept files only from the addresses of certain networks. At home or in a hotel, your \
             address is a different one. With your company’s VPN, it is the company’s."
                .to_owned(),
        ),
    )
}

fn narrowed(known: &Evidence<'_>) -> Cause {
    let to = known.destination;
    Cause::new(
        titles::SELF_LIMIT,
        vec![
            plain("It asked for access to "),
            mono(format!("{}/{}*", to.bucket, to.prefix)),
            plain(" and to nothing else. Turn that restriction off, or correct the folder."),
        ],
        CauseAction::EditDestination,
    )
}

/// Returns the causes if the bucket's KMS key can't be used.
pub(super) fn key(problem: &Problem, known: &Evidence<'_>) -> Vec<Cause> {
    let said = told(problem);
    let key = said.split_whitespace().find(|word| word.starts_with("arn:") && word.contains(":kms:"));
    let allow = |title: &str, action: &str| {
        let mut body = vec![plain("Your customer must allow "), mono(action)];
        match key {
            Some(key) => body.extend([plain(" on "), mono(key), plain(" for the role.")]),
            None => body.push(plain(" on the bucket’s key for the role.")),
        }
        Cause::new(title, body, CauseAction::CopyForCustomer(messages::key(known, key)))
    };
    let look = |title: &str, body: &str| {
        Cause::new(title, vec![plain(body)], CauseAction::CopyForCustomer(messages::key(known, key)))
    };
    if problem.kind == Kind::KmsDecrypt {
        return vec![allow(titles::KEY_DECRYPT, "kms:Decrypt")];
    }
    if problem.kind == Kind::KmsKey {
        return vec![
            look(titles::KEY_OFF, "Your customer can turn it on again."),
            look(titles::KEY_MISSING, "Your customer must choose another key for the bucket."),
        ];
    }
    let mut list = vec![allow(titles::KEY_DENIED, "kms:GenerateDataKey")];
    let account = key.and_then(|key| key.split(':').nth(4));
    if account.is_some_and(|account| account != known.destination.role.account().as_str()) {
        list.push(look(titles::KEY_OF_ANOTHER_ACCOUNT, "The key’s own policy has to name the role as well."));
    }
    list
}

/// Returns the causes of a missing bucket.
pub(super) fn missing(known: &Evidence<'_>) -> Vec<Cause> {
    let bucket = known.destination.bucket.as_str();
    let modern = bucket.to_lowercase().replace('_', "-");
    let capitals = known.destination.bucket.is_legacy().then(|| {
        Cause::new(
            titles::CAPITALS,
            vec![
                plain("Only buckets from before 2018 have them, and only in us-east-1. It may be "),
                mono(modern),
                plain("."),
            ],
            CauseAction::EditDestination,
        )
    });
    let others = [
        Cause::new(
            titles::OTHER_NAME,
            vec![
                plain("You entered "),
                mono(bucket),
                plain(". Compare it letter by letter with your customer’s message."),
            ],
            CauseAction::EditDestination,
        ),
        Cause::new(
            titles::BUCKET_MISSING,
            vec![plain("Ask your customer whether "), mono(bucket), plain(" exists.")],
            CauseAction::CopyForCustomer(messages::no_bucket(known)),
        ),
    ];
    capitals.into_iter().chain(others).collect()
}

/// Returns the causes if the bucket rejects an option of the request.
pub(super) fn option(problem: &Problem, known: &Evidence<'_>) -> Vec<Cause> {
    let to = known.destination;
    let code = problem.detail.as_ref().map_or("", |detail| &*detail.code);
    let mut list = Vec::new();
    if to.acl_full_control {
        list.push(Cause::new(
            titles::NO_ACCESS_LISTS,
            vec![plain("Its owner owns every file anyway. Turn off "), mono("bucket-owner-full-control"), plain(".")],
            CauseAction::EditDestination,
        ));
    }
    if to.encryption != Encryption::None && code != "AccessControlListNotSupported" {
        list.push(encryption(known));
    }
    list.push(policy(known));
    list
}

/// Returns the cause of a rejected payload signature.
pub(super) fn unsigned(known: &Evidence<'_>) -> Vec<Cause> {
    vec![Cause::new(
        titles::PAYLOAD,
        vec![plain("Ask your customer to look for "), mono("s3:x-amz-content-sha256"), plain(" in it.")],
        CauseAction::CopyForCustomer(messages::bucket_policy(known)),
    )]
}
