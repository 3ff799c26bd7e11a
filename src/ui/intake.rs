//! Takes files in: the large drop area, the slim strip, and what is shown while files hover over the window.

use super::left_out::LeftOut;
use super::paths::PathFor;
use super::picker::customer_line;
use super::practice::ArrivedList;
use super::theme::{self, Face, gap, icon_size, size};
use super::widgets::{self, Button, ButtonLook};
use super::{Action, Scene, Window, icons, pass};
use crate::model::session::Session;
use crate::words::accounts::key;
use crate::words::ui as words;
use crate::words::ui::intake;
use egui::{Align, Align2, Color32, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use std::path::PathBuf;

impl Window {
    /// Draws the whole middle of the window while nothing was added yet.
    pub(crate) fn drop_area(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::dashed(ui.painter(), rect, t.surface, t.line);
        let center = rect.center();
        let top = center.y - size::drop::TOP;
        widgets::icon_at(
            ui.painter(),
            pos2(center.x, top + size::drop::ICON),
            icons::UPLOAD,
            icon_size::DROP,
            t.accent,
        );
        let room = rect.width() - 2.0 * gap::WIDE;
        let at = |y: f32| pos2(center.x, top + y);
        widgets::text_at(
            ui,
            Align2::CENTER_CENTER,
            at(size::drop::TITLE),
            &[(intake::DROP, Face::Heading, t.ink)],
            room,
        );
        let second = if scene.place.walking > 0 { intake::WALKING } else { intake::OR_CHOOSE };
        if !customer_line(ui, at(size::drop::TEXT), second, scene) {
            widgets::text_at(ui, Align2::CENTER_CENTER, at(size::drop::TEXT), &[(second, Face::Body, t.muted)], room);
        }
        let look = if pass::leads(scene) { ButtonLook::Plain } else { ButtonLook::Main };
        let files = Button::of(look, intake::CHOOSE_FILES);
        let folder = Button::plain(intake::CHOOSE_FOLDER);
        let (one, two) = (files.width(ui), folder.width(ui));
        let left = center.x - (one + gap::PARAGRAPH + two) / 2.0;
        let y = top + size::drop::BUTTONS;
        if ui.put(Rect::from_min_size(pos2(left, y), vec2(one, size::CONTROL)), files).clicked() {
            out.push(Action::Choose(PathFor::Files(scene.id)));
        }
        let beside = Rect::from_min_size(pos2(left + one + gap::PARAGRAPH, y), vec2(two, size::CONTROL));
        if ui.put(beside, folder).clicked() {
            out.push(Action::Choose(PathFor::Folder(scene.id)));
        }
        let hint = match &scene.place.session {
            Session::Active(_) => intake::PUT_ONLY,
            Session::SignedOut | Session::Assuming(_) | Session::Expired(_) | Session::Denied(_) => intake::WAIT,
        };
        let below = Rect::from_min_max(
            pos2(rect.left() + gap::WIDE, top + size::drop::LINKS),
            pos2(rect.right() - gap::WIDE, rect.bottom()),
        );
        let mut below = ui.new_child(UiBuilder::new().max_rect(below).layout(Layout::top_down(Align::Center)));
        // Below a note in a low window there is room for one of the two, and the links lead somewhere.
        let lines = if rect.height() < size::drop::LOW && Self::has_links(scene) { "" } else { hint };
        for line in lines.lines() {
            below.spacing_mut().item_spacing.y = 0.0;
            widgets::text(&mut below, &[(line, Face::Small, t.muted)]);
        }
        if let Some(dates) = self.dates(scene).filter(|dates| !dates.warn) {
            below.add_space(gap::SMALL);
            widgets::text(&mut below, &[(&dates.text, Face::Small, t.muted)]);
        }
        below.add_space(gap::PARAGRAPH);
        self.links(&mut below, scene);
    }

    /// Draws the strip above the table.
    pub(crate) fn drop_strip(&mut self, ui: &mut Ui, rect: Rect, scene: &Scene<'_>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::dashed(ui.painter(), rect, t.surface, t.line);
        let y = rect.center().y;
        widgets::icon_at(
            ui.painter(),
            pos2(rect.left() + size::strip::ICON, y),
            icons::UPLOAD,
            icon_size::STEP,
            t.accent,
        );
        let files = Button::plain(intake::CHOOSE_FILES);
        let folder = Button::plain(intake::CHOOSE_FOLDER);
        let (one, two) = (files.width(ui), folder.width(ui));
        let right = rect.right() - gap::WIDE;
        let first =
            Rect::from_min_size(pos2(right - two - gap::NEAR - one, y - size::CONTROL / 2.0), vec2(one, size::CONTROL));
        let left = rect.left() + size::strip::TEXT;
        let words = if scene.place.walking > 0 { intake::WALKING } else { intake::MORE };
        let room = first.left() - left - gap::NEAR;
        let wide = widgets::one_line(ui, &[(words, Face::Strong, t.ink)], room).size().x + size::strip::LINKS < room;
        let stacked = !wide && Self::has_links(scene);
        let at = pos2(left, if stacked { y - Face::Body.line() / 2.0 } else { y });
        let shown = widgets::text_at(ui, Align2::LEFT_CENTER, at, &[(words, Face::Strong, t.ink)], room);
        let from = if stacked { pos2(left, y + 1.0) } else { pos2(shown.right() + gap::WIDE, y - size::LINK / 2.0) };
        let links = Rect::from_min_max(from, pos2(first.left() - gap::TEXT, from.y + size::LINK));
        let mut links = ui.new_child(UiBuilder::new().max_rect(links).layout(Layout::left_to_right(Align::Center)));
        links.spacing_mut().item_spacing.x = gap::PART;
        self.links(&mut links, scene);
        if ui.put(first, files).clicked() {
            out.push(Action::Choose(PathFor::Files(scene.id)));
        }
        let second = Rect::from_min_size(pos2(right - two, y - size::CONTROL / 2.0), vec2(two, size::CONTROL));
        if ui.put(second, folder).clicked() {
            out.push(Action::Choose(PathFor::Folder(scene.id)));
        }
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
