//! The table of uploads and the footer with their sums.

use super::icons::{self, Icon};
use super::questions::{CancelAll, SendKeyFile};
use super::theme::{self, Face, Tokens, gap, icon_size, size};
use super::trouble::ProblemPage;
use super::widgets::{self, Button};
use super::{Action, Scene, Window, layout, one};
use crate::model::problem::Kind;
use crate::model::snapshot::{Command, Which};
use crate::model::upload::{Progress, Proof, State, Upload, UploadId};
use crate::words::format;
use crate::words::ui as words;
use crate::words::ui::table;
use egui::{
    Align, Color32, CornerRadius, Key, Layout, Modifiers, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder,
    Vec2, WidgetInfo, pos2, vec2,
};
use egui_extras::{Column, TableBuilder};

/// The widths of a row's cells beside its name.
struct FileColumns {
    status: f32,
    /// The two buttons and what lies behind them.
    controls: f32,
}

impl FileColumns {
    /// Returns them for a table of this width.
    fn of(width: f32) -> Self {
        let status = (width * size::table::STATUS).clamp(size::table::STATUS_LEAST, size::table::STATUS_MOST);
        Self { status, controls: size::table::CONTROLS }
    }

    /// Returns from where on the row holds the status.
    fn behind_size(&self) -> f32 {
        self.status + size::table::STATUS_END
    }
}

/// Returns whether a table of this width has room for a row's parts beside each other; otherwise its status stands below
/// its name.
fn beside(width: f32) -> bool {
    width >= size::table::NARROW
}

