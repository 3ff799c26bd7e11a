//! The list of what was not taken into the queue, and the way to send again what was delivered earlier.

use super::sheet::{After, Sheet, View, buttons, safe, title};
use super::theme::{self, Face, gap, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, layout};
use crate::model::snapshot::{Command, SkipReason, Skipped};
use crate::model::upload::DestinationId;
use crate::words::ui::{self as words, dialog};
use egui::{Role, ScrollArea, Sense, Ui, WidgetInfo};

/// What was left out at a destination.
pub(crate) struct LeftOut(pub DestinationId);

impl Sheet for LeftOut {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let (id, about) = (self.0, view.about);
        let t = theme::of(ui);
        let Some(place) = view.seen.destination(id) else { return After::Close };
        let (list, count) = (&place.left_out, &place.left_out_count);
        if count.all() == 0 {
            return After::Close;
        }
        let earlier = count.earlier();
        title(ui, if earlier == count.all() { dialog::EARLIER_TITLE } else { dialog::LEFT_OUT_TITLE }, t);
        let scroll = ScrollArea::vertical().max_height(size::list::LEFT_OUT).auto_shrink([false, true]);
        scroll.show_rows(ui, size::list::ENTRY, list.len(), |ui, rows| {
            let first = rows.start;
            for (at, left) in list.get(rows).unwrap_or_default().iter().enumerate() {
                ui.push_id(first + at, |ui| entry(ui, left, about, id, out));
            }
        });
        let more = count.all().saturating_sub(u64::try_from(list.len()).unwrap_or(u64::MAX));
        if more > 0 {
            widgets::text(ui, &[(&words::and_more(more), Face::Small, t.muted)]);
        }
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let close = ui.add(Button::plain(dialog::CLOSE));
            safe(ui, &close);
            if close.clicked() {
                after = After::Close;
            }
            if earlier > 1 && ui.add(Button::plain(dialog::SEND_ALL_AGAIN)).clicked() {
                out.push(Command::SendAgain(id, None).into());
                after = After::Close;
            }
        });
        after
    }
}

/// Draws what was left out: its name before its folder, below it why, and beside it the way to send it all the same.
fn entry(ui: &mut Ui, left: &Skipped, about: &About, id: DestinationId, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let text = |path: Option<&std::path::Path>| path.map(|path| path.display().to_string()).unwrap_or_default();
    let name = text(left.path.file_name().map(std::path::Path::new));
    let folder = text(left.path.parent());
    let why = words::left(left.why, &about.zone);
    let end = |ui: &mut Ui| {
        // The list has a scroll bar at its right.
        ui.add_space(size::SCROLL_BAR);
        if matches!(left.why, SkipReason::Earlier(_)) {
            let named = format!("{}: {name}", dialog::SEND_AGAIN);
            if ui.add(Button::small_link(dialog::SEND_AGAIN).named(&named)).clicked() {
                out.push(Command::SendAgain(id, Some(left.path.clone())).into());
            }
            ui.add_space(gap::NEAR);
        }
    };
    let runs = [(name.as_str(), Face::Body, t.ink), ("  ", Face::Small, t.faint), (&folder, Face::Small, t.faint)];
    let row = layout::row(ui, size::list::ENTRY, end, |ui| {
        layout::two_lines(
            ui,
            0.0,
            |ui| _ = widgets::line(ui, &runs),
            |ui| _ = widgets::line(ui, &[(&why, Face::Small, t.muted)]),
        );
    });
    let response = ui.interact(row.rect, ui.scope_id().with("entry"), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, format!("{}, {why}", left.path.display())));
}
