//! Made-up snapshots for each screen.

use daypass::model::destination::Destination;
use daypass::model::problem::{DeniedBy, Detail, Kind, Problem};
use daypass::model::rows::Rows;
use daypass::model::session::{AssumeStatus, Grant, Identity, Session};
use daypass::model::snapshot::{
    Network, OpenDestination, Profile, ProfileWarning, Profiles, Settings, SkipCounts, SkipReason, Skipped, Snapshot,
    Source, Totals, WarningKind,
};
use daypass::model::upload::{DestinationId, Folder, Progress, Proof, State, Upload};
use daypass::time::{Time, Utc};
use daypass::ui::About;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The moment all snapshots are of.
pub const NOW: Time = Time(10_000_000);

/// 22 Nov 2026 14:32 in Berlin.
pub const TODAY: Utc = Utc(1_795_354_320);

/// What the window knows besides the model.
pub fn about() -> About {
    About { zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("a bundled zone"), ..About::default() }
}

/// The destination of the story.
pub fn destination() -> Destination {
    Destination {
        name: "Important Project".to_owned(),
        ..Destination::new(
            "importantproject",
            "arn:aws:iam::444455556666:role/importantproject-contractorA-bucket-put".parse().expect("a role"),
            "importantprojectbucket".parse().expect("a bucket"),
            "incoming/".parse().expect("a folder"),
        )
    }
}

/// The profile of the story.
pub fn profile(name: &str) -> Profile {
    Profile {
        name: name.to_owned(),
        source: Source::Key,
        key_tail: Some("7QXZ".to_owned()),
        region: None,
        role_arn: None,
        source_profile: None,
        external_id: None,
        mfa_serial: None,
        role_session_name: None,
        duration_seconds: None,
        credential_process: None,
        this_run: false,
    }
}

/// Richard.
pub fn richard() -> Identity {
    Identity {
        account: "111122223333".into(),
        arn: "arn:aws:iam::111122223333:user/Richard".into(),
        name: "Richard".into(),
    }
}

/// Nothing open yet, one profile whose identity is known.
pub fn welcome() -> Snapshot {
    Snapshot {
        now: NOW,
        profiles: Arc::new(Profiles {
            list: vec![profile("importantproject"), profile("other")],
            oddities: Vec::new(),
            found: true,
            credentials_path: PathBuf::from("/home/richard/.aws/credentials"),
        }),
        identities: Arc::new(vec![("importantproject".to_owned(), Ok(richard()))]),
        settings: Settings::default(),
        ..Snapshot::default()
    }
}

/// The same without any profile file.
pub fn no_profiles() -> Snapshot {
    Snapshot {
        profiles: Arc::new(Profiles {
            credentials_path: PathBuf::from("/home/richard/.aws/credentials"),
            ..Profiles::default()
        }),
        ..Snapshot::default()
    }
}

/// A picked profile with something odd in its file.
pub fn odd_profile() -> Snapshot {
    let mut seen = welcome();
    Arc::make_mut(&mut seen.profiles).oddities.push(ProfileWarning {
        path: PathBuf::from("/home/richard/.aws/credentials"),
        line: 3,
        profile: Some("importantproject".to_owned()),
        what: WarningKind::Comment,
    });
    seen
}

fn grant(left: Duration, length: Duration) -> Grant {
    Grant {
        generation: 1,
        ends: NOW + left,
        ends_utc: TODAY,
        length,
        arn: "arn:aws:sts::444455556666:assumed-role/importantproject-contractorA-bucket-put/Richard".into(),
        name: "Richard".into(),
        shortened: false,
    }
}

fn place(session: Session) -> OpenDestination {
    OpenDestination {
        destination: Arc::new(destination()),
        session,
        assume: AssumeStatus::Idle,
        worked: false,
        learned: Arc::default(),
        renew_problem: None,
        retry: None,
        hold: None,
        paused: false,
        walking: 0,
        left_out: Arc::default(),
        left_out_count: SkipCounts::default(),
        totals: Totals::default(),
    }
}

fn with(place: OpenDestination, rows: Rows) -> Snapshot {
    Snapshot { destinations: vec![place], rows, ..welcome() }
}

