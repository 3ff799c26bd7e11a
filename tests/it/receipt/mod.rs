//! Receipts: every format has the same facts, and hostile names are only text.

mod details;
mod proofs;
mod upload;
mod verify;

use daypass::model::destination::Destination;
use daypass::model::history::{Delivery, DeliveryFile, Outcome};
use daypass::model::problem::{Detail, Kind, Problem};
use daypass::model::upload::{Fingerprint, Proof, Stored};
use daypass::receipt::words;
use daypass::receipt::{Format, MissingOutcome, Receipt, visible};
use daypass::time::Utc;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::{fs, path::Path, path::PathBuf};

fn delivery() -> Delivery {
    Delivery {
        id: 1,
        destination: Destination {
            name: "Important project".into(),
            region: Some("eu-west-1".parse().expect("a region")),
            external_id: Some("between-us".parse().expect("an external id")),
            ..Destination::new(
                "importantproject",
                "arn:aws:iam::123456789012:role/importantproject-contractorA-bucket-put".parse().expect("a role"),
                "importantprojectbucket".parse().expect("a bucket"),
                "in/".parse().expect("a prefix"),
            )
        },
        account: "123456789012".into(),
        who: "Richard".into(),
        session: "Richard".into(),
        app: "0.1.0".into(),
        server: None,
        began: Utc(1_763_805_600),
        ended: Some(Utc(1_763_805_725)),
        files: 0,
        delivered: 0,
        bytes: 0,
        open: 0,
    }
}

fn line(name: &str, outcome: Outcome) -> DeliveryFile {
    let size = if let Outcome::Delivered(stored) = &outcome { stored.size } else { 5 };
    DeliveryFile {
        row: 1,
        path: Path::new("/home/richard").join(name),
        name: name.into(),
        key: format!("in/{name}").into(),
        size,
        outcome,
    }
}

fn stored(bytes: &[u8]) -> Stored {
    let size = bytes.len() as u64;
    Stored {
        size,
        crc: crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, bytes),
        proof: Proof::Whole,
        etag: "\"9b2cf535f27731c974343645a3985328\"".into(),
        version_id: Some("L4kqtJlcpXroDTDmpUMLUo".into()),
        request_id: "656c76696e6727732072657175657374".into(),
        at: Utc(1_763_805_725),
        sha256: Some(Sha256::digest(bytes).into()),
        fingerprint: Fingerprint { device: 1, inode: 2, size, modified: 3, changed: None },
    }
}

fn delivered(name: &str, bytes: &[u8]) -> DeliveryFile {
    line(name, Outcome::Delivered(stored(bytes)))
}

fn receipt(lines: &[DeliveryFile]) -> Receipt {
    Receipt::of(&delivery(), lines)
}

/// Parses CSV (RFC 4180) and shares no code with the writer.
fn parse_csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut chars = text.strip_prefix('\u{feff}').expect("a byte order mark").chars().peekable();
    while chars.peek().is_some() {
        let mut row = Vec::new();
        loop {
            let mut cell = String::new();
            if chars.next_if_eq(&'"').is_some() {
                loop {
                    match chars.next().expect("a closing quote") {
                        '"' if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                        '"' => break,
                        c => cell.push(c),
                    }
                }
            } else {
                while let Some(c) = chars.next_if(|c| !matches!(c, ',' | '\r')) {
                    assert!(!matches!(c, '"' | '\n'), "a bare quote or line end outside of quotes");
                    cell.push(c);
                }
            }
            row.push(cell);
            match chars.next().expect("a comma or a line end") {
                ',' => {}
                '\r' => {
                    assert_eq!(chars.next(), Some('\n'));
                    break;
                }
                odd => panic!("{odd:?} after a cell"),
            }
        }
        rows.push(row);
    }
    rows
}

/// Names that attack a spreadsheet, a browser, a terminal or the reader.
const HOSTILE: [&str; 16] = [
    "=cmd|' /C calc'!A0",
    "+1+1.txt",
    "-2+3.txt",
    "@SUM(A1:A9).txt",
    "\t=1+1.txt",
    "\r=1+1.txt",
    " =1+1.txt",
    "＝1+1.txt",
    "say \"yes\", twice.txt",
    "line\nbreak.txt",
    "<script>alert(1)</script>.html",
    "</title></style><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\u{1b}[2J\u{7}.txt",
    "invoice\u{202e}fdp.exe",
    "zero\u{200b}width\u{2066}isolate\u{feff}.txt",
];

