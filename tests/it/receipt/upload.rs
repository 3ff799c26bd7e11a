//! Sending a receipt to the bucket: it gets its own object name and is not part of the delivery.

use crate::support::stage::{self, FIRST, Stage};
use daypass::model::history::HistoryFilter;
use daypass::model::problem::Kind;
use daypass::model::snapshot::Command;
use daypass::practice::{self, ApiOperation, Fault, FaultRule};
use daypass::receipt::{FileCheck, Format, Receipt, Receipts, verify};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn receipts(stage: &Stage) -> Vec<String> {
    let keys = stage.practice.objects().into_iter().map(|object| object.key);
    keys.filter(|key| key.starts_with("incoming/daypass-receipt-")).collect()
}

#[test]
fn a_sent_receipt_has_its_own_name_and_replaces_nothing() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        stage.file("folder/b.bin", 9_000_000);
        let mut handle = stage.engine(stage.options()).await;
        let seen = stage.deliver(&mut handle).await;
        let totals = seen.destinations[0].totals;
        let receipt = Receipt::of_last(&handle, FIRST).await.expect("a receipt");
        // The server is not Amazon's, so the receipt names it.
        let server = stage.practice.story().endpoint;
        assert_eq!(receipt.server.as_deref(), Some(server.as_str()));
        for text in [receipt.html(), receipt.message(), receipt.csv(), receipt.json()] {
            assert!(text.contains(&server), "{text}");
            let amazon = ["Amazon confirmed", "by Amazon", "Amazon S3"];
            assert!(amazon.iter().all(|amazon| !text.contains(amazon)), "{text}");
        }
        let sent = Receipt::send_last(&handle, FIRST).await.expect("it is sent");
        assert!(sent.confirmed);
        assert_eq!(sent.key, format!("incoming/{}", receipt.sent_name(1)));
        let stored = stage.practice.object_bytes(&sent.key).expect("it is there");
        assert_eq!(String::from_utf8(stored).expect("text"), receipt.html());
        assert!(receipt.html().contains("source/folder/b.bin"));

        let again = Receipt::send_last(&handle, FIRST).await.expect("it is sent under another name");
        assert_eq!(again.key, sent.key.replace(".html", "-2.html"));
        assert_eq!(receipts(&stage).len(), 2);

        handle.reached().await;
        let after = handle.seen();
        assert_eq!((after.destinations[0].totals, after.rows.len()), (totals, 2), "the delivery is unchanged");
        assert_eq!(Receipt::of_last(&handle, FIRST).await.expect("a receipt").delivered.len(), 2);

        handle.send(Command::SignOut(FIRST));
        handle.reached().await;
        let refused = Receipt::send_last(&handle, FIRST).await.expect_err("there is no access");
        assert_eq!(refused.kind, Kind::SessionEnded);
        assert_eq!(receipts(&stage).len(), 2);
        handle.stop().await;
    });
}

#[test]
fn receipts_of_several_deliveries_form_one_file() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        let mut handle = stage.engine(stage.options()).await;
        stage.deliver(&mut handle).await;
        let (second, changed) = (stage.file("b.txt", 7), stage.file("c.txt", 8));
        handle.send(Command::Add(FIRST, vec![second, changed.clone()]));
        handle.reached().await;
        stage::done(&mut handle).await;
        handle.journal().flush().await.expect("it is on disk");
        let history = handle.journal().history();
        let all = history.find(&HistoryFilter::default()).expect("a list");
        let receipts = all.iter().map(|(id, _)| {
            let (delivery, lines) = history.delivery(*id).expect("it reads").expect("it is there");
            Receipt::of(&delivery, &lines)
        });
        let receipts = Receipts(receipts.collect());
        assert_eq!(receipts.0.len(), 2);

        let page = receipts.render(Format::Html);
        assert!(page.contains("2 delivery receipts"));
        assert_eq!((page.matches("<article>").count(), page.matches("<h1>").count()), (2, 2));
        let table = receipts.render(Format::Csv);
        assert_eq!(table.lines().count(), 4, "one header, three files:\n{table}");
        assert!(table.contains("\"4444 5555 6666\""), "an account is not a number");
        let message = receipts.message();
        assert!(message.contains("I delivered 3 files (21 bytes) to importantprojectbucket/incoming"), "{message}");
        assert!(!message.contains("———"), "one customer gets one message");

        let json = receipts.render(Format::Json);
        std::fs::write(&changed, b"other").expect("written");
        let mut checks: Vec<FileCheck> = verify(&json, std::slice::from_ref(&stage.source))
            .expect("a receipt")
            .into_iter()
            .map(|v| v.check)
            .collect();
        checks.sort_unstable_by_key(|check| check.good());
        assert_eq!(checks, [FileCheck::Differs, FileCheck::Same, FileCheck::Same]);
        let one = Receipts(vec![receipts.0[0].clone()]);
        assert_eq!(one.render(Format::Json), receipts.0[0].json());
        handle.stop().await;
    });
}

#[test]
fn a_busy_server_is_retried_and_a_lost_response_is_reported() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        let mut handle = stage.engine(stage.options()).await;
        stage.deliver(&mut handle).await;
        let busy = Fault::status(503, "SlowDown", "Reduce your request rate.");
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, busy));
        let sent = Receipt::send_last(&handle, FIRST).await.expect("it is sent");
        assert_eq!((receipts(&stage), sent.confirmed), (vec![sent.key.clone()], true));

        // S3 stored the object but its response was lost: the retry finds the name taken, perhaps by our own object.
        stage.practice.fault(FaultRule::once(ApiOperation::PutObject, Fault::DropAfter).key("-2.html"));
        let lost = Receipt::send_last(&handle, FIRST).await.expect("it may be there");
        assert_eq!((lost.key, lost.confirmed), (sent.key.replace(".html", "-2.html"), false));
        handle.stop().await;
    });
}

#[test]
fn the_command_line_sends_a_receipt_on_request() {
    runtime().block_on(async {
        let stage = Stage::new(practice::PracticeOptions::default()).await;
        stage.file("a.txt", 6);
        let output = tokio::task::block_in_place(|| {
            stage.upload("importantproject").args(["--send-receipt", "source"]).output().expect("it runs")
        });
        let text = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(0), "{text}");
        let [key] = receipts(&stage).try_into().expect("one receipt");
        assert!(text.ends_with(&format!("Receipt sent: {key}\n")), "{text}");
        let page = String::from_utf8(stage.practice.object_bytes(&key).expect("it is there")).expect("text");
        let Some((_, sha256)) = page.split_once("<i>SHA-256</i> <code>") else { panic!("{page}") };
        assert!(sha256.bytes().take(64).all(|byte| byte.is_ascii_hexdigit()), "{page}");
        // The receipt names the person even though the files were found before there was access.
        assert_eq!(page.matches("<dd>Richard</dd>").count(), 2, "session and person: {page}");
    });
}