impl Window {
    pub(crate) fn deliveries(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let corners = CornerRadius::same(size::CARD);
        ui.painter().rect_filled(rect, corners, t.surface);
        let head = Rect::from_min_size(rect.min, vec2(rect.width(), size::TABLE_HEAD));
        self.head(ui, head, scene, out);
        let body = Rect::from_min_max(pos2(rect.left(), head.bottom()), pos2(rect.right(), rect.bottom() - 1.0));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(body).layout(Layout::top_down(Align::Min)));
        inner.set_clip_rect(body.intersect(ui.clip_rect()));
        inner.spacing_mut().item_spacing = egui::Vec2::ZERO;
        let count = self.table.len();
        TableBuilder::new(&mut inner)
            .id_salt(("deliveries", scene.id.0))
            .column(Column::exact(body.width()))
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .max_scroll_height(f32::INFINITY)
            .body(|rows| {
                rows.rows(size::ROW, count, |mut row| {
                    let index = row.index();
                    row.col(|ui| {
                        let found = self.table.at(index).and_then(|id| Some((id, scene.seen.rows.get(id)?)));
                        if let Some((id, upload)) = found {
                            let rect = Rect::from_min_size(ui.max_rect().min, vec2(body.width(), size::ROW));
                            self.work.rows_drawn += 1;
                            ui.push_id(id.0, |ui| self.row(ui, rect, id, upload, scene, out));
                        }
                    });
                });
            });
        ui.painter().rect_stroke(rect, corners, widgets::hairline(ui.painter(), t.line), StrokeKind::Inside);
    }

    fn head(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        let (at, height) = (FileColumns::of(rect.width()), rect.height());
        let label = |ui: &mut Ui, text: &str| _ = widgets::line(ui, &[(text, Face::SmallStrong, t.muted)]);
        let totals = &scene.place.totals;
        let more = totals.open() > 0 || totals.failed > 0;
        layout::cells(ui, rect, |ui| {
            ui.add_space(size::table::NAME);
            if beside(rect.width()) {
                let room = ui.available_width() - at.behind_size() - gap::NEAR;
                layout::cell(ui, room, height, |ui| {
                    label(ui, table::NAME);
                    let wide =
                        widgets::one_line(ui, &[(table::SIZE, Face::SmallStrong, t.muted)], f32::INFINITY).size().x;
                    ui.add_space(ui.available_width() - wide);
                    label(ui, table::SIZE);
                });
                ui.add_space(gap::NEAR);
                let room = ui.available_width() - size::table::CONTROL;
                layout::cell(ui, room, height, |ui| label(ui, table::STATUS));
            } else {
                let room = ui.available_width() - size::table::CONTROL;
                layout::cell(ui, room, height, |ui| label(ui, table::NAME));
            }
            if more {
                layout::cell(ui, size::table::CONTROL, height, |ui| self.menu_of_all(ui, scene, out));
            }
        });
    }

    /// Draws the button with what can be done to all files.
    fn menu_of_all(&mut self, ui: &mut Ui, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let totals = &scene.place.totals;
        let more = widgets::icon_button(ui, icons::MORE, table::MORE_ALL, theme::of(ui).muted);
        Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
            ui.set_min_width(size::SMALL_MENU);
            if totals.failed > 0 && widgets::menu_item(ui, table::TRY_ALL_AGAIN) {
                out.push(Command::Retry(Which::All(scene.id)).into());
            }
            if totals.open() > 0 && widgets::menu_item(ui, table::CANCEL_ALL) {
                self.open_sheet(CancelAll(scene.id));
            }
        });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        id: UploadId,
        upload: &Upload,
        scene: &Scene<'_>,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        let says = words::state(upload, scene.now);
        let until = kept_until(id, upload, scene);
        let response = ui.interact(rect, ui.scope_id().with("row"), Sense::HOVER | Sense::FOCUSABLE);
        response.widget_info(|| {
            let size = format::size(upload.size);
            let kept = until.as_ref().map(|[until, _]| format!(". {until}")).unwrap_or_default();
            WidgetInfo::labeled(Role::ListItem, true, format!("{}, {size}, {says}{kept}", upload.key()))
        });
        if response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Space)) {
            if upload.state == State::Paused {
                out.push(Command::Resume(one(id)).into());
            } else if pausable(&upload.state) {
                out.push(Command::Pause(one(id)).into());
            }
        }
        widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
        let (icon, tint, ink) = looks(&upload.state, t);
        let shown = response.contains_pointer() || response.has_focus();
        let at = FileColumns::of(rect.width());
        let two = pausable(&upload.state) || upload.state == State::Paused || is_key_file(&upload.state);
        let controls = if two { at.controls } else { size::table::CONTROL };
        layout::cells(ui, rect, |ui| {
            layout::cell(ui, size::table::NAME, size::ROW + 1.0, |ui| {
                ui.add_space(size::table::ICON - icon_size::ROW / 2.0);
                widgets::icon(ui, icon, icon_size::ROW, tint);
            });
            // The words stand half a point above the middle, the icons as much below it: they look centered like that.
            let height = size::ROW - 1.0;
            if beside(rect.width()) {
                let amount = format::size(upload.size);
                let sized = [(amount.as_str(), Face::Body, t.muted)];
                let wide = widgets::one_line(ui, &sized, size::table::SIZE).size().x;
                let room = ui.available_width() - at.behind_size() - wide - 2.0 * gap::NEAR;
                layout::cell(ui, room, height, |ui| name(ui, upload, t));
                ui.add_space(gap::NEAR);
                layout::cell(ui, wide, height, |ui| widgets::line(ui, &sized));
                ui.add_space(gap::NEAR);
                // Words may run on to the first button.
                let room = ui.available_width() - controls - gap::TIGHT;
                if let State::Sending(progress) = &upload.state {
                    layout::column_cell(ui, room, height, |ui| sending(ui, at.status, upload, progress, &says, t));
                } else if let Some(until) = &until {
                    layout::column_cell(ui, room, height, |ui| waiting(ui, &says, until, ink));
                } else {
                    layout::cell(ui, room, height, |ui| widgets::one_or_two_lines(ui, &says, ink));
                }
                ui.add_space(gap::TIGHT);
            } else {
                let room = ui.available_width() - controls - gap::LABEL;
                layout::column_cell(ui, room, height, |ui| {
                    ui.add_space(size::table::FIRST_LINE);
                    name(ui, upload, t);
                    widgets::line(ui, &[(&says, Face::Small, ink)]);
                });
                ui.add_space(gap::LABEL);
            }
            layout::cell(ui, controls, size::ROW + 1.0, |ui| self.controls(ui, id, upload, shown, scene, out));
        });
        if response.has_focus() {
            let inner = rect.shrink2(Vec2::splat(size::FOCUS_RING));
            ui.painter().rect_stroke(
                inner,
                CornerRadius::same(size::RADIUS),
                Stroke::new(2.0, t.accent),
                StrokeKind::Inside,
            );
        }
    }

    fn controls(
        &mut self,
        ui: &mut Ui,
        id: UploadId,
        upload: &Upload,
        shown: bool,
        scene: &Scene<'_>,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        ui.spacing_mut().item_spacing.x = size::table::BETWEEN_CONTROLS;
        // A row that only waits keeps its buttons for the pointer and the keyboard: calm to look at, and all there.
        let quiet = |ui: &Ui| shown || ui.rect_contains_pointer(ui.max_rect());
        let name = |verb: &str| format!("{verb}: {}", upload.name);
        match &upload.state {
            State::Sending(_) | State::Preparing | State::Waiting | State::Retrying(..) | State::Paused => {
                let paused = upload.state == State::Paused;
                let always = upload.state.moving() || paused;
                let color = if always || quiet(ui) { t.muted } else { Color32::TRANSPARENT };
                let (icon, verb) = if paused { (icons::PLAY, table::RESUME) } else { (icons::PAUSE, table::PAUSE) };
                if widgets::icon_button(ui, icon, &name(verb), color).clicked() {
                    let which = one(id);
                    out.push(Action::from(if paused { Command::Resume(which) } else { Command::Pause(which) }));
                }
                if widgets::icon_button(ui, icons::CLOSE, &name(table::TAKE_OUT), color).clicked() {
                    out.push(Command::Cancel(one(id)).into());
                }
            }
            State::Confirming | State::Canceled => {}
            State::AlreadyThere | State::NotConfirmed | State::Failed(_) | State::Delivered(_) => {
                if is_key_file(&upload.state)
                    && widgets::icon_button(ui, icons::UPLOAD, &name(table::SEND_KEY), t.muted).clicked()
                {
                    self.open_sheet(SendKeyFile(id));
                }
                let always = upload.state.needs_you() || scene.place.totals.done();
                let color = if always || quiet(ui) { t.muted } else { Color32::TRANSPARENT };
                let more = widgets::icon_button(ui, icons::MORE, &name(table::MORE), color);
                Popup::menu(&more).gap(gap::CLOSE).show(|ui| self.menu(ui, id, upload, scene, out));
            }
        }
    }

    fn menu(&mut self, ui: &mut Ui, id: UploadId, upload: &Upload, scene: &Scene<'_>, out: &mut Vec<Action>) {
        ui.set_min_width(size::WIDE_MENU);
        if let State::Failed(problem) = &upload.state {
            if problem.kind != Kind::KeyFile && widgets::menu_item(ui, table::TRY_AGAIN) {
                out.push(Command::Retry(one(id)).into());
            }
            if widgets::menu_item(ui, table::WHY) {
                self.look_into(ProblemPage::File(problem.clone()), scene);
            }
        }
        if upload.state.needs_you() && widgets::menu_item(ui, table::NEW_NAME) {
            out.push(Command::SendUnderNewName(id).into());
        }
        if widgets::menu_item(ui, table::COPY_KEY) {
            out.push(Action::Copy(format!("{}{}", scene.place.destination.prefix, upload.key())));
        }
        if upload.state.needs_you() && widgets::menu_item(ui, table::REMOVE) {
            out.push(Command::Cancel(one(id)).into());
        }
    }
}