fn is_plain(text: &str) -> bool {
    let turns =
        ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{200b}', '\u{200f}'];
    !text.chars().any(|c| (c.is_control() && c != '\n') || turns.contains(&c))
}

#[test]
fn hostile_names_are_only_text() {
    let lines: Vec<_> = HOSTILE
        .iter()
        .flat_map(|name| [delivered(name, b"x"), line(&format!("not/{name}"), Outcome::AlreadyThere)])
        .collect();
    let mut delivery = delivery();
    delivery.destination.name = HOSTILE.join("");
    delivery.who = HOSTILE[0].into();
    let receipt = Receipt::of(&delivery, &lines);

    let html = receipt.html();
    assert!(is_plain(&html));
    assert!(
        html.contains("default-src &#39;none&#39;") || html.contains("default-src 'none'; style-src 'unsafe-inline'")
    );
    let tags: Vec<&str> = html.split('<').skip(1).filter_map(|tag| tag.split([' ', '>', '\n']).next()).collect();
    let ours = [
        "!DOCTYPE", "html", "head", "meta", "article", "title", "style", "body", "p", "header", "h1", "h2", "dl",
        "div", "dt", "dd", "section", "table", "thead", "tbody", "tr", "th", "td", "bdi", "br", "small", "span", "i",
        "code",
    ];
    for tag in tags {
        assert!(ours.contains(&tag.trim_start_matches('/')), "unexpected tag <{tag}>");
    }
    assert!(!html.contains("<img") && !html.contains("<script") && !html.contains("' onmouseover"));
    assert!(html.contains("invoice\\u{202e}fdp.exe") && html.contains("\\u{1b}[2J\\u{7}.txt"));

    let csv = receipt.csv();
    let rows = parse_csv(&csv);
    assert_eq!(rows.len(), 1 + HOSTILE.len() * 2);
    for row in &rows {
        assert_eq!(row.len(), words::CSV_COLUMNS.len(), "{row:?}");
        for cell in row {
            assert!(is_plain(cell) && !cell.contains('\n'), "{cell:?}");
            let first = cell.trim_start().chars().next();
            assert!(!first.is_some_and(|c| "=+-@＝＋－＠".contains(c)), "{cell:?}");
        }
    }
    for (row, name) in rows[1..].iter().zip(HOSTILE) {
        let cell = row[1].strip_prefix('\'').unwrap_or(&row[1]);
        assert_eq!(cell, visible(name));
    }
    assert_eq!(rows[1][1], "'=cmd|' /C calc'!A0");

    let json = receipt.json();
    assert!(is_plain(&json));
    assert_eq!(serde_json::from_str::<Receipt>(&json).expect("it reads"), receipt, "JSON keeps each name as it is");
    assert!(is_plain(&receipt.message()));
    assert!(!receipt.file_name().contains(['/', '\\', '<', '>', ':', '"', '|']), "{}", receipt.file_name());
}

#[test]
fn no_text_after_a_semicolon_becomes_a_formula() {
    for (name, written) in [
        ("a;=cmd()", "a;'=cmd()"),
        ("a; @x;b", "a;' @x;b"),
        ("a;\"+1", "a;'\"+1"),
        ("=1;'2", "'=1;''2"),
        ("a;b=c", "a;b=c"),
    ] {
        let rows = parse_csv(&receipt(&[delivered(name, b"x")]).csv());
        assert_eq!(rows[1][1], written);
    }
}

