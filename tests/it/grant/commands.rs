//! The kit's commands for bash, run against a fake AWS CLI: every value is intact and nothing is replaced.
#![cfg(unix)]

use super::kit::{ask, full};
use daypass::grant::{Invitation, KitFormat, RoleRequest, policy, print};
use daypass::words;

/// Runs the commands for bash against a fake AWS CLI that logs its arguments and answers each command by the shell
/// patterns in `finds`: with a text or an error code.
fn run_commands(ask: &RoleRequest, finds: &str) -> (std::process::Output, Vec<Vec<String>>) {
    let dir = tempfile::tempdir().expect("a folder");
    let stand_in = format!(
        "aws() {{ printf '%s\\037' \"$@\" >> log; printf '\\036' >> log; case \"$2 $*\" in {finds} *Role.Arn*) echo \
         arn:aws:iam::222233334444:role/r;; esac; }}\nno() {{ echo \"An error occurred ($1) when calling it: no\" >&2; \
         return 254; }}\n"
    );
    let script = stand_in + &print(ask, KitFormat::Commands, None).expect("commands");
    let out = std::process::Command::new("sh").arg("-c").arg(script).current_dir(dir.path()).output().expect("it runs");
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap_or_default();
    let calls = log.split_terminator('\u{1e}').map(|call| call.split('\u{1f}').map(str::to_owned).collect()).collect();
    (out, calls)
}

fn names(calls: &[Vec<String>]) -> Vec<&str> {
    calls.iter().map(|call| &*call[1]).collect()
}

const NOTHING_THERE: &str = "head-bucket*) no 404;; *lifecycle*) case \"$2\" in get*) no NoSuchLifecycleConfiguration;; \
                             esac;; *Role.Description*) no NoSuchEntity;;";

#[test]
fn the_commands_pass_every_value_intact() -> std::io::Result<()> {
    let full = RoleRequest { role_name: "-x+=,.@".parse().expect("a name"), ..full() };
    let (out, calls) = run_commands(&full, NOTHING_THERE);
    assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
    let printed = String::from_utf8_lossy(&out.stdout).into_owned();
    let role = "arn:aws:iam::222233334444:role/r".parse().expect("a role");
    assert_eq!(Invitation::parse(&printed), Ok(full.invitation(role)));
    let expected = [
        "head-bucket",
        "create-bucket",
        "put-public-access-block",
        "put-bucket-versioning",
        "put-bucket-policy",
        "get-bucket-lifecycle-configuration",
        "put-bucket-lifecycle-configuration",
        "get-role",
        "create-role",
        "put-role-policy",
        "get-role",
    ];
    assert_eq!(names(&calls), expected);
    assert!(calls[8].contains(&"--role-name=-x+=,.@".to_owned()));
    let trees = [policy::bucket(&full), policy::trust(&full), policy::permission(&full)];
    for (call, tree) in [4, 8, 9].into_iter().zip(trees) {
        let json = calls[call].iter().find(|arg| arg.starts_with('{')).expect("a document");
        assert_eq!(serde_json::from_str::<serde_json::Value>(json)?, tree.value());
    }
    Ok(())
}

#[test]
fn the_commands_replace_nothing_that_exists() {
    // The rules contain the name of the error for "no rules": only the exit status decides.
    let rules = "echo '{\"Rules\":[{\"ID\":\"(NoSuchLifecycleConfiguration)\"}]}'";
    let there = format!("head-bucket*) ;; *lifecycle*) {rules};; *Role.Description*) no NoSuchEntity;;");
    let (out, calls) = run_commands(&full(), &there);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{out:?}");
    let looks = ["head-bucket", "get-bucket-lifecycle-configuration"];
    assert_eq!(names(&calls), [&looks[..], &["get-role", "create-role", "put-role-policy", "get-role"]].concat());
    assert!(said.contains(words::kit::BUCKET_THERE) && said.contains(words::kit::LIFECYCLE_THERE), "{said}");
    // Rules that can't be read may exist.
    let (out, calls) = run_commands(&full(), "head-bucket*) ;; *lifecycle*) no AccessDenied;;");
    assert_eq!((out.status.code(), names(&calls)), (Some(1), looks.to_vec()));
    assert!(String::from_utf8_lossy(&out.stderr).contains("(AccessDenied)"), "{out:?}");
}

#[test]
fn the_commands_resume_after_an_interrupted_run() {
    let ask = ask("in/");
    let ours = words::kit::role_description(&policy::principal(&ask));
    let (out, calls) = run_commands(&ask, &format!("*Role.Description*) echo '{ours}';;"));
    assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
    let expected = ["get-role", "update-assume-role-policy", "update-role", "put-role-policy", "get-role"];
    assert_eq!(names(&calls), expected);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(said.contains(words::kit::ROLE_THERE) && Invitation::parse(&said).is_ok(), "{said}");
    // A role that the kit did not make, or made for someone else, is left alone.
    for other in ["None", &ours.replace("Richard", "Mallory")] {
        let (out, calls) = run_commands(&ask, &format!("*Role.Description*) echo '{other}';;"));
        assert_eq!((out.status.code(), names(&calls)), (Some(1), vec!["get-role"]), "{other}");
        assert!(String::from_utf8_lossy(&out.stderr).contains(words::kit::OTHER_ROLE_THERE));
    }
}
