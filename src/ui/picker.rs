//! The list of profiles to pick who one is from, and small parts that the pages for access share.

use super::theme::{self, Face, gap, icon_size, size};
use super::{Scene, form, icons, identity, layout, widgets};
use crate::model::names::holds_secret;
use crate::model::snapshot::{Profile, Snapshot};
use crate::words::ui as words;
use egui::{
    Align2, CornerRadius, Frame, Id, Margin, Popup, Rect, Response, RichText, Role, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

/// Opens the list of profiles under what was clicked. Returns the one that is picked.
pub(crate) fn list(under: &Response, width: f32, seen: &Snapshot) -> Option<String> {
    let mut picked = None;
    Popup::menu(under).gap(gap::CLOSE).width(width).show(|ui| {
        let t = theme::of(ui);
        ui.set_min_width(width);
        ScrollArea::vertical().max_height(size::MENU).show(ui, |ui| {
            for profile in &seen.profiles.list {
                let name = RichText::new(&profile.name).color(if form::usable(profile) { t.ink } else { t.muted });
                let who = RichText::new(who(profile, seen)).small().color(t.muted);
                let button =
                    egui::Button::new((name, who)).truncate().min_size(vec2(ui.available_width(), size::MENU_ENTRY));
                if ui.add(button).clicked() {
                    ui.close();
                    picked = Some(profile.name.clone());
                }
            }
        });
    });
    picked
}

fn who(profile: &Profile, seen: &Snapshot) -> String {
    identity(seen, &profile.name).map_or_else(|| words::profile_hint(profile), words::who)
}

/// Draws the box that shows who is picked and opens the list. Returns the one that was picked now.
pub(crate) fn profile(
    ui: &mut Ui,
    label: &str,
    picked: Option<&Profile>,
    seen: &Snapshot,
    width: f32,
) -> Option<String> {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::FIELD), Sense::click());
    let name = picked.map_or(words::welcome::CHOOSE_PROFILE, |profile| profile.name.as_str());
    let who = picked.map(|profile| who(profile, seen)).unwrap_or_default();
    let mut runs = vec![(name, Face::Body, t.ink)];
    if !who.is_empty() {
        runs.push(("  ·  ", Face::Body, t.muted));
        runs.push((who.as_str(), Face::Body, t.muted));
    }
    let says = format!("{label}: {name} {who}");
    combo_box(ui, rect, &response, Some(icons::USER), &runs, says.trim());
    list(&response, rect.width() - size::MENU_PADDING, seen)
}

/// Paints a combo box: what is picked, cut if there is too little room, before a caret. `icon` stands before the text.
pub(crate) fn combo_box(
    ui: &Ui,
    rect: Rect,
    response: &Response,
    icon: Option<icons::Icon>,
    runs: &[widgets::TextRun<'_>],
    name: &str,
) {
    let t = theme::of(ui);
    let fill = if response.hovered() { widgets::mix(t.surface, t.sunken, 0.5) } else { t.surface };
    let stroke = widgets::hairline(ui.painter(), t.line);
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), fill, stroke, StrokeKind::Inside);
    let mut left = rect.left() + size::COMBO_TEXT;
    if let Some(icon) = icon {
        widgets::icon_at(
            ui.painter(),
            rect.left_center() + vec2(size::COMBO_ICON, 0.0),
            icon,
            icon_size::MEDIUM,
            t.muted,
        );
        left = rect.left() + size::COMBO_TEXT_BEHIND_ICON;
    }
    let caret = rect.right_center() - vec2(size::COMBO_CARET, 0.0);
    widgets::icon_at(ui.painter(), caret, icons::CARET_DOWN, icon_size::COMBO, t.muted);
    let galley = widgets::one_line(ui, runs, rect.right() - size::COMBO_END - left);
    ui.painter().galley(pos2(left, rect.center().y - galley.size().y / 2.0 - 0.5), galley, t.ink);
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
    widgets::focus_ring(ui, response, rect, t);
}