#[test]
fn every_format_has_the_same_facts() {
    let mut parts = stored(b"parts");
    (parts.proof, parts.sha256, parts.version_id) = (Proof::Parts, None, None);
    let detail = Detail { message: "User: arn:aws:iam::999999999999:user/Secret".into(), ..Detail::default() };
    let lines = [
        delivered("job/plan.dwg", b"123456789"),
        line("job/parts.bin", Outcome::Delivered(parts)),
        line("job/taken.txt", Outcome::AlreadyThere),
        line("job/maybe.txt", Outcome::NotConfirmed),
        line("job/gone.txt", Outcome::Failed(Problem::with(Kind::SourceGone, detail))),
        line("job/out.txt", Outcome::Canceled),
    ];
    let receipt = receipt(&lines);
    assert_eq!(
        (receipt.delivered.len(), receipt.not_delivered.len(), receipt.proofs().whole, receipt.bytes()),
        (2, 3, 1, 14)
    );
    let file = &receipt.delivered[0];
    // The catalogue's check value of CRC-64/NVME, and `printf 123456789 | openssl dgst -sha256`.
    assert_eq!(file.crc64nvme, "rosUhgp5mIg=");
    let sha256 = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225";
    assert_eq!(file.sha256.as_deref(), Some(sha256));
    assert_eq!(file.etag, "9b2cf535f27731c974343645a3985328");

    let json: serde_json::Value = serde_json::from_str(&receipt.json()).expect("it reads");
    assert_eq!(json["daypass_receipt"], 1);
    assert_eq!(json["began"], "2025-11-22T10:00:00Z");
    assert_eq!(json["delivered"][0]["confirmed"], "whole_file");
    assert_eq!(json["delivered"][1]["confirmed"], "each_part");
    assert_eq!(json["delivered"][1]["sha256"], serde_json::Value::Null);
    let outcomes: Vec<_> = (0..3).map(|at| json["not_delivered"][at]["outcome"].as_str().expect("a word")).collect();
    assert_eq!(outcomes, ["already_there", "not_confirmed", "stopped"]);
    assert_eq!(receipt.not_delivered[2].outcome, MissingOutcome::Stopped);

    let rows = parse_csv(&receipt.csv());
    assert_eq!(rows[0], words::CSV_COLUMNS);
    assert_eq!(rows[1][..4], ["Delivered", "job/plan.dwg", "in/job/plan.dwg", "9"]);
    assert_eq!((&*rows[1][4], &*rows[1][6]), (sha256, &*words::proof_in_full(Proof::Whole, words::By::Amazon)));
    assert_eq!(rows[2][6], words::proof_in_full(Proof::Parts, words::By::Amazon));
    assert_eq!(
        (&*rows[3][0], &*rows[3][6], &*rows[3][11]),
        ("Not delivered", words::NOT_CONFIRMED, words::why(&Outcome::AlreadyThere))
    );
    assert_eq!(rows[1][12..15], ["Important project", "importantprojectbucket", "1234 5678 9012"]);

    let html = receipt.html();
    let facts = [
        "Important project",
        "importantprojectbucket (eu-west-1)",
        "in/",
        "123456789012",
        "arn:aws:iam::123456789012:role/importantproject-contractorA-bucket-put",
        "Richard",
        "22 November 2025, 10:00 UTC",
        sha256,
        "rosUhgp5mIg=",
        "656c76696e6727732072657175657374",
        "L4kqtJlcpXroDTDmpUMLUo",
        "<td class=\"proof\">Whole file</td>",
        "<td class=\"proof\">Each part</td>",
        "2 files delivered, 3 not",
        words::why(&Outcome::AlreadyThere),
    ];
    for fact in facts {
        assert!(html.contains(fact), "{fact}");
    }
    for form in Format::ALL {
        let text = receipt.render(form);
        assert!(
            !text.contains("999999999999") && !text.contains("between-us"),
            "{form:?} reveals what is not the customer's"
        );
        assert!(!text.contains("out.txt"), "{form:?} lists a canceled file");
    }
}

