//! Made-up snapshots for screens that are seldom seen.

use super::demo;
use daypass::model::destination::Destination;
use daypass::model::problem::{DeniedBy, Kind, Problem};
use daypass::model::rows::Rows;
use daypass::model::session::Session;
use daypass::model::snapshot::{Profile, Retried, RetryStatus, SkipReason, Skipped, Snapshot, Source, Totals};
use daypass::model::upload::{Proof, State};
use daypass::time::Utc;
use daypass::ui::{About, CodePractice};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A profile of each kind, and nobody has asked yet who any of them is.
pub fn nobody_asked() -> Snapshot {
    let mut seen = demo::welcome();
    seen.identities = Arc::default();
    let other = |name: &str, source| Profile { source, key_tail: None, ..demo::profile(name) };
    let list = &mut Arc::make_mut(&mut seen.profiles).list;
    list.push(other("company-sign-in-europe-central-production", Source::SignIn));
    let mut process = other("vault", Source::Process);
    process.credential_process = Some("/usr/local/bin/vault-credentials --role contractor".to_owned());
    list.push(process);
    list.push(Profile {
        role_arn: Some("arn:aws:iam::111122223333:role/Delivery".to_owned()),
        source_profile: Some("importantproject".to_owned()),
        ..other("delivery", Source::Role)
    });
    seen
}

/// A second customer beside the first.
pub fn bridge() -> Destination {
    Destination {
        name: "Harbour Bridge".to_owned(),
        role: "arn:aws:iam::222233334444:role/daypass-bridge".parse().expect("a role"),
        bucket: "harbour-bridge-intake".parse().expect("a bucket"),
        ..demo::destination()
    }
}

/// Customers of earlier.
pub fn remembered() -> Snapshot {
    Snapshot { remembered: Arc::new(vec![demo::destination(), bridge()]), ..demo::welcome() }
}

/// A retry that goes on.
pub fn retry(what: Retried, kind: Kind, seconds: u64) -> RetryStatus {
    RetryStatus {
        what,
        why: Arc::new(demo::denial(kind)),
        since: demo::NOW - Duration::from_secs(seconds),
        tries: 7,
        next: demo::NOW + Duration::from_secs(40),
    }
}

/// Nothing goes well for three minutes.
pub fn retrying() -> Snapshot {
    let mut seen = demo::uploading();
    seen.destinations[0].retry = Some(retry(Retried::Upload, Kind::Busy, 180));
    seen
}

/// A hold that is looked at once more by itself.
pub fn held_again() -> Snapshot {
    let mut seen = demo::uploading();
    let kind = Kind::AccessDenied(DeniedBy::RolePolicy);
    seen.destinations[0].hold = Some(Arc::new(demo::denial(kind)));
    seen.destinations[0].retry = Some(retry(Retried::Denied, kind, 60));
    seen
}

/// Keys among what was dropped.
pub fn key_files() -> Snapshot {
    let mut seen = demo::mixed();
    let why = Arc::new(Problem::new(Kind::KeyFile));
    let top = demo::folder("project/.ssh/");
    for name in ["id_ed25519", "Richard_accessKeys.csv"] {
        seen.rows.push(demo::upload(&top, name, 1200, State::Failed(Arc::clone(&why))));
    }
    let totals = &mut seen.destinations[0].totals;
    (totals.files, totals.failed) = (42, 3);
    seen
}

/// Files that a server stored without a checksum of its own.
pub fn no_checksum() -> Snapshot {
    let mut seen = demo::delivered();
    let mut rows = Rows::default();
    for (_, row) in seen.rows.iter() {
        let mut row = row.clone();
        row.state = State::Delivered(Proof::NoChecksum);
        rows.push(row);
    }
    seen.rows = rows;
    seen.destinations[0].totals.no_checksum = 40;
    seen
}

/// The same folder was dropped again: nothing of it has changed since it was delivered.
pub fn delivered_earlier() -> Snapshot {
    let mut seen = demo::ready();
    let why = SkipReason::Earlier(Utc(demo::TODAY.0 - 3 * 86_400));
    let names =
        ["site-survey.mp4", "drawings-final.zip", "photos/the hall seen from the east gate, with scaffolding.jpg"];
    for name in names {
        let left = Skipped { path: PathBuf::from("/home/richard/projects/important/site").join(name), why };
        Arc::make_mut(&mut seen.destinations[0].left_out).push(left);
        seen.destinations[0].left_out_count.add(why);
    }
    seen.destinations[0].totals = Totals { ended: Some(demo::NOW), ..Totals::default() };
    seen
}

/// Practice with its device, before anything was sent.
pub fn practice_with_code() -> (Snapshot, About) {
    let (mut seen, mut about) = demo::practice();
    seen.destinations[0].session = Session::SignedOut;
    let serial = daypass::practice::MFA_SERIAL.parse().ok();
    let destination = Destination { practice: true, mfa_serial: serial, ..demo::destination() };
    about.code_practice = Some(Arc::new(CodePractice { destination, code: daypass::practice::MFA_CODE }));
    (seen, about)
}
