//! Tests what the next run knows of requests that may have stored a file, and of delivered bytes.

use super::{PLACE, added, delivery, folder, home, lines, open, place, record, runtime, stored};
use daypass::model::record::{End, Record};
use daypass::model::upload::UploadId;

#[test]
fn the_next_run_knows_which_files_may_have_been_sent() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery()]).await;
        record(&journal, (0..5).map(|id| added(id, &folder(), &format!("{id}.txt"), 1)).collect::<Vec<_>>()).await;
        record(&journal, [Record::PutsBegin(UploadId(1), UploadId(2)), Record::Doubted(UploadId(4))]).await;
        journal.close().await.expect("it closes");
    });
    let flags = |kept: &daypass::model::record::Kept| {
        kept.unfinished[0].1.iter().map(|upload| (upload.put_begun, upload.doubted)).collect::<Vec<_>>()
    };
    runtime().block_on(async {
        let (journal, kept, _) = open(&home);
        let (id, begun, doubted) = ((false, false), (true, false), (false, true));
        assert_eq!(flags(&kept), [id, begun, begun, id, doubted]);
        let rows: Vec<i64> = kept.unfinished[0].1.iter().map(|upload| upload.row).collect();
        record(&journal, [place()]).await;
        for (id, row) in (0..).zip(rows) {
            record(&journal, [Record::Adopted(UploadId(id), PLACE, row)]).await;
        }
        // Nothing of it can exist under another name.
        record(&journal, [Record::PutsAnswered, Record::Renamed(UploadId(4), "other".into())]).await;
        journal.close().await.expect("it closes");
    });
    runtime().block_on(async {
        let (_journal, kept, _) = open(&home);
        assert_eq!(flags(&kept), [(false, false); 5]);
    });
}

#[test]
fn records_count_only_after_they_are_on_disk() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "a", 1)]).await;
        journal.kept_until(3).await.expect("they are written");
        assert!(*journal.kept().borrow() >= 3);
        let again = journal.clone();
        let waiting = tokio::spawn(async move { again.kept_until(4).await });
        tokio::task::yield_now().await;
        // The record follows the flush that waited for it.
        record(&journal, [added(1, &folder(), "b", 1)]).await;
        waiting.await.expect("no panic").expect("it is written");
        journal.close().await.expect("it closes");
    });
}

#[test]
fn a_delivery_counts_only_delivered_bytes() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place(), delivery(), added(0, &folder(), "a", 300)]).await;
        record(&journal, [Record::Ended(UploadId(0), End::Delivered(stored(3)))]).await;
        journal.flush().await.expect("it is on disk");
        let all = lines(&journal);
        assert_eq!((all[0].0.bytes, all[0].1[0].size), (3, 3));
        journal.close().await.expect("it closes");
    });
}
