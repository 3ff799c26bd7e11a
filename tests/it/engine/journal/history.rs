//! Tests past deliveries: they can be searched and cleared, and reading stays fast.

use super::*;

#[test]
fn history_can_be_searched_and_cleared() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let work = folder();
        record(&journal, [place(), delivery(), added(0, &work, "Übersicht.pdf", 3)]).await;
        record(&journal, [Record::Ended(UploadId(0), End::Delivered(stored(3)))]).await;
        record(&journal, [delivery(), added(1, &work, "plan.dwg", 3), added(2, &work, "stopped.dwg", 3)]).await;
        record(&journal, [Record::Ended(UploadId(1), End::Delivered(stored(3)))]).await;
        let problem = Arc::new(Problem::new(Kind::SourceGone));
        record(&journal, [Record::Ended(UploadId(2), End::Failed(problem)), added(3, &work, "open.dwg", 3)]).await;
        journal.flush().await.expect("it is on disk");
        let history = journal.history();
        let find = |text: &str| {
            let wanted = HistoryFilter { search: Some(text.into()), ..HistoryFilter::default() };
            history.deliveries(&wanted, 10, 0).expect("a list").iter().map(|found| found.id).collect::<Vec<_>>()
        };
        assert_eq!(find("übersicht"), [1]);
        assert_eq!(find("u\u{308}BERSICHT"), [1], "a decomposed name is the same name");
        assert_eq!(find("dwg"), [2]);
        assert_eq!(find("IMPORTANT"), [2, 1]);
        assert_eq!(find("job/"), [2, 1]);
        assert_eq!(find("50%"), Vec::<i64>::new());
        let all = history.deliveries(&HistoryFilter::default(), 1, 1).expect("a list");
        assert_eq!(all.iter().map(|found| found.id).collect::<Vec<_>>(), [1]);
        let began = all[0].began;
        let dated =
            |from, until| history.deliveries(&HistoryFilter { search: None, from, until }, 9, 0).expect("a list").len();
        assert_eq!((dated(Some(began), None), dated(None, Some(began))), (2, 0));
        assert_eq!(dated(Some(Utc(began.0 + 1)), None), 1);

        journal.clear_history().await.expect("it is cleared");
        let all = lines(&journal);
        assert_eq!(all.len(), 1, "a delivery of which nothing is left is not listed");
        let names: Vec<_> = all[0].1.iter().map(|line| &*line.name).collect();
        assert_eq!(names, ["job/stopped.dwg", "job/open.dwg"], "what can still be tried again stays");
        record(&journal, [Record::Reopened(UploadId(2))]).await;
        journal.close().await.expect("it closes");
        let file = fs::read(home.join("journal.sqlite")).expect("the file");
        assert!(!file.windows(8).any(|bytes| bytes == b"plan.dwg"), "no cleared name is left in the file");
        let (_, kept, _) = open(&home);
        assert_eq!(kept.unfinished[0].1.len(), 2);
    });
}

#[test]
fn a_long_history_can_be_listed_searched_and_read() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        record(&journal, [place()]).await;
        let work = folder();
        for upload in 0..20_000_u32 {
            if upload % 100 == 0 {
                record(&journal, [delivery()]).await;
            }
            record(&journal, [added(upload, &work, &format!("{upload}.txt"), 1)]).await;
            if upload % 2 == 0 {
                record(&journal, [Record::Ended(UploadId(upload), End::Delivered(stored(1)))]).await;
            }
        }
        journal.close().await.expect("it closes");

        let (journal, kept, _) = open(&home);
        let open =
            kept.unfinished[0].1.iter().filter(|upload| upload.came == daypass::model::record::EarlierState::Open);
        assert_eq!(open.count(), 10_000);
        let history = journal.history();
        assert_eq!(history.deliveries(&HistoryFilter::default(), 50, 0).expect("a list").len(), 50);
        let wanted = HistoryFilter { search: Some("19999.TXT".into()), ..HistoryFilter::default() };
        assert_eq!(history.deliveries(&wanted, 50, 0).expect("a list").len(), 1);
        let (found, lines) = history.delivery(100).expect("it reads").expect("it is there");
        assert_eq!((found.delivered, lines.len()), (50, 100));
    });
}

