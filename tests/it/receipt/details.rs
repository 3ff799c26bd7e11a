//! What receipts say about a failed file: the sentence, and the message of the service or the system.

use super::*;
use crate::support::stage::{FIRST, Stage};
use daypass::practice::{self, ApiOperation, Fault, FaultRule};
use daypass::receipt::Details;

fn stopped(kind: Kind, detail: Detail) -> DeliveryFile {
    line("job/a.txt", Outcome::Failed(Problem::with(kind, detail)))
}

fn refused() -> DeliveryFile {
    stopped(
        Kind::Refused,
        Detail {
            call: "PutObject".into(),
            code: "KeyTooStrange".into(),
            status: 400,
            request_id: "REQ1".into(),
            message: "Your key is <b>too strange</b> for arn:aws:iam::999999999999:user/Secret".into(),
            ..Detail::default()
        },
    )
}

#[test]
fn every_format_shows_the_services_message_with_the_sentence() {
    let told =
        "PutObject · KeyTooStrange · HTTP 400 · request REQ1 · Your key is <b>too strange</b> for (another account)";
    let receipt = receipt(&[refused()]);
    let file = &receipt.not_delivered[0];
    assert_eq!(file.details.as_ref().expect("details").line(), told);
    let row = &parse_csv(&receipt.csv())[1];
    assert_eq!((&*row[11], row.last().map(String::as_str)), (&*file.why, Some(told)));
    let html = receipt.html();
    let shown = told.replace('<', "&lt;").replace('>', "&gt;");
    assert!(html.contains(&format!("{}<br><small>{}: {shown}</small>", file.why, words::DETAILS)), "{html}");
    let json: serde_json::Value = serde_json::from_str(&receipt.json()).expect("it reads");
    let details = &json["not_delivered"][0]["details"];
    assert_eq!((&details["status"], &details["code"]), (&400.into(), &"KeyTooStrange".into()));
    assert_eq!((&details["call"], &details["request_id"]), (&"PutObject".into(), &"REQ1".into()));
    assert_eq!(serde_json::from_str::<Receipt>(&receipt.json()).expect("it reads"), receipt);
    // The message for the customer stays short.
    assert!(!receipt.message().contains("REQ1"));
}

#[test]
fn the_systems_message_is_shown_if_there_is_one() {
    let message = "Permission denied (os error 13)";
    let detail = Detail { call: "read".into(), message: message.into(), ..Detail::default() };
    let lines = [
        stopped(Kind::SourceUnreadable, detail),
        line("job/b.txt", Outcome::Failed(Problem::new(Kind::KeyFile))),
        line("job/c.txt", Outcome::AlreadyThere),
    ];
    let receipt = receipt(&lines);
    let told: Vec<_> = receipt.not_delivered.iter().map(|file| file.details.as_ref().map(Details::line)).collect();
    assert_eq!(told, [Some(format!("read · {message}")), None, None]);
    for form in Format::ALL {
        assert!(receipt.render(form).contains(message), "{form:?}");
    }
}

#[test]
fn a_receipt_without_details_can_still_be_read() {
    let json = receipt(&[refused()]).json();
    let mut value: serde_json::Value = serde_json::from_str(&json).expect("it reads");
    value["not_delivered"][0].as_object_mut().expect("a file").remove("details");
    let read: Receipt = serde_json::from_value(value).expect("it reads");
    assert_eq!(read.not_delivered[0].details, None);
}

#[tokio::test]
async fn the_receipt_of_a_delivery_contains_the_message_of_s3() {
    let stage = Stage::new(practice::PracticeOptions::default()).await;
    stage.file("a.txt", 5);
    let message = "Your request header section exceeds the maximum allowed size.";
    let fault = Fault::status(400, "RequestHeaderSectionTooLarge", message);
    stage.practice.fault(FaultRule::once(ApiOperation::PutObject, fault));
    let mut handle = stage.engine(stage.options()).await;
    stage.deliver(&mut handle).await;
    let receipt = Receipt::of_last(&handle, FIRST).await.expect("a receipt");
    for form in Format::ALL {
        let text = receipt.render(form);
        assert!(text.contains(message) && text.contains("RequestHeaderSectionTooLarge"), "{form:?}: {text}");
    }
    handle.stop().await;
}
