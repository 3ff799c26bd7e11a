//! Files checked against a receipt.

use super::*;
use daypass::receipt::{FileCheck, NotReadable, verify};

fn checks(json: &str, paths: &[PathBuf]) -> Vec<(Option<String>, FileCheck)> {
    verify(json, paths).expect("a receipt").into_iter().map(|found| (found.name, found.check)).collect()
}

#[test]
fn one_flipped_bit_is_detected() {
    let dir = tempfile::tempdir().expect("a folder");
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let large = write(dir.path(), "job/large.bin", &bytes);
    let mut bare = stored(b"bare");
    bare.sha256 = None;
    write(dir.path(), "job/bare.txt", b"bare");
    write(dir.path(), "job/extra.txt", b"extra");
    write(dir.path(), "job/taken.txt", b"taken");
    let lines = [
        delivered("job/large.bin", &bytes),
        line("job/bare.txt", Outcome::Delivered(bare)),
        delivered("job/lost.txt", b"lost"),
        line("job/taken.txt", Outcome::AlreadyThere),
    ];
    let json = receipt(&lines).json();
    let name = |name: &str| Some(format!("job/{name}"));
    let expected = |large| {
        vec![
            (name("bare.txt"), FileCheck::SameWithoutSha256),
            (None, FileCheck::NotInReceipt),
            (name("large.bin"), large),
            (name("taken.txt"), FileCheck::NotDelivered),
            (name("lost.txt"), FileCheck::Missing),
        ]
    };
    assert_eq!(checks(&json, &[dir.path().to_path_buf()]), expected(FileCheck::Same));
    for at in [0, 1_500_000, 2_999_999] {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        fs::write(&large, flipped).expect("a file");
        assert_eq!(checks(&json, &[dir.path().to_path_buf()]), expected(FileCheck::Differs), "byte {at}");
    }
    fs::write(&large, &bytes[..bytes.len() - 1]).expect("a file");
    assert_eq!(checks(&json, &[dir.path().to_path_buf()]), expected(FileCheck::Differs));
    // All checksums match except the SHA-256.
    fs::write(&large, &bytes).expect("a file");
    let forged = json.replacen("\"sha256\": \"", "\"sha256\": \"0", 1);
    assert_eq!(checks(&forged, &[large])[0], (name("large.bin"), FileCheck::Differs));
}

#[test]
fn files_are_matched_with_their_entries() {
    let dir = tempfile::tempdir().expect("a folder");
    let one = write(dir.path(), "download/in/a/x.txt", b"one");
    let two = write(dir.path(), "download/in/b/x.txt", b"two");
    let flat = write(dir.path(), "flat/x.txt", b"two");
    let decomposed = write(dir.path(), "download/in/Ubersicht\u{308}.txt", b"u");
    let lines = [delivered("a/x.txt", b"one"), delivered("b/x.txt", b"two"), delivered("Ubersicht\u{308}.txt", b"u")];
    let json = receipt(&lines).json();
    let [a, b, u] = ["a/x.txt", "b/x.txt", "Ubersicht\u{308}.txt"].map(|name| Some(name.to_owned()));
    assert_eq!(
        checks(&json, &[one.clone(), two.clone(), decomposed]),
        [(a.clone(), FileCheck::Same), (b.clone(), FileCheck::Same), (u.clone(), FileCheck::Same)]
    );
    // A file outside its folder is matched by its content.
    let found = checks(&json, std::slice::from_ref(&flat));
    assert_eq!(found, [(b.clone(), FileCheck::Same), (a.clone(), FileCheck::Missing), (u.clone(), FileCheck::Missing)]);
    // A matching path takes precedence over the content.
    fs::write(&one, b"two").expect("a file");
    assert_eq!(checks(&json, &[one])[0], (a, FileCheck::Differs));
    // Missing paths and links.
    let odd = [dir.path().join("nowhere/x.txt")];
    assert_eq!(checks(&json, &odd)[0], (None, FileCheck::Unreadable));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/", dir.path().join("flat/loop")).expect("a link");
        let found = checks(&json, &[dir.path().join("flat")]);
        assert_eq!(found.len(), 3, "a link in a folder is not followed: {found:?}");
    }
}

#[test]
fn texts_that_are_not_receipts_are_refused() {
    for text in
        ["", "{}", "[]", "null", "{\"daypass_receipt\": 1}", "{\"daypass_receipt\": \"1\"}", "\u{feff}", "PK\u{3}\u{4}"]
    {
        assert_eq!(verify(text, &[]), Err(NotReadable::NotAReceipt), "{text:?}");
    }
    assert_eq!(verify("{\"daypass_receipt\": 2, \"new\": []}", &[]), Err(NotReadable::Later(2)));
    let json = receipt(&[delivered("a", b"a")]).json();
    let newer = json.replacen('{', "{\"added_later\": [1],", 1);
    assert_eq!(checks(&newer, &[]).len(), 1, "unknown members are ignored");
    assert_eq!(checks(&format!("\u{feff}{json}"), &[]).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn truncated_receipts_are_refused_and_no_text_panics(text in any::<String>(), cut in 0usize..3000) {
        let _ = verify(&text, &[]);
        let json = receipt(&[delivered("a", b"a")]).json();
        let cut = json.floor_char_boundary(cut);
        prop_assert!(verify(&json[..cut], &[]).is_err() || cut >= json.len());
    }
}