/// Returns the button that pauses or resumes everything.
fn pause_all(scene: &Scene<'_>) -> Button<'static> {
    let paused = scene.place.paused;
    let (text, icon) = if paused { (table::RESUME_ALL, icons::PLAY) } else { (table::PAUSE_ALL, icons::PAUSE) };
    Button::plain(text).icon(icon)
}

/// Returns whether the footer has room for its button beside the sums.
fn footer_beside(ui: &Ui, width: f32, scene: &Scene<'_>) -> bool {
    width - 2.0 * size::EDGE - pause_all(scene).width(ui) >= size::footer::SUMS
}

/// Returns the height of the footer of a window of this width.
pub(crate) fn footer_height(ui: &Ui, width: f32, scene: &Scene<'_>) -> f32 {
    size::FOOTER + if footer_beside(ui, width, scene) { 0.0 } else { size::CONTROL + gap::TEXT }
}

/// Draws the sums of the current delivery, and Pause all beside them, or below them if there is too little room.
pub(crate) fn footer(ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    ui.painter().rect_filled(rect, 0.0, t.surface);
    widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    let inner = rect.with_min_y(rect.top() + 1.0).shrink2(vec2(size::EDGE, 0.0));
    let button = pause_all(scene);
    let (width, height) = (button.width(ui), size::FOOTER - 1.0);
    let pressed = if footer_beside(ui, rect.width(), scene) {
        layout::cells(ui, inner, |ui| {
            let room = inner.width() - width - size::footer::BESIDE_BUTTON;
            layout::column_cell(ui, room, height, |ui| sums(ui, scene));
            ui.add_space(size::footer::BESIDE_BUTTON);
            layout::cell(ui, width, height, |ui| ui.add(button).clicked())
        })
    } else {
        let mut column = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
        column.spacing_mut().item_spacing = Vec2::ZERO;
        layout::column_cell(&mut column, inner.width(), height - gap::CLOSE, |ui| sums(ui, scene));
        column.add(button).clicked()
    };
    if pressed {
        let which = Which::All(scene.id);
        out.push(Action::from(if scene.place.paused { Command::Resume(which) } else { Command::Pause(which) }));
    }
}

/// Draws how much of the current delivery is done, as words and as a bar.
fn sums(ui: &mut Ui, scene: &Scene<'_>) {
    let t = theme::of(ui);
    let totals = &scene.place.totals;
    let first = words::files_done(totals);
    let parts = words::footer(totals, scene.place.paused);
    let mut runs = vec![(first.as_str(), Face::Strong, t.ink)];
    for part in &parts {
        runs.push(("  ·  ", Face::Body, t.muted));
        runs.push((part, Face::Body, t.muted));
    }
    ui.add_space(size::footer::TEXT);
    widgets::line(ui, &runs);
    ui.add_space(size::footer::BAR);
    let moved = totals.confirmed.saturating_add(totals.in_flight);
    let width = ui.available_width();
    widgets::bar(ui, width, share(moved, totals.bytes), table::ALL, t.accent);
}

fn name(ui: &mut Ui, upload: &Upload, t: &Tokens) {
    let folder = upload.folder.key.trim_end_matches('/').replace('/', " / ");
    let behind = if folder.is_empty() { String::new() } else { format!(" {folder} /") };
    let renamed = upload.key_name.as_ref().filter(|key| **key != upload.name).map(|key| format!(" as {key}"));
    let mut runs = vec![(&*upload.name, Face::Body, t.ink)];
    if let Some(renamed) = &renamed {
        runs.push((renamed, Face::Body, t.faint));
    }
    runs.push((&behind, Face::Body, t.faint));
    widgets::line(ui, &runs);
}

fn sending(ui: &mut Ui, width: f32, upload: &Upload, progress: &Progress, says: &str, t: &Tokens) {
    ui.add_space(size::table::BAR);
    let moved = progress.confirmed.saturating_add(progress.in_flight);
    widgets::bar(ui, width, share(moved, upload.size), &upload.name, t.accent);
    widgets::line(ui, &[(says, Face::Small, t.muted)]);
}

/// Returns until when Amazon keeps what was sent of a file that waits: in full, and shorter for little room.
fn kept_until(id: UploadId, upload: &Upload, scene: &Scene<'_>) -> Option<[String; 2]> {
    let waits = matches!(upload.state, State::Paused | State::Waiting | State::Retrying(..));
    let until = scene.seen.kept_until.get(&id).filter(|_| waits)?;
    Some(words::kept_until(*until, scene.utc_now().map(|(now, _)| now), &scene.about.zone))
}

/// Draws the words of a file that waits, and below them until when its parts are kept.
fn waiting(ui: &mut Ui, says: &str, until: &[String; 2], ink: Color32) {
    let t = theme::of(ui);
    ui.add_space(size::table::FIRST_LINE);
    widgets::line(ui, &[(says, Face::Body, ink)]);
    ui.add_space(size::table::BETWEEN_LINES);
    let [full, short] = until;
    let run = |text| [(text, Face::Small, t.muted)];
    let fits = widgets::one_line(ui, &run(full.as_str()), f32::INFINITY).size().x <= ui.available_width();
    widgets::line(ui, &run(if fits { full } else { short }));
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a bar is a few hundred points wide")]
fn share(done: u64, of: u64) -> f32 {
    if of == 0 { 0.0 } else { (done as f64 / of as f64).min(0.99) as f32 }
}

/// Returns whether a file was left out because it looks like a key: its button sends it, once that is confirmed.
fn is_key_file(state: &State) -> bool {
    matches!(state, State::Failed(problem) if problem.kind == Kind::KeyFile)
}

const fn pausable(state: &State) -> bool {
    match state {
        State::Waiting | State::Retrying(..) | State::Preparing | State::Sending(_) => true,
        State::Paused
        | State::Confirming
        | State::Delivered(_)
        | State::AlreadyThere
        | State::NotConfirmed
        | State::Failed(_)
        | State::Canceled => false,
    }
}

/// Returns the icon, its color, and the color of the words beside it.
const fn looks(state: &State, t: &Tokens) -> (Icon, Color32, Color32) {
    match state {
        State::Waiting => (icons::CLOCK, t.muted, t.muted),
        State::Retrying(..) => (icons::LATER, t.warn, t.warn),
        State::Paused => (icons::PAUSED, t.muted, t.muted),
        State::Preparing | State::Sending(_) => (icons::FILE, t.muted, t.muted),
        State::Confirming => (icons::HOURGLASS, t.accent, t.accent),
        State::Delivered(Proof::Whole | Proof::Parts) => (icons::DONE, t.ok, t.ok),
        State::Delivered(Proof::NoChecksum) => (icons::DONE, t.warn, t.warn),
        State::AlreadyThere => (icons::LOOK, t.warn, t.warn),
        State::NotConfirmed => (icons::QUESTION, t.warn, t.warn),
        State::Failed(_) => (icons::STOPPED, t.bad, t.bad),
        State::Canceled => (icons::TAKEN_OUT, t.faint, t.faint),
    }
}
