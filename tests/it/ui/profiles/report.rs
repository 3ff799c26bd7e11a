//! The report for support: it is read on its sheet before it is saved or copied.

use super::{came, open, press, says, wanted, wishes};
use crate::ui::demo;
use daypass::ui::Action;
use daypass::ui::backend::{Request, SheetReply};
use daypass::ui::paths::PathFor;
use daypass::words::report as words;
use daypass::words::ui::{dialog, pass};

const REPORT: &str = "Daypass report, made 2026-11-28T02:40:12Z\n\nLAST PROBLEMS\nNone in the log.\n";

#[test]
fn a_report_is_shown_before_it_is_saved() {
    let mut shown = open(demo::ready());
    press(&mut shown, pass::SETTINGS);
    press(&mut shown, words::OPEN);
    let Request::GatherReport(round) = wanted(&mut shown) else { panic!("the report is asked for") };
    assert!(says(&shown, words::GATHERING) && says(&shown, words::ABOUT[2]) && !says(&shown, words::SAVE));
    came(&mut shown, (round.wrapping_add(1), SheetReply::Report("another".into())));
    assert!(says(&shown, words::GATHERING), "another sheet's answer is dropped");
    came(&mut shown, (round, SheetReply::Report(REPORT.into())));
    assert!(says(&shown, words::NO_PROBLEMS), "the whole text is there to be read");
    press(&mut shown, dialog::COPY);
    assert_eq!(wishes(&mut shown), [Action::Copy(REPORT.to_owned())]);
    press(&mut shown, words::SAVE);
    let save = PathFor::Text(words::FILE, REPORT.to_owned());
    assert_eq!(wishes(&mut shown), [Action::Choose(save)]);
    assert!(!says(&shown, words::TITLE), "the sheet is closed");
}
