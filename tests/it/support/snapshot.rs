//! Compares texts with `tests/snapshots`, so that changes are seen in review.

use std::path::Path;

/// Compares with the stored text; `DAYPASS_SNAPSHOTS=write` overwrites it.
pub fn same_as_kept(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("DAYPASS_SNAPSHOTS").is_some_and(|what| what == "write") {
        std::fs::write(&path, text).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let differ = kept.lines().zip(text.lines()).position(|(kept, now)| kept != now);
    assert!(
        kept == text,
        "{} differs from line {} on; look at it and write it anew with DAYPASS_SNAPSHOTS=write",
        path.display(),
        differ.map_or(kept.lines().count().min(text.lines().count()) + 1, |at| at + 1),
    );
}
