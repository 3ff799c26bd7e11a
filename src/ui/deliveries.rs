//! The table of uploads and the footer with their sums.

use super::icons::{self, Icon};
use super::questions::{CancelAll, SendKeyFile};
use super::theme::{self, Face, Tokens, gap, icon_size, size};
use super::trouble::ProblemPage;
use super::widgets::{self, Button};
use super::{Action, Scene, Window, one};
use crate::model::problem::Kind;
use crate::model::snapshot::{Command, Which};
use crate::model::upload::{Progress, Proof, State, Upload, UploadId};
use crate::words::format;
use crate::words::ui as words;
use crate::words::ui::table;
use egui::{
    Align, Align2, Color32, CornerRadius, Key, Layout, Modifiers, Popup, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};
use egui_extras::{Column, TableBuilder};

/// The horizontal positions of a row's columns.
struct FileColumns {
    icon: f32,
    name: f32,
    size: f32,
    status: f32,
    status_end: f32,
    second: f32,
    first: f32,
}

impl FileColumns {
    fn of(rect: Rect) -> Self {
        let status = (rect.width() * size::table::STATUS).clamp(size::table::STATUS_LEAST, size::table::STATUS_MOST);
        let status_end = rect.right() - size::table::STATUS_END;
        let start = status_end - status;
        Self {
            icon: rect.left() + size::table::ICON,
            name: rect.left() + size::table::NAME,
            size: start - gap::NEAR,
            status: start,
            status_end,
            second: rect.right() - size::table::MORE,
            first: rect.right() - size::table::ACTION,
        }
    }
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
        let at = FileColumns::of(rect);
        let y = rect.center().y;
        let label = |ui: &mut Ui, align: Align2, x: f32, text: &str| {
            widgets::text_at(ui, align, pos2(x, y), &[(text, Face::SmallStrong, t.muted)], size::table::HEAD);
        };
        label(ui, Align2::LEFT_CENTER, at.name, table::NAME);
        label(ui, Align2::RIGHT_CENTER, at.size, table::SIZE);
        label(ui, Align2::LEFT_CENTER, at.status, table::STATUS);
        let totals = &scene.place.totals;
        if totals.open() > 0 || totals.failed > 0 {
            let more = widgets::icon_button_at(ui, pos2(at.second, y), icons::MORE, table::MORE_ALL, t.muted);
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
        let at = FileColumns::of(rect);
        let y = rect.center().y;
        let says = words::state(upload, scene.now);
        let response = ui.interact(rect, ui.scope_id().with("row"), Sense::HOVER | Sense::FOCUSABLE);
        response.widget_info(|| {
            let size = format::size(upload.size);
            let kept = kept_until(id, upload, scene).map(|[until, _]| format!(". {until}")).unwrap_or_default();
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
        widgets::icon_at(ui.painter(), pos2(at.icon, y + 0.5), icon, icon_size::ROW, tint);
        let size_text = format::size(upload.size);
        let sized = [(size_text.as_str(), Face::Body, t.muted)];
        let size_rect = widgets::text_at(ui, Align2::RIGHT_CENTER, pos2(at.size, y - 0.5), &sized, size::table::SIZE);
        name(ui, at.name, size_rect.left() - gap::NEAR, y, upload, t);
        if let State::Sending(progress) = &upload.state {
            sending(ui, &at, rect, upload, progress, &says, t);
        } else if let Some(until) = kept_until(id, upload, scene) {
            waiting(ui, &at, rect, &says, &until, ink);
        } else {
            // Words may run on to the first button.
            let two = pausable(&upload.state) || upload.state == State::Paused || is_key_file(&upload.state);
            let end = if two { at.first } else { at.second };
            let room = end - gap::BUTTONS - at.status;
            widgets::two_lines_at(ui, pos2(at.status, y - 0.5), &says, ink, room);
        }
        let shown = response.contains_pointer() || response.has_focus();
        self.controls(ui, &at, y, id, upload, shown, scene, out);
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

    #[expect(clippy::too_many_arguments, reason = "a row's parts, handed on once")]
    fn controls(
        &mut self,
        ui: &mut Ui,
        at: &FileColumns,
        y: f32,
        id: UploadId,
        upload: &Upload,
        shown: bool,
        scene: &Scene<'_>,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        // A row that only waits keeps its buttons for the pointer and the keyboard: calm to look at, and all there.
        let quiet = |ui: &Ui, center: f32| {
            let hit = Rect::from_center_size(pos2(center, y), size::ICON_BUTTON);
            shown || ui.rect_contains_pointer(hit)
        };
        let name = |verb: &str| format!("{verb}: {}", upload.name);
        let center = |x: f32| pos2(x, y + 0.5);
        match &upload.state {
            State::Sending(_) | State::Preparing | State::Waiting | State::Retrying(..) | State::Paused => {
                let paused = upload.state == State::Paused;
                let always = upload.state.moving() || paused;
                let color = if always || quiet(ui, at.first) { t.muted } else { Color32::TRANSPARENT };
                let (icon, verb) = if paused { (icons::PLAY, table::RESUME) } else { (icons::PAUSE, table::PAUSE) };
                if widgets::icon_button_at(ui, center(at.first), icon, &name(verb), color).clicked() {
                    let which = one(id);
                    out.push(Action::from(if paused { Command::Resume(which) } else { Command::Pause(which) }));
                }
                if widgets::icon_button_at(ui, center(at.second), icons::CLOSE, &name(table::TAKE_OUT), color).clicked()
                {
                    out.push(Command::Cancel(one(id)).into());
                }
            }
            State::Confirming | State::Canceled => {}
            State::AlreadyThere | State::NotConfirmed | State::Failed(_) | State::Delivered(_) => {
                if is_key_file(&upload.state)
                    && widgets::icon_button_at(ui, center(at.first), icons::UPLOAD, &name(table::SEND_KEY), t.muted)
                        .clicked()
                {
                    self.open_sheet(SendKeyFile(id));
                }
                let always = upload.state.needs_you() || scene.place.totals.done();
                let color = if always || quiet(ui, at.second) { t.muted } else { Color32::TRANSPARENT };
                let more = widgets::icon_button_at(ui, center(at.second), icons::MORE, &name(table::MORE), color);
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

/// Draws the sums of the current delivery, and Pause all.
pub(crate) fn footer(ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let totals = &scene.place.totals;
    let paused = scene.place.paused;
    ui.painter().rect_filled(rect, 0.0, t.surface);
    widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
    let (text, icon) = if paused { (table::RESUME_ALL, icons::PLAY) } else { (table::PAUSE_ALL, icons::PAUSE) };
    let button = Button::plain(text).icon(icon);
    let width = button.width(ui);
    let place = Rect::from_min_size(
        pos2(rect.right() - size::EDGE - width, rect.top() + size::footer::BUTTON),
        vec2(width, size::CONTROL),
    );
    let left = rect.left() + size::EDGE;
    let end = place.left() - size::footer::BESIDE_BUTTON;
    let first = words::files_done(totals);
    let parts = words::footer(totals, paused);
    let mut runs = vec![(first.as_str(), Face::Strong, t.ink)];
    for part in &parts {
        runs.push(("  ·  ", Face::Body, t.muted));
        runs.push((part, Face::Body, t.muted));
    }
    widgets::text_at(ui, Align2::LEFT_CENTER, pos2(left, rect.top() + size::footer::TEXT), &runs, end - left);
    let moved = totals.confirmed.saturating_add(totals.in_flight);
    let bar = Rect::from_min_size(pos2(left, rect.top() + size::footer::BAR), vec2(end - left, size::BAR));
    widgets::bar(ui, bar, share(moved, totals.bytes), table::ALL, t.accent);
    if ui.put(place, button).clicked() {
        let which = Which::All(scene.id);
        out.push(Action::from(if paused { Command::Resume(which) } else { Command::Pause(which) }));
    }
}

fn name(ui: &mut Ui, left: f32, end: f32, y: f32, upload: &Upload, t: &Tokens) {
    let folder = upload.folder.key.trim_end_matches('/').replace('/', " / ");
    let behind = if folder.is_empty() { String::new() } else { format!(" {folder} /") };
    let renamed = upload.key_name.as_ref().filter(|key| **key != upload.name).map(|key| format!(" as {key}"));
    let mut runs = vec![(&*upload.name, Face::Body, t.ink)];
    if let Some(renamed) = &renamed {
        runs.push((renamed, Face::Body, t.faint));
    }
    runs.push((&behind, Face::Body, t.faint));
    widgets::text_at(ui, Align2::LEFT_CENTER, pos2(left, y - 0.5), &runs, end - left);
}

fn sending(ui: &mut Ui, at: &FileColumns, rect: Rect, upload: &Upload, progress: &Progress, says: &str, t: &Tokens) {
    let width = at.status_end - at.status;
    let bar = Rect::from_min_size(pos2(at.status, rect.top() + size::table::BAR), vec2(width, size::BAR));
    let moved = progress.confirmed.saturating_add(progress.in_flight);
    widgets::bar(ui, bar, share(moved, upload.size), &upload.name, t.accent);
    let below = pos2(at.status, rect.top() + size::table::BELOW_BAR);
    widgets::text_at(ui, Align2::LEFT_CENTER, below, &[(says, Face::Small, t.muted)], width + size::table::BEYOND_BAR);
}

/// Returns until when Amazon keeps what was sent of a file that waits: in full, and shorter for little room.
fn kept_until(id: UploadId, upload: &Upload, scene: &Scene<'_>) -> Option<[String; 2]> {
    let waits = matches!(upload.state, State::Paused | State::Waiting | State::Retrying(..));
    let until = scene.seen.kept_until.get(&id).filter(|_| waits)?;
    Some(words::kept_until(*until, scene.utc_now().map(|(now, _)| now), &scene.about.zone))
}

/// Draws the words of a file that waits, and below them until when its parts are kept.
fn waiting(ui: &mut Ui, at: &FileColumns, rect: Rect, says: &str, until: &[String; 2], ink: Color32) {
    let t = theme::of(ui);
    let room = at.first - gap::WIDE - at.status;
    let said = [(says, Face::Body, ink)];
    widgets::text_at(ui, Align2::LEFT_CENTER, pos2(at.status, rect.top() + size::table::FIRST_LINE), &said, room);
    let [full, short] = until;
    let run = |text| [(text, Face::Small, t.muted)];
    let fits = widgets::one_line(ui, &run(full.as_str()), f32::INFINITY).size().x <= room;
    let below = pos2(at.status, rect.top() + size::table::SECOND_LINE);
    widgets::text_at(ui, Align2::LEFT_TOP, below, &run(if fits { full } else { short }), room);
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
