//! `daypass-cli grant`: the kit as the command line prints it.

use crate::cli::check::Bench;
use daypass::grant::Invitation;
use daypass::grant::RequestProblem;
use daypass::grant::names::FormProblem;
use daypass::grant::words::{ask_problem, odd};
use daypass::practice::PracticeOptions;
use daypass::words::access::no_date;

const USER: &str = "arn:aws:iam::111122223333:user/Richard";

#[tokio::test]
async fn every_format_is_printed() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let base = ["grant", "--user-arn", USER, "--bucket", "importantprojectbucket", "--prefix", "incoming"];
    for (form, shown) in [
        ("cloudformation", "AWS::IAM::Role"),
        ("json", "sts:AssumeRole"),
        ("commands", "aws iam create-role"),
        ("powershell", "iam create-role"),
        ("terraform", "aws_iam_role"),
        ("message", "Hello,"),
    ] {
        let (code, out, beside) = bench.run(&[&base[..], &["--format", form]].concat()).await;
        assert!(code == 0 && out.contains(shown) && out.contains("importantprojectbucket"), "{form}: {out}{beside}");
    }
    let (code, _, beside) = bench.run(&[&base[..], &["--format", "invitation"]].concat()).await;
    assert!(code == 2 && beside.contains(&ask_problem(RequestProblem::RoleNeeded)), "{beside}");
    let role = ["--format", "invitation", "--role-arn", &bench.story.role_arn, "--customer", "Acme", "--mfa"];
    let (code, out, beside) = bench.run(&[&base[..], &role].concat()).await;
    assert_eq!(code, 0, "{beside}");
    let read = Invitation::parse(&out).expect("an invitation");
    assert_eq!((read.name(), read.prefix.as_str(), read.mfa), ("Acme", "incoming/", true));
}

#[tokio::test]
async fn the_kit_contains_every_requested_condition() {
    let bench = Bench::new(PracticeOptions::default()).await;
    let args = [
        "grant",
        "--profile",
        "importantproject",
        "--endpoint-url",
        &bench.story.endpoint,
        "--bucket",
        "importantprojectbucket",
        "--format",
        "json",
        "--mfa-max-age",
        "3600",
        "--external-id",
        "x-1",
        "--not-before",
        "2026-12-01",
        "--not-after",
        "2026-12-31",
        "--source-ip",
        "203.0.113.0/24",
        "--session-is-user",
        "--kms",
        "any",
        "--clean-up",
        "--abort-days",
        "7",
    ];
    let (code, out, beside) = bench.run(&args).await;
    assert_eq!(code, 0, "{beside}");
    for shown in [
        "user/Richard",
        "aws:MultiFactorAuthAge",
        "x-1",
        "2026-12-01T00:00:00Z",
        "2027-01-01T00:00:00Z",
        "203.0.113.0/24",
        "sts:RoleSessionName",
        "kms:GenerateDataKey",
        "s3:AbortMultipartUpload",
        "s3:if-none-match",
        "aws:SecureTransport",
    ] {
        assert!(out.contains(shown), "{shown}: {out}");
    }
    for (wrong, said) in [
        (["--source-ip", "10.0.0.0/8"], odd(FormProblem::Private)),
        (["--not-after", "tomorrow"], &no_date("tomorrow")),
        (["--duration", "60"], "12 hours"),
        (["--kms", "alias/x"], "--kms"),
    ] {
        let base = ["grant", "--user-arn", USER, "--bucket", "importantprojectbucket"];
        let (code, _, beside) = bench.run(&[&base[..], &wrong].concat()).await;
        assert!(code == 2 && beside.contains(said), "{wrong:?}: {beside}");
    }
    // The defaults are those of the window.
    let base = ["grant", "--bucket", "importantprojectbucket", "--format", "json"];
    let printed = async |more: &[&str]| {
        let (code, out, beside) = bench.run(&[&base[..], more].concat()).await;
        assert_eq!(code, 0, "{more:?}: {beside}");
        out
    };
    let usual = printed(&["--user-arn", USER]).await;
    assert!(usual.contains("aws:MultiFactorAuthPresent") && usual.contains("s3:if-none-match"), "{usual}");
    assert!(!usual.contains("sts:ExternalId"), "{usual}");
    let less = printed(&["--user-arn", USER, "--no-mfa", "--may-replace"]).await;
    assert!(!less.contains("aws:MultiFactorAuthPresent") && !less.contains("s3:if-none-match"), "{less}");
    assert!(less.contains("aws:SecureTransport"), "{less}");
    let role = printed(&["--user-arn", "arn:aws:iam::111122223333:role/ci"]).await;
    assert!(!role.contains("aws:MultiFactorAuthPresent") && role.contains("111122223333:role/ci"), "{role}");
    // A whole account is trusted only with an external ID, which is different each time.
    let account = ["--user-arn", USER, "--whole-account"];
    let (one, two) = (printed(&account).await, printed(&account).await);
    assert!(one.contains("sts:ExternalId") && one != two, "{one}");
    let (code, _, beside) = bench.run(&["grant", "--bucket", "importantprojectbucket"]).await;
    assert!(code == 2 && beside.contains("--user-arn"), "{beside}");
}