#[test]
fn claims_never_exceed_their_proof() {
    let with = |name: &str, proof: Proof| {
        let mut stored = stored(b"p");
        stored.proof = proof;
        line(name, Outcome::Delivered(stored))
    };
    let whole = delivered("a", b"a");
    let (parts, bare) = (with("b", Proof::Parts), with("e", Proof::NoChecksum));
    let taken = line("c", Outcome::AlreadyThere);
    let green = "class=\"sum ok\"";
    let all = receipt(std::slice::from_ref(&whole));
    assert!(all.html().contains(green));
    assert!(receipt(&[whole.clone(), parts]).html().contains(green), "every part was checked");
    assert!(
        all.message()
            .contains("I delivered 1 file (1 byte) to importantprojectbucket/in/ on 22 November 2025, 10:02 UTC.")
    );
    assert!(
        all.message()
            .contains(&words::confirmed(words::Proofs { whole: 1, ..words::Proofs::default() }, words::By::Amazon))
    );
    for lines in
        [vec![bare.clone()], vec![whole.clone(), bare], vec![whole.clone(), taken.clone()], vec![taken.clone()], vec![]]
    {
        assert!(!receipt(&lines).html().contains(green), "{lines:?}");
    }
    let nothing = receipt(&[taken]).message();
    assert!(nothing.contains(&words::nothing_delivered("importantprojectbucket/in/")) && !nothing.contains("SHA-256"));
    let open = receipt(&[whole.clone(), line("d", Outcome::Open)]);
    assert!(open.ended.is_none() && open.html().contains(words::GOING_ON));
    let mut practice = delivery();
    practice.destination.practice = true;
    let practice = Receipt::of(&practice, &[whole]);
    assert!(practice.html().contains(words::PRACTICE) && practice.message().starts_with(words::PRACTICE));
    assert!(!practice.html().contains(green) && !practice.html().contains("Amazon S3 checked"));
    assert!(!practice.message().contains("Amazon S3 checked") && !practice.csv().contains("by Amazon"));
}

#[test]
fn sizes_and_counts_are_readable() {
    let sizes = [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (3 << 30, "3.2 GB"),
        (53_687_091_200_000, "53.7 TB"),
        (u64::MAX, "18.4 EB"),
    ];
    for (bytes, wanted) in sizes {
        assert_eq!(words::size(bytes), wanted, "{bytes}");
    }
    for (number, wanted) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
        assert_eq!(words::grouped(number), wanted);
    }
    assert_eq!(words::moment(Utc(i64::MAX)), words::NONE);
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(&path, bytes).expect("a file");
    path
}

#[test]
fn saving_replaces_atomically_and_follows_no_link() {
    let dir = tempfile::tempdir().expect("a folder");
    let receipt = receipt(&[delivered("a", b"a")]);
    assert_eq!(receipt.file_name(), "Receipt Important project 2025-11-22");
    for (name, format) in
        [("r.html", Format::Html), ("r.CSV", Format::Csv), ("r.json", Format::Json), ("r", Format::Html)]
    {
        let path = dir.path().join(name);
        assert_eq!(Format::of(&path), format);
        fs::write(&path, "before").expect("a file");
        receipt.save(&path, format).expect("it is saved");
        assert_eq!(fs::read_to_string(&path).expect("a file"), receipt.render(format));
    }
    #[cfg(unix)]
    {
        let victim = write(dir.path(), "victim", b"precious");
        std::os::unix::fs::symlink(&victim, dir.path().join("link.html")).expect("a link");
        receipt.save(&dir.path().join("link.html"), Format::Html).expect("it is saved");
        assert_eq!(fs::read(&victim).expect("a file"), b"precious");
    }
    assert!(receipt.save(&dir.path().join("nowhere/r.html"), Format::Html).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_survives_every_format(names in prop::collection::vec(any::<String>(), 1..6), size in any::<u64>()) {
        let lines: Vec<_> = names.iter().map(|name| {
            let mut stored = stored(name.as_bytes());
            stored.size = size;
            line(name, Outcome::Delivered(stored))
        }).collect();
        let receipt = receipt(&lines);
        let rows = parse_csv(&receipt.csv());
        prop_assert_eq!(rows.len(), names.len() + 1);
        for row in &rows {
            prop_assert_eq!(row.len(), words::CSV_COLUMNS.len());
        }
        prop_assert_eq!(&serde_json::from_str::<Receipt>(&receipt.json()).expect("it reads"), &receipt);
        prop_assert!(is_plain(&receipt.html()));
        prop_assert_eq!(receipt.html().matches("<bdi>").count(), names.len());
    }
}