#[test]
fn a_large_delivery_is_read_in_pages() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let others = destination("Bridge survey", "otherbucket");
        record(&journal, [place(), Record::Place(DestinationId(1), Arc::new(others))]).await;
        let work = folder();
        for number in 0..25_000_u32 {
            let Record::Delivery { account, who, session, .. } = delivery() else { panic!("a delivery") };
            let place = DestinationId(u16::from(number % 1000 == 0));
            record(&journal, [Record::Delivery { destination: place, account, who, session }]).await;
            let Record::Added { upload, folder, name, key_name, size, .. } = added(10 + number, &work, "x", 3) else {
                panic!("a file")
            };
            record(&journal, [Record::Added { upload, destination: place, folder, name, key_name, size }]).await;
            record(&journal, [Record::Ended(upload, End::Delivered(stored(3)))]).await;
        }
        record(&journal, [delivery()]).await;
        let names = ["plan.dwg", "taken.dwg", "there.dwg", "late.dwg"];
        for (upload, name) in (0..).zip(names) {
            record(&journal, [added(upload, &work, name, 3)]).await;
        }
        let ends = [End::Delivered(stored(3)), End::Canceled, End::AlreadyThere];
        for (upload, end) in (0..).zip(ends) {
            record(&journal, [Record::Ended(UploadId(upload), end)]).await;
        }
        journal.flush().await.expect("it is on disk");

        let history = journal.history();
        let all = history.find(&HistoryFilter::default()).expect("a list");
        assert_eq!((all.len(), all[0].0, all[25_000].0), (25_001, 25_001, 1));
        let find = |text: &str| {
            history.find(&HistoryFilter { search: Some(text.into()), ..HistoryFilter::default() }).expect("a list")
        };
        assert_eq!(find("BRIDGE").len(), 25);
        assert_eq!(find("late").len(), 1);
        let page: Vec<i64> = all[12_000..12_064].iter().map(|(id, _)| *id).collect();
        let read = history.some(&page).expect("a page");
        assert_eq!(read.iter().flatten().map(|one| one.id).collect::<Vec<_>>(), page);
        assert_eq!(history.some(&[5_000_000]).expect("a page"), [None]);

        let rows = history.files(25_001).expect("a list");
        let lines = history.lines(25_001, &rows).expect("a page");
        let found: Vec<&str> = lines.iter().flatten().map(|line| &*line.name).collect();
        assert_eq!(found, ["job/there.dwg", "job/late.dwg", "job/plan.dwg"], "what was not delivered stands first");
        assert_eq!(lines[2].as_ref().expect("a line").outcome, Outcome::Delivered(stored(3)));
        assert_eq!(history.lines(1, &rows[..1]).expect("a page"), [None], "it is no file of that delivery");
    });
}

#[test]
fn a_cleared_delivery_is_listed_again_after_its_next_file() {
    let (_dir, home) = home();
    runtime().block_on(async {
        let (journal, ..) = open(&home);
        let work = folder();
        record(&journal, [place(), delivery(), added(0, &work, "a.txt", 3)]).await;
        record(&journal, [Record::Ended(UploadId(0), End::Delivered(stored(3)))]).await;
        journal.flush().await.expect("it is on disk");
        let history = journal.history();
        let listed = || history.find(&HistoryFilter::default()).expect("a list").len();
        assert_eq!(listed(), 1);
        journal.clear_history().await.expect("it is cleared");
        assert_eq!(listed(), 0);
        record(&journal, [added(1, &work, "b.txt", 3)]).await;
        journal.flush().await.expect("it is on disk");
        assert_eq!(listed(), 1);
        record(&journal, [Record::Ended(UploadId(1), End::Delivered(stored(3)))]).await;
        journal.flush().await.expect("it is on disk");
        assert_eq!((listed(), lines(&journal)[0].1.len()), (1, 1));
    });
}
