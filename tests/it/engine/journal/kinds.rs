//! The names of the kinds of problems in the journal, which older and later versions of Daypass read.

use crate::support::snapshot::same_as_kept;
use crate::ui::kinds::kinds;
use daypass::model::problem::{Detail, Kind, Problem};

#[test]
fn every_kind_keeps_its_stored_name_and_can_be_read_back() {
    let mut written = String::new();
    for kind in kinds() {
        let text = serde_json::to_string(&kind).expect("it is written");
        assert_eq!(serde_json::from_str::<Kind>(&text).expect("it is read"), kind);
        written.push_str(&text);
        written.push('\n');
    }
    same_as_kept("kinds.txt", &written);
}

#[test]
fn a_problem_is_shown_with_its_kind_call_and_message() {
    let detail = Detail { call: "PutObject".into(), message: "no".into(), ..Detail::default() };
    let problem: Box<dyn std::error::Error> = Box::new(Problem::with(Kind::Busy, detail));
    assert_eq!(problem.to_string(), "Busy in PutObject: no");
    assert_eq!(Problem::new(Kind::Offline).to_string(), "Offline");
}