/// Draws a text field with its name inside, at the left.
pub(crate) fn named_field(ui: &mut Ui, id: Id, name: &str, value: &mut String, width: f32, wrong: bool) -> Response {
    let t = theme::of(ui);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = match (focused, wrong) {
        (true, _) => Stroke::new(2.0, t.accent),
        (false, true) => Stroke::new(1.0, t.bad),
        (false, false) => Stroke::new(1.0, t.line),
    };
    let (_, rect) = ui.allocate_space(vec2(width, size::FIELD));
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), t.surface, stroke, StrokeKind::Inside);
    let galley = widgets::one_line(ui, &[(name, Face::Body, t.muted)], width * size::NAME_SHARE);
    let at = Align2::LEFT_CENTER.anchor_size(pos2(rect.left() + gap::FIELD, rect.center().y - 0.5), galley.size());
    let begins = at.right() + gap::TEXT;
    let name_rect = Rect::from_min_max(rect.min, pos2(begins, rect.bottom()));
    if ui.interact(name_rect, id.with("name"), Sense::CLICK).clicked() {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    ui.painter().galley(at.min, galley, t.muted);
    // A text that is longer than the field ends before its border.
    let inside = Rect::from_min_max(pos2(begins, rect.top()), pos2(rect.right() - size::FIELD_END, rect.bottom()));
    // A secret belongs in no field here: one that was pasted all the same is not shown to whoever looks on.
    let secret = holds_secret(value);
    let edit = egui::TextEdit::singleline(value)
        .id(id)
        .password(secret)
        .frame(Frame::NONE)
        .font(Face::Body.font())
        .text_color(t.ink)
        .margin(Margin::ZERO)
        .align(Align2::LEFT_CENTER)
        .min_size(inside.size())
        .desired_width(inside.width());
    let response = ui.put(inside, edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

/// Adds something at a place, and leaves everything else where it is.
pub(crate) fn at(ui: &mut Ui, rect: Rect, widget: impl egui::Widget) -> Response {
    ui.new_child(egui::UiBuilder::new().max_rect(rect)).add(widget)
}

/// A check box among others.
pub(crate) struct CheckItem<'a> {
    on: Option<&'a mut bool>,
    text: &'a str,
}

impl<'a> CheckItem<'a> {
    pub(crate) const fn new(on: &'a mut bool, text: &'a str) -> Self {
        Self { on: Some(on), text }
    }

    /// Returns one that can't be ticked.
    pub(crate) const fn off(text: &'a str) -> Self {
        Self { on: None, text }
    }
}

/// CheckItem boxes side by side, on as many lines as they need.
pub(crate) fn checks(ui: &mut Ui, items: &mut [CheckItem<'_>]) {
    const BETWEEN: f32 = gap::EDGE;
    let t = theme::of(ui);
    let full = ui.available_width();
    let widths: Vec<f32> = items
        .iter()
        .map(|check| {
            size::CHECK_TEXT + widgets::one_line(ui, &[(check.text, Face::Body, t.ink)], f32::INFINITY).size().x
        })
        .collect();
    let mut rest = items;
    let mut at = 0;
    while !rest.is_empty() {
        let mut used = widths.get(at).copied().unwrap_or_default();
        let mut count = 1;
        while let Some(next) = widths.get(at + count).filter(|next| used + BETWEEN + **next <= full) {
            used += BETWEEN + next;
            count += 1;
        }
        let (line, later) = rest.split_at_mut(count.min(rest.len()));
        ui.horizontal(|ui| {
            for check in line {
                match &mut check.on {
                    Some(on) => widgets::checkbox(ui, on, check.text),
                    None => ui.add_enabled_ui(false, |ui| widgets::checkbox(ui, &mut false, check.text)).inner,
                };
                ui.add_space(BETWEEN);
            }
        });
        ui.add_space(gap::CLOSE);
        rest = later;
        at += count;
    }
}

/// Something said about a field, below it.
pub(crate) fn below(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    ui.add_space(gap::LABEL);
    widgets::text(ui, &[(text, Face::Small, t.bad)]);
}

/// Draws where files go, beside the customer's color, if there is more than one customer to take it for. Says whether
/// it did.
pub(crate) fn customer_line(ui: &mut Ui, then: &str, scene: &Scene<'_>) -> bool {
    let account = scene.place.destination.role.account();
    let mut others = super::destinations(scene.seen);
    if others.all(|to| to.practice || to.role.account() == account) {
        return false;
    }
    let t = theme::of(ui);
    let to = &scene.place.destination;
    let to = crate::words::ask::to(&to.name, to.prefix.as_str());
    let runs = [(to.as_str(), Face::Strong, t.ink), ("   ·   ", Face::Body, t.muted), (then, Face::Body, t.muted)];
    let dot = gap::WIDE;
    let room = ui.available_width() - dot;
    let width = widgets::one_line(ui, &runs, room).size().x + dot;
    layout::cell(ui, width, Face::Body.line(), |ui| {
        let (_, place) = ui.allocate_space(vec2(dot, Face::Body.line()));
        widgets::dot_at(ui, place.left_center() + vec2(gap::CLOSE, 0.0), account.as_str());
        widgets::line(ui, &runs);
    });
    true
}
