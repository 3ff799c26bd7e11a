//! Receipts on the command line: saves them after a delivery, and verifies files against them on the customer's side.

use super::args::Verify;
use super::{ALL, SOME_NOT, Stop, say};
use crate::engine::handle::Handle;
use crate::model::upload::DestinationId;
use crate::receipt::messages as words;
use crate::receipt::{FileCheck, verify as check};
use crate::receipt::{Format, Receipt};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Saves the receipt of the delivery that has just ended, in the format of the file's extension.
pub(super) async fn write(handle: &Handle, place: DestinationId, path: &Path) -> Result<(), String> {
    let receipt: Receipt =
        Receipt::of_last(handle, place).await.map_err(|problem| crate::words::problem::sentence(&problem))?;
    let (format, to) = (Format::of(path), path.to_path_buf());
    let saving = tokio::task::spawn_blocking(move || receipt.save(&to, format));
    saving.await.map_err(|why| why.to_string())?.map_err(|why| words::not_saved(path, &why.to_string()))
}

/// `verify`: checks files against a receipt.
pub(super) fn verify(args: &Verify) -> Result<u8, Stop> {
    let text = std::fs::read_to_string(&args.receipt)
        .map_err(|why| Stop::new(words::not_read(&args.receipt, &why.to_string())))?;
    let verdicts = check(&text, &args.paths).map_err(|why| Stop::new(words::not_a_receipt(&why)).hint(words::WHICH))?;
    // A user who checks a single file doesn't want to know that the others are missing.
    let whole = args.paths.iter().any(|path| path.is_dir());
    let verdicts = verdicts.into_iter().filter(|verdict| whole || verdict.check != FileCheck::Missing);
    let (mut good, mut bad) = (0_u64, 0_u64);
    for verdict in verdicts {
        *(if verdict.check.good() { &mut good } else { &mut bad }) += 1;
        let shown = verdict.path.as_ref().map(|path: &PathBuf| path.to_string_lossy().into_owned());
        let name = shown.or_else(|| verdict.name.clone()).unwrap_or_default();
        if args.json {
            let event = json!({
                "event": "checked", "path": verdict.path, "name": verdict.name, "good": verdict.check.good(),
                "found": words::check(verdict.check),
            });
            say(&event.to_string());
        } else {
            say(&words::verdict(&name, verdict.check));
        }
    }
    say(&if args.json {
        json!({ "event": "summary", "good": good, "bad": bad }).to_string()
    } else {
        words::tally(good, bad)
    });
    Ok(if bad == 0 && good > 0 { ALL } else { SOME_NOT })
}
