//! A file that was left out because it looks like a key: one click on its row, and one confirmation.

use super::{demo, open, press, says, wishes};
use daypass::model::problem::{Kind, Problem};
use daypass::model::snapshot::Command;
use daypass::model::upload::State;
use daypass::ui::Action;
use daypass::ui::backend::Request;
use daypass::words::problem::said;
use daypass::words::ui::{dialog, table};
use std::sync::Arc;

#[test]
fn a_file_that_looks_like_a_key_is_sent_by_one_click_and_a_yes() {
    let mut seen = demo::uploading();
    let id = seen.rows.iter().next().map(|(id, _)| id).expect("a row");
    let row = seen.rows.get_mut(id).expect("a row");
    row.state = State::Failed(Arc::new(Problem::new(Kind::KeyFile)));
    let button = format!("{}: {}", table::SEND_KEY, row.name);
    let mut harness = open(seen);
    for yes in [false, true] {
        press(&mut harness, &button);
        assert!(says(&harness, &said(Kind::KeyFile).body));
        press(&mut harness, if yes { dialog::SEND_KEY } else { dialog::LEAVE_OUT });
        assert_eq!(wishes(&mut harness).contains(&Action::Request(Request::Command(Command::SendKeyFile(id)))), yes);
    }
}
