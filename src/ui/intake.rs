//! Takes files in: the large drop area, the slim strip, and what is shown while files hover over the window.

use super::left_out::LeftOut;
use super::paths::PathFor;
use super::picker::customer_line;
use super::practice::ArrivedList;
use super::theme::{self, Face, gap, icon_size, size};
use super::widgets::{self, Button, ButtonLook};
use super::{Action, Scene, Window, icons, layout, pass};
use crate::model::session::Session;
use crate::words::accounts::key;
use crate::words::ui as words;
use crate::words::ui::intake;
use egui::{Align, Align2, Color32, Id, Layout, Rect, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use std::path::PathBuf;

/// The buttons that choose what to add.
fn choices(look: ButtonLook) -> [Button<'static>; 2] {
    [Button::of(look, intake::CHOOSE_FILES), Button::plain(intake::CHOOSE_FOLDER)]
}

fn choices_width(ui: &Ui, apart: f32) -> f32 {
    layout::width_of(&choices(ButtonLook::Plain).map(|button| button.width(ui)), apart)
}

fn drop_area_id() -> Id {
    Id::unique("height of what stands in the area that takes files")
}

/// Returns the least height of the area that takes files, by what stood in it in the last frame.
pub(crate) fn drop_area_height(ui: &Ui) -> f32 {
    ui.data(|data| data.get_temp(drop_area_id())).map_or(size::drop::LEAST, |height: f32| height.max(size::drop::LEAST))
}

/// Returns whether the strip that takes more files has room for its buttons beside its words.
fn strip_beside(ui: &Ui, width: f32) -> bool {
    width - size::strip::TEXT - choices_width(ui, gap::NEAR) - gap::WIDE - gap::NEAR >= size::strip::WORDS
}

/// Returns the height of that strip in a window of this width.
pub(crate) fn drop_strip_height(ui: &Ui, width: f32) -> f32 {
    size::STRIP + if strip_beside(ui, width) { 0.0 } else { size::CONTROL + gap::NEAR }
}

impl Window {
    /// Draws the whole middle of the window while nothing was added yet.
    pub(crate) fn drop_area(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::dashed(ui.painter(), rect, t.surface, t.line);
        let top = (rect.center().y - size::drop::TOP).max(rect.top() + gap::SMALL);
        let place = rect.with_min_y(top).shrink2(vec2(gap::WIDE, 0.0));
        let mut column = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)));
        let ui = &mut column;
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        widgets::icon(ui, icons::UPLOAD, icon_size::DROP, t.accent);
        ui.add_space(size::drop::BELOW_ICON);
        widgets::text(ui, &[(intake::DROP, Face::Heading, t.ink)]);
        ui.add_space(size::drop::BELOW_TITLE);
        let second = if scene.place.walking > 0 { intake::WALKING } else { intake::OR_CHOOSE };
        if !customer_line(ui, second, scene) {
            widgets::text(ui, &[(second, Face::Body, t.muted)]);
        }
        ui.add_space(gap::BUTTONS);
        let look = if pass::leads(scene) { ButtonLook::Plain } else { ButtonLook::Main };
        let buttons = choices(look);
        let width = choices_width(ui, gap::PARAGRAPH);
        if width <= ui.available_width() {
            layout::cell(ui, width, size::CONTROL, |ui| {
                ui.spacing_mut().item_spacing.x = gap::PARAGRAPH;
                choose(ui, buttons, scene, out);
            });
        } else {
            ui.spacing_mut().item_spacing.y = gap::PARAGRAPH;
            choose(ui, buttons, scene, out);
            ui.spacing_mut().item_spacing.y = 0.0;
        }
        ui.add_space(size::drop::BELOW_BUTTONS);
        let hint = match &scene.place.session {
            Session::Active(_) => intake::PUT_ONLY,
            Session::SignedOut | Session::Assuming(_) | Session::Expired(_) | Session::Denied(_) => intake::WAIT,
        };
        // Below a note in a low window there is room for one of the two, and the links lead somewhere.
        let lines = if rect.height() < size::drop::LOW && Self::has_links(scene) { "" } else { hint };
        for line in lines.lines() {
            widgets::text(ui, &[(line, Face::Small, t.muted)]);
        }
        if let Some(dates) = self.dates(scene).filter(|dates| !dates.warn) {
            ui.add_space(gap::SMALL);
            widgets::text(ui, &[(&dates.text, Face::Small, t.muted)]);
        }
        ui.add_space(gap::PARAGRAPH);
        self.links(ui, scene);
        let height = ui.min_rect().height() + gap::NEAR;
        let before = ui.data(|data| data.get_temp::<f32>(drop_area_id()));
        if before.is_none_or(|before| (before - height).abs() > 0.5) {
            ui.data_mut(|data| data.insert_temp(drop_area_id(), height));
            ui.ctx().request_repaint();
        }
    }

    /// Draws the strip above the table: its words, and its buttons beside them, or below them if there is too little room.
    pub(crate) fn drop_strip(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::dashed(ui.painter(), rect, t.surface, t.line);
        let beside = strip_beside(ui, rect.width());
        let buttons = choices_width(ui, gap::NEAR);
        let first = rect.with_max_y(rect.top() + size::STRIP);
        layout::cells(ui, first, |ui| {
            layout::cell(ui, size::strip::TEXT, size::STRIP, |ui| {
                ui.add_space(size::strip::ICON - icon_size::STEP / 2.0);
                widgets::icon(ui, icons::UPLOAD, icon_size::STEP, t.accent);
            });
            let behind = if beside { gap::NEAR + buttons + gap::WIDE } else { gap::WIDE };
            let room = ui.available_width() - behind;
            self.strip_words(ui, room, scene);
            if beside {
                ui.add_space(gap::NEAR);
                layout::cell(ui, buttons, size::STRIP, |ui| {
                    ui.spacing_mut().item_spacing.x = gap::NEAR;
                    choose(ui, choices(ButtonLook::Plain), scene, out);
                });
            }
        });
        if !beside {
            let below = rect.with_min_y(first.bottom() - gap::CLOSE).shrink2(vec2(gap::WIDE, 0.0));
            layout::cells(ui, below, |ui| {
                ui.spacing_mut().item_spacing.x = gap::NEAR;
                choose(ui, choices(ButtonLook::Plain), scene, out);
            });
        }
    }

    /// Draws what the strip says, with the links beside it, or below it if there is too little room.
    fn strip_words(&mut self, ui: &mut Ui, room: f32, scene: &Scene<'_>) {
        let t = theme::of(ui);
        let words = if scene.place.walking > 0 { intake::WALKING } else { intake::MORE };
        let said = [(words, Face::Strong, t.ink)];
        let wide = widgets::one_line(ui, &said, room).size().x + size::strip::LINKS < room;
        if !wide && Self::has_links(scene) {
            layout::column_cell(ui, room, size::STRIP, |ui| {
                ui.add_space((size::STRIP - 2.0 * Face::Body.line()) / 2.0);
                widgets::line(ui, &said);
                ui.add_space(1.0);
                layout::cell(ui, room, size::LINK, |ui| {
                    ui.spacing_mut().item_spacing.x = gap::PART;
                    self.links(ui, scene);
                });
            });
            return;
        }
        layout::cell(ui, room, size::STRIP, |ui| {
            widgets::line(ui, &said);
            if Self::has_links(scene) {
                ui.add_space(gap::WIDE);
                ui.spacing_mut().item_spacing.x = gap::PART;
                self.links(ui, scene);
            }
        });
    }

    fn has_links(scene: &Scene<'_>) -> bool {
        scene.place.left_out_count.all() > 0 || scene.place.destination.practice && scene.about.arrived.is_some()
    }

    /// Draws what was left out, and what the customer sees in practice.
    fn links(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        if scene.place.left_out_count.all() > 0
            && ui.add(Button::small_link(&words::left_out(&scene.place.left_out_count))).clicked()
        {
            self.open_sheet(LeftOut(scene.id));
        }
        if scene.place.destination.practice
            && scene.about.arrived.is_some()
            && ui.add(Button::small_link(intake::CUSTOMER_SEES)).clicked()
        {
            self.open_sheet(ArrivedList);
        }
    }
}