fn seconds(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// Access, nothing added.
pub fn ready() -> Snapshot {
    with(place(Session::Active(grant(Duration::from_millis(3_598_900), seconds(3600)))), Rows::default())
}

/// One upload.
pub fn upload(folder: &Arc<Folder>, name: &str, size: u64, state: State) -> Upload {
    Upload {
        destination: DestinationId(0),
        folder: Arc::clone(folder),
        name: name.into(),
        key_name: None,
        size,
        modified: 0,
        state,
    }
}

/// A folder of the source.
pub fn folder(key: &str) -> Arc<Folder> {
    Arc::new(Folder { dir: Path::new("/home/richard/site").join(key).into(), key: key.into() })
}

fn moving(confirmed: u64, rate: u64) -> State {
    State::Sending(Progress { confirmed, in_flight: 0, resumed: None, rate })
}

/// The rows of picture 3.
pub fn rows() -> Rows {
    let (top, photos) = (folder(""), folder("photos/"));
    let mut rows = Rows::default();
    let whole = State::Delivered(Proof::Whole);
    for (folder, name, size, state) in [
        (&top, "site-survey.mp4", 3_800_000_000, moving(2_390_000_000, 11_800_000)),
        (&top, "drawings-final.zip", 412_000_000, moving(76_000_000, 9_200_000)),
        (&top, "model-scan.e57", 1_100_000_000, State::Confirming),
        (&photos, "report.pdf", 2_400_000, State::AlreadyThere),
        (&photos, "IMG_0412.jpg", 6_100_000, State::Waiting),
        (&photos, "IMG_0413.jpg", 5_900_000, State::Waiting),
        (&photos, "IMG_0410.jpg", 6_000_000, whole.clone()),
        (&photos, "IMG_0411.jpg", 6_300_000, whole),
    ] {
        rows.push(upload(folder, name, size, state));
    }
    rows
}

fn totals() -> Totals {
    Totals {
        files: 40,
        bytes: 5_600_000_000,
        delivered: 14,
        confirmed: 2_900_000_000,
        already: 1,
        rate: 21_000_000,
        time_left: Some(seconds(129)),
        ..Totals::default()
    }
}

/// Picture 3.
pub fn uploading() -> Snapshot {
    let mut at = place(Session::Active(grant(Duration::from_millis(2_832_500), seconds(3600))));
    at.totals = totals();
    with(at, rows())
}

/// Picture 3 with every state a row can have.
pub fn every_state() -> Snapshot {
    let mut seen = uploading();
    let top = folder("");
    let refused = Arc::new(denial(Kind::SourceUnreadable));
    for (name, state) in [
        ("retrying.bin", State::Retrying(NOW + seconds(12), Arc::new(Problem::new(Kind::Busy)))),
        ("paused.bin", State::Paused),
        ("preparing.bin", State::Preparing),
        ("resumed.bin", State::Sending(Progress { confirmed: 60, in_flight: 2, resumed: Some(40), rate: 0 })),
        ("parts.bin", State::Delivered(Proof::Parts)),
        ("lost.bin", State::NotConfirmed),
        ("unreadable.bin", State::Failed(refused)),
        ("taken-out.bin", State::Canceled),
    ] {
        seen.rows.push(upload(&top, name, 100, state));
    }
    seen
}

/// Picture 4.
pub fn ending_soon() -> Snapshot {
    let mut seen = uploading();
    seen.destinations[0].session = Session::Active(grant(Duration::from_millis(291_400), seconds(3600)));
    seen.destinations[0].totals.time_left = Some(seconds(14 * 60));
    seen.settings.renew = false;
    seen
}

/// The end of access.
pub fn ended() -> Snapshot {
    let mut seen = uploading();
    seen.destinations[0].session = Session::Expired(grant(Duration::ZERO, seconds(3600)));
    seen.destinations[0].totals =
        Totals { files: 40, delivered: 37, bytes: 5_600_000_000, confirmed: 2_900_000_000, ..Totals::default() };
    seen
}

/// A problem with details.
pub fn denial(kind: Kind) -> Problem {
    Problem::with(
        kind,
        Detail {
            call: "AssumeRole".into(),
            code: "AccessDenied".into(),
            status: 403,
            request_id: "5c0e1f2a-7d11-4c8e-9b3a-0a1b2c3d4e91".into(),
            message: "User: arn:aws:iam::111122223333:user/Richard is not authorized to perform: sts:AssumeRole".into(),
            at: Utc(TODAY.0 - 3600),
            about: "".into(),
        },
    )
}

/// Picture 5.
pub fn denied(by: DeniedBy) -> Snapshot {
    refused(Kind::AssumeDenied(by))
}

/// Another denial.
pub fn refused(kind: Kind) -> Snapshot {
    with(place(Session::Denied(Arc::new(denial(kind)))), Rows::default())
}

/// Picture 6.
pub fn delivered() -> Snapshot {
    let mut seen = uploading();
    let (top, photos) = (folder(""), folder("photos/"));
    let mut rows = Rows::default();
    for (folder, name, size) in [
        (&top, "site-survey.mp4", 3_800_000_000),
        (&top, "drawings-final.zip", 412_000_000),
        (&top, "model-scan.e57", 1_100_000_000),
        (&photos, "report.pdf", 2_400_000),
        (&photos, "IMG_0410.jpg", 6_000_000),
        (&photos, "IMG_0411.jpg", 6_300_000),
        (&photos, "IMG_0412.jpg", 6_100_000),
        (&photos, "IMG_0413.jpg", 5_900_000),
    ] {
        rows.push(upload(folder, name, size, State::Delivered(Proof::Whole)));
    }
    seen.rows = rows;
    seen.destinations[0].session = Session::Active(grant(Duration::from_millis(1_867_400), seconds(3600)));
    seen.destinations[0].totals = Totals {
        files: 40,
        delivered: 40,
        bytes: 5_600_000_000,
        confirmed: 5_600_000_000,
        began: Time(NOW.0 - 400_000),
        ended: Some(Time(NOW.0 - 129_000)),
        moving: std::time::Duration::from_millis(271_000),
        ..Totals::default()
    };
    seen
}

/// The end of a delivery of which not all arrived.
pub fn mixed() -> Snapshot {
    let mut seen = delivered();
    let problem = Arc::new(denial(Kind::SourceGone));
    let top = folder("");
    seen.rows.push(upload(&top, "notes.txt", 1200, State::Failed(problem)));
    seen.rows.push(upload(&top, "old.pdf", 1200, State::AlreadyThere));
    let totals = &mut seen.destinations[0].totals;
    (totals.delivered, totals.already, totals.failed) = (38, 1, 1);
    seen
}

/// The line is down.
pub fn offline() -> Snapshot {
    let mut seen = uploading();
    let why = Arc::new(Problem::new(Kind::Offline));
    seen.line = Network::Down { since: NOW - seconds(20), next: NOW + seconds(8), why };
    seen.destinations[0].totals.rate = 0;
    seen.destinations[0].totals.time_left = None;
    seen
}

/// The queue is held, and the journal can't be written.
pub fn held() -> Snapshot {
    let mut seen = uploading();
    seen.destinations[0].hold = Some(Arc::new(denial(Kind::AccessDenied(DeniedBy::RolePolicy))));
    seen.journal = Some(Arc::new(Problem::new(Kind::JournalFull)));
    seen
}

/// Everything is paused.
pub fn paused() -> Snapshot {
    let mut seen = uploading();
    seen.destinations[0].paused = true;
    seen
}

/// A renewal was refused while the session goes on.
pub fn renew_refused() -> Snapshot {
    let mut seen = uploading();
    seen.destinations[0].renew_problem = Some(Arc::new(denial(Kind::AssumeDenied(DeniedBy::Unknown))));
    seen
}

/// A folder was added of which something was left out.
pub fn left_out() -> Snapshot {
    let mut seen = uploading();
    seen.destinations[0].left_out = Arc::new(vec![
        Skipped { path: PathBuf::from("/home/richard/site/link"), why: SkipReason::Link },
        Skipped { path: PathBuf::from("/home/richard/site/socket"), why: SkipReason::NotAFile },
        Skipped { path: PathBuf::from("/home/richard/site/secret.key"), why: SkipReason::Unreadable },
    ]);
    for why in [SkipReason::Link, SkipReason::NotAFile, SkipReason::Unreadable] {
        seen.destinations[0].left_out_count.add(why);
    }
    seen
}

/// Practice, with something arrived.
pub fn practice() -> (Snapshot, About) {
    let mut seen = uploading();
    let mut to = destination();
    to.practice = true;
    seen.destinations[0].destination = Arc::new(to);
    let mut about = about();
    about.practice = true;
    about.arrived = Some(Arc::new(vec![
        daypass::ui::Arrived { key: "incoming/photos/IMG_0410.jpg".to_owned(), size: 6_000_000 },
        daypass::ui::Arrived { key: "incoming/photos/IMG_0411.jpg".to_owned(), size: 6_300_000 },
    ]));
    (seen, about)
}

/// So many rows that only what is seen may be drawn.
pub fn many(count: usize) -> Snapshot {
    let mut seen = uploading();
    let photos = folder("photos/");
    let name: Arc<str> = "IMG_0001.jpg".into();
    for _ in 0..count {
        let mut one = upload(&photos, "x", 6_000_000, State::Waiting);
        one.name = Arc::clone(&name);
        seen.rows.push(one);
    }
    seen
}
