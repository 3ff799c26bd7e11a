//! Made-up past deliveries.

use super::demo;
use daypass::model::history::{Delivery, DeliveryFile, Outcome};
use daypass::model::problem::{Kind, Problem};
use daypass::model::upload::{Fingerprint, Proof, Stored};
use daypass::time::Utc;
use std::path::PathBuf;

const HOUR: i64 = 3600;

/// A past delivery of `files` files, of which `delivered` arrived and `open` are still waiting.
pub fn delivery(id: i64, name: &str, began: i64, (files, delivered, open): (u64, u64, u64)) -> Delivery {
    let mut destination = demo::destination();
    name.clone_into(&mut destination.name);
    Delivery {
        server: None,
        id,
        destination,
        account: "444455556666".into(),
        who: "Richard".into(),
        session: "Richard".into(),
        app: "0.1.0".into(),
        began: Utc(began),
        ended: (open == 0).then_some(Utc(began + 300)),
        files,
        delivered,
        bytes: 24_300_000_000,
        open,
    }
}

/// A file of a past delivery.
pub fn line(row: i64, name: &str, outcome: Outcome) -> DeliveryFile {
    DeliveryFile {
        row,
        path: PathBuf::from("/home/richard/job").join(name),
        name: format!("job/{name}").into(),
        key: format!("incoming/job/{name}").into(),
        size: 6_000_000,
        outcome,
    }
}

/// A file that arrived.
pub fn stored(proof: Proof) -> Outcome {
    Outcome::Delivered(Stored {
        size: 6_000_000,
        crc: 1,
        proof,
        etag: "\"e\"".into(),
        version_id: None,
        request_id: "R".into(),
        at: demo::TODAY,
        sha256: None,
        fingerprint: Fingerprint { device: 1, inode: 1, size: 6_000_000, modified: 1, changed: None },
    })
}

/// Deliveries to two customers, the newest first.
pub fn deliveries() -> Vec<Delivery> {
    let now = demo::TODAY.0;
    vec![
        delivery(9, "Important Project", now - HOUR, (40, 15, 25)),
        delivery(8, "Important Project", now - 3 * HOUR, (40, 40, 0)),
        delivery(7, "Bridge survey", now - 24 * HOUR, (40, 38, 0)),
        delivery(6, "Bridge survey", now - 400 * 24 * HOUR, (1, 1, 0)),
    ]
}

/// The files of a delivery, one for each way to end.
pub fn lines() -> Vec<DeliveryFile> {
    vec![
        line(0, "report.pdf", Outcome::AlreadyThere),
        line(1, "lost.bin", Outcome::Failed(Problem::new(Kind::SourceGone))),
        line(2, "plan.dwg", stored(Proof::Whole)),
        line(3, "model-scan.e57", stored(Proof::Parts)),
        line(4, "site-survey.mp4", stored(Proof::NoChecksum)),
    ]
}