/// Draws the buttons that choose files or a folder to add.
fn choose(ui: &mut Ui, [files, folder]: [Button<'_>; 2], scene: &Scene<'_>, out: &mut Vec<Action>) {
    if ui.add(files).clicked() {
        out.push(Action::Choose(PathFor::Files(scene.id)));
    }
    if ui.add(folder).clicked() {
        out.push(Action::Choose(PathFor::Folder(scene.id)));
    }
}

/// Returns whether what hovers over the window is the file of a key, by its name.
fn hovers_csv(ui: &Ui) -> bool {
    ui.input(|input| match input.raw.hovered_files.as_slice() {
        [one] => one.path.as_ref().is_some_and(|path| super::ends_in(path, "csv")),
        _ => false,
    })
}

/// Lights the window up while files hover over it, and says how many and where they go.
pub(crate) fn hovering(ui: &mut Ui, all: Rect, scene: Option<&Scene<'_>>) {
    let count = ui.input(|input| input.raw.hovered_files.len());
    if count == 0 {
        return;
    }
    let t = theme::of(ui);
    let (title, below) = match scene {
        Some(scene) => words::hovering(count, &scene.where_to()),
        None if hovers_csv(ui) => (key::TITLE.to_owned(), key::DROP.to_owned()),
        None => (words::welcome::INVITATION.to_owned(), words::welcome::INVITATION_TEXT.to_owned()),
    };
    let layer = egui::LayerId::new(egui::Order::Foreground, ui.scope_id().with("hovering"));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(all).layer_id(layer));
    let top = if scene.is_some() { size::TOP + size::PASS + size::GAP } else { size::TOP };
    let area = Rect::from_min_max(
        pos2(all.left() + size::EDGE, all.top() + top),
        pos2(all.right() - size::EDGE, all.bottom() - size::GAP),
    );
    // What is below would show through the corners and the gaps of the border.
    let below_pass = Rect::from_min_max(pos2(all.left(), area.top() - size::GAP / 2.0), all.max);
    ui.painter().rect_filled(below_pass, 0.0, t.bg);
    widgets::dashed(ui.painter(), area, t.accent_soft, t.accent);
    let center = area.center();
    widgets::icon_at(
        ui.painter(),
        pos2(center.x, center.y - size::drop::HOVER_ICON),
        icons::UPLOAD,
        icon_size::DROP,
        t.accent,
    );
    let room = area.width() - 2.0 * gap::WIDE;
    let whole = format!("{title}. {below}");
    let response = ui.allocate_rect(area, Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &whole));
    for (y, text, face, color) in [
        (-size::drop::HOVER_TITLE, title.as_str(), Face::Heading, t.ink),
        (size::drop::HOVER_TEXT, below.as_str(), Face::Body, t.muted),
    ] {
        let galley = widgets::one_line(&ui, &[(text, face, color)], room);
        let at = Align2::CENTER_CENTER.anchor_size(pos2(center.x, center.y + y), galley.size());
        ui.painter().galley(at.min, galley, Color32::PLACEHOLDER);
    }
}

/// Returns the files that a pasted text names, one a line: as `file://` addresses (RFC 8089) or as whole paths, the way
/// file managers put copied files on the clipboard. None if any line is something else.
#[must_use]
pub fn pasted_files(text: &str) -> Option<Vec<PathBuf>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    // The first line of GNOME's own form says what was done; `#` begins a comment (RFC 2483).
    let lines =
        lines.enumerate().filter(|(at, line)| !(*at == 0 && matches!(*line, "copy" | "cut") || line.starts_with('#')));
    let paths: Vec<PathBuf> = lines.map(|(_, line)| named_file(line)).collect::<Option<_>>()?;
    Some(paths).filter(|paths| !paths.is_empty())
}

fn named_file(line: &str) -> Option<PathBuf> {
    let path = match line.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("file://")) {
        None => PathBuf::from(line),
        Some(scheme) => {
            let rest = &line[scheme.len()..];
            let rest = rest.strip_prefix("localhost").unwrap_or(rest);
            let path = percent_encoding::percent_decode_str(rest).decode_utf8().ok()?;
            let drive = cfg!(windows).then(|| path.strip_prefix('/')).flatten();
            PathBuf::from(drive.unwrap_or(&path))
        }
    };
    // Someone may paste a sentence that begins with a slash; a path of one letter is no file either.
    (path.is_absolute() && path.components().count() > 1).then_some(path)
}

/// Returns whether a file is named as the AWS console names the keys it hands out: nobody means to send their customer
/// one.
pub(super) fn is_key(path: &std::path::Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    ["accesskeys.csv", "rootkey.csv", "credentials.csv"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn copied_files_are_pasted_as_files() {
        let of = |text: &str| {
            pasted_files(text).map(|paths| paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>())
        };
        let two = Some(vec!["/a/b c.txt".to_owned(), "/ü/100%".to_owned()]);
        assert_eq!(of("file:///a/b%20c.txt\r\nfile:///%C3%BC/100%25\r\n"), two);
        assert_eq!(of("copy\nfile:///a/b%20c.txt\nfile://localhost/%C3%BC/100%25"), two);
        assert_eq!(of("# copied\n/a/b c.txt\n/ü/100%\n"), two);
        for text in ["", "hello", "file:///a\nhello", "file://otherhost/a", "daypass:v1?x", "relative/a.txt", "/", "{}"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
