//! The parts every screen is made of: text with figures of one width, buttons, fields, bars, cards.

use super::icons::Icon;
use super::theme::{self, Face, Tokens, icon_size, size};
use crate::model::names::looks_like_secret;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align2, Color32, CornerRadius, FontId, Frame, Galley, Id, Label, Margin, Painter, Pos2, Rect, Response, Sense,
    Shape, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo, pos2, vec2,
};
use std::f32::consts::FRAC_PI_2;
use std::sync::Arc;

/// The pieces that a corner of a dashed line is drawn of.
const STEPS: u8 = 8;

/// A run of text in one face and color.
pub type TextRun<'a> = (&'a str, Face, Color32);

/// Lays runs out as one text in which every figure takes the same width, so that nothing jumps when numbers change.
#[must_use]
pub fn job(ui: &Ui, runs: &[TextRun<'_>]) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: true, ..LayoutJob::default() };
    let mut owed = 0.0;
    for &(text, face, color) in runs {
        let font = face.font();
        let format = TextFormat {
            font_id: font.clone(),
            color,
            line_height: Some(face.line()),
            extra_letter_spacing: face.spacing(),
            ..TextFormat::default()
        };
        let has_figures = text.bytes().any(|byte| byte.is_ascii_digit());
        if !has_figures || matches!(face, Face::Mono | Face::MonoSmall) {
            job.append(text, owed, format);
            owed = 0.0;
            continue;
        }
        let widths = figures(ui, &font);
        let cell = widths.iter().copied().fold(0.0, f32::max);
        let mut rest = text;
        while !rest.is_empty() {
            let plain = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            if plain > 0 {
                job.append(&rest[..plain], owed, format.clone());
                owed = 0.0;
                rest = &rest[plain..];
            }
            if let Some(digit) = rest.bytes().next() {
                let slack = (cell - widths[usize::from(digit - b'0') % 10]) / 2.0;
                job.append(&rest[..1], owed + slack, format.clone());
                owed = slack;
                rest = &rest[1..];
            }
        }
    }
    job
}

fn figures(ui: &Ui, font: &FontId) -> [f32; 10] {
    ui.fonts_mut(|fonts| {
        std::array::from_fn(|n| fonts.glyph_width(font, char::from(b'0' + u8::try_from(n).unwrap_or(0))))
    })
}

/// Returns the text laid out on one line, cut with "…" where `width` is not enough.
#[must_use]
pub fn one_line(ui: &Ui, runs: &[TextRun<'_>], width: f32) -> Arc<Galley> {
    let mut job = job(ui, runs);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Adds a text that wraps at the width there is.
pub fn text(ui: &mut Ui, runs: &[TextRun<'_>]) -> Response {
    let job = job(ui, runs);
    ui.add(Label::new(job).wrap())
}

/// Adds a text on one line, cut with "…" if there is too little room; the whole is shown when pointed at.
pub fn line(ui: &mut Ui, runs: &[TextRun<'_>]) -> Response {
    let job = job(ui, runs);
    ui.add(Label::new(job).truncate())
}

/// Adds a text on one line that something else names already, cut with "…" if there is too little room.
pub fn silent_line(ui: &mut Ui, runs: &[TextRun<'_>]) {
    let galley = one_line(ui, runs, ui.available_width());
    let (_, rect) = ui.allocate_space(galley.size());
    ui.painter().galley(rect.min, galley, Color32::PLACEHOLDER);
}

/// Paints a text at a place and names it for screen readers.
pub fn text_at(ui: &mut Ui, align: Align2, at: Pos2, runs: &[TextRun<'_>], width: f32) -> Rect {
    let galley = one_line(ui, runs, width);
    let rect = align.anchor_size(at, galley.size());
    let whole: String = runs.iter().map(|run| run.0).collect();
    let elided = galley.elided;
    let response = ui.allocate_rect(rect, if elided { Sense::hover() } else { Sense::empty() });
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
    if elided {
        response.on_hover_text(&whole);
    }
    ui.painter().galley(rect.min, galley, Color32::PLACEHOLDER);
    rect
}

/// Paints an icon centered at a place.
pub fn icon_at(painter: &Painter, center: Pos2, icon: Icon, points: f32, color: Color32) {
    painter.text(center, Align2::CENTER_CENTER, icon.glyph, FontId::new(points, icon.family()), color);
}

/// Adds a decorative icon, hidden from screen readers.
pub fn icon(ui: &mut Ui, icon: Icon, points: f32, color: Color32) {
    let (_, rect) = ui.allocate_space(vec2(points, points));
    icon_at(ui.painter(), rect.center(), icon, points, color);
}

/// Adds the dot in the color of the customer with this account. Decorative; hidden from screen readers.
pub fn dot(ui: &mut Ui, account: &str) {
    let (_, rect) = ui.allocate_space(Vec2::splat(size::DOT));
    dot_at(ui, rect.center(), account);
}

/// Paints the same dot at a place.
pub fn dot_at(ui: &Ui, center: Pos2, account: &str) {
    ui.painter().circle_filled(center, size::DOT_RADIUS, theme::customer(ui, account));
}

/// Paints a large icon on its colored square.
pub fn tile_at(painter: &Painter, rect: Rect, icon: Icon, color: Color32, soft: Color32) {
    painter.rect_filled(rect, CornerRadius::same(size::RADIUS + 1), soft);
    icon_at(painter, rect.center(), icon, icon_size::TILE, color);
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonLook {
    /// The one main action of the screen.
    Main,
    Plain,
    /// An action that reads like text.
    Link,
    /// A small one, in second text.
    SmallLink,
}

pub struct Button<'a> {
    text: &'a str,
    name: Option<&'a str>,
    icon: Option<Icon>,
    look: ButtonLook,
    enabled: bool,
}

impl<'a> Button<'a> {
    /// Returns the main button of a screen.
    #[must_use]
    pub const fn main(text: &'a str) -> Self {
        Self { text, name: None, icon: None, look: ButtonLook::Main, enabled: true }
    }

    #[must_use]
    pub const fn plain(text: &'a str) -> Self {
        Self { look: ButtonLook::Plain, ..Self::main(text) }
    }

    /// Returns a button that reads like text.
    #[must_use]
    pub const fn link(text: &'a str) -> Self {
        Self { look: ButtonLook::Link, ..Self::main(text) }
    }

    /// Returns a button that reads like second text.
    #[must_use]
    pub const fn small_link(text: &'a str) -> Self {
        Self { look: ButtonLook::SmallLink, ..Self::main(text) }
    }

    /// Returns a button of this look.
    #[must_use]
    pub const fn of(look: ButtonLook, text: &'a str) -> Self {
        Self { look, ..Self::main(text) }
    }

    /// Adds an icon before the text.
    #[must_use]
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Sets a name for screen readers that is not the text.
    #[must_use]
    pub const fn named(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets whether it can be pressed.
    #[must_use]
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Returns the width it takes.
    #[must_use]
    pub fn width(&self, ui: &Ui) -> f32 {
        let text = one_line(ui, &[(self.text, self.face(), Color32::PLACEHOLDER)], f32::INFINITY).size().x;
        text + if self.icon.is_some() { size::BUTTON_ICON } else { 0.0 } + 2.0 * self.padding()
    }

    const fn face(&self) -> Face {
        match self.look {
            ButtonLook::Main | ButtonLook::Plain | ButtonLook::Link => Face::Strong,
            ButtonLook::SmallLink => Face::Small,
        }
    }

    const fn padding(&self) -> f32 {
        match self.look {
            ButtonLook::Main | ButtonLook::Plain => size::BUTTON_PADDING,
            ButtonLook::Link | ButtonLook::SmallLink => 0.0,
        }
    }

    const fn height(&self) -> f32 {
        match self.look {
            ButtonLook::Main | ButtonLook::Plain | ButtonLook::Link => size::CONTROL,
            ButtonLook::SmallLink => size::LINK,
        }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = theme::of(ui);
        // A button is no wider than the room there is; its text is cut with "…" then.
        // Where there is a next row, all of that is room.
        let room = if ui.layout().main_wrap() { ui.max_rect().width() } else { ui.available_width() };
        let room = room.max(self.padding());
        let width = self.width(ui);
        let wanted = vec2(if width > room + 1.0 { room } else { width }, self.height());
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(wanted, sense);
        let enabled = self.enabled && ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.name.unwrap_or(self.text)));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let hot = response.hovered() && enabled;
        let down = response.is_pointer_button_down_on();
        let (fill, border, ink) = match self.look {
            ButtonLook::Main if !enabled => (t.sunken, t.sunken, t.muted),
            ButtonLook::Main if down => (mix(t.accent, t.ink, 0.25), t.accent, t.on_accent),
            ButtonLook::Main if hot => (mix(t.accent, t.ink, 0.12), t.accent, t.on_accent),
            ButtonLook::Main => (t.accent, t.accent, t.on_accent),
            ButtonLook::Plain if !enabled => (t.surface, t.line, t.muted),
            ButtonLook::Plain if hot || down => (t.sunken, t.line, t.ink),
            ButtonLook::Plain => (t.surface, t.line, t.ink),
            ButtonLook::Link | ButtonLook::SmallLink if !enabled => {
                (Color32::TRANSPARENT, Color32::TRANSPARENT, t.muted)
            }
            ButtonLook::Link | ButtonLook::SmallLink => (Color32::TRANSPARENT, Color32::TRANSPARENT, t.accent),
        };
        let radius = CornerRadius::same(size::RADIUS);
        match self.look {
            ButtonLook::Main | ButtonLook::Plain => {
                ui.painter().rect(rect, radius, fill, hairline(ui.painter(), border), StrokeKind::Inside);
            }
            ButtonLook::Link | ButtonLook::SmallLink => {}
        }
        let mut x = rect.left() + self.padding();
        if let Some(icon) = self.icon {
            icon_at(ui.painter(), pos2(x + icon_size::SMALL / 2.0, rect.center().y), icon, icon_size::SMALL, ink);
            x += size::BUTTON_ICON;
        }
        let room = if width > room + 1.0 { rect.right() - self.padding() - x } else { f32::INFINITY };
        let galley = one_line(ui, &[(self.text, self.face(), ink)], room);
        let elided = galley.elided;
        let at = pos2(x, rect.center().y - galley.size().y / 2.0);
        let end = pos2(x + galley.size().x, at.y + galley.size().y - 1.5);
        ui.painter().galley(at, galley, ink);
        match self.look {
            ButtonLook::Link | ButtonLook::SmallLink if hot => {
                ui.painter().hline(x..=end.x, end.y, Stroke::new(1.0, ink));
            }
            ButtonLook::Main | ButtonLook::Plain | ButtonLook::Link | ButtonLook::SmallLink => {}
        }
        focus_ring(ui, &response, rect, t);
        let response = if elided { response.on_hover_text(self.text) } else { response };
        if hot { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response }
    }
}

/// Adds a button that is an icon. Its name is also what it says when pointed at.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, color: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(size::ICON_BUTTON, Sense::click());
    icon_button_in(ui, rect, response, icon, name, color)
}

/// Draws a button that is an icon, at a place; its name is also what it says when pointed at.
pub fn icon_button_at(ui: &mut Ui, center: Pos2, icon: Icon, name: &str, color: Color32) -> Response {
    let rect = Rect::from_center_size(center, size::ICON_BUTTON);
    let response = ui.allocate_rect(rect, Sense::click());
    icon_button_in(ui, rect, response, icon, name, color)
}

fn icon_button_in(ui: &Ui, rect: Rect, response: Response, icon: Icon, name: &str, color: Color32) -> Response {
    let t = theme::of(ui);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::HOVERED), t.sunken);
    }
    icon_at(ui.painter(), rect.center(), icon, icon_size::MEDIUM, color);
    focus_ring(ui, &response, rect, t);
    response.on_hover_text(name)
}

/// Draws the ring around what has the keyboard's focus.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect, t: &Tokens) {
    if response.has_focus() {
        let radius = CornerRadius::same(size::RADIUS + 2);
        ui.painter().rect_stroke(rect.expand(size::FOCUS_RING), radius, Stroke::new(2.0, t.accent), StrokeKind::Inside);
    }
}

/// Draws an entry of a menu or a list. Returns whether it was pressed. The menu closes then, however it was pressed.
pub fn menu_item<'a>(ui: &mut Ui, item: impl egui::IntoAtoms<'a>) -> bool {
    let pressed = ui.button(item).clicked();
    if pressed {
        ui.close();
    }
    pressed
}

/// Adds a text on one line, or on two small ones if it is too long for one.
pub fn one_or_two_lines(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let room = ui.available_width();
    let whole = [(text, Face::Body, color)];
    if one_line(ui, &whole, f32::INFINITY).size().x <= room {
        return line(ui, &whole);
    }
    let mut job = job(ui, &[(text, Face::Small, color)]);
    job.wrap = egui::text::TextWrapping { max_width: room, max_rows: 2, ..Default::default() };
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    ui.add(Label::new(galley))
}

/// Returns a color between two others.
#[must_use]
pub fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share)
}

/// Draws a text field: 38 points high, hairline border, accent border while it has the focus; what looks like a secret
/// is masked.
pub fn field(ui: &mut Ui, id: Id, name: &str, value: &mut String, width: f32, face: Face, wrong: bool) -> Response {
    let t = theme::of(ui);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = match (focused, wrong) {
        (true, _) => Stroke::new(2.0, t.accent),
        (false, true) => hairline(ui.painter(), t.bad),
        (false, false) => hairline(ui.painter(), t.line),
    };
    let (_, rect) = ui.allocate_space(vec2(width, size::FIELD));
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), t.surface, stroke, StrokeKind::Inside);
    // A secret belongs in no field here: one that was pasted all the same is not shown to whoever looks on.
    let secret = looks_like_secret(value);
    let edit = egui::TextEdit::singleline(value)
        .id(id)
        .password(secret)
        .frame(Frame::NONE.inner_margin(size::FIELD_PADDING))
        .font(face.font())
        .text_color(t.ink)
        .align(Align2::LEFT_CENTER)
        .min_size(rect.size())
        .desired_width(width);
    let response = ui.put(rect, edit);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name));
    response
}

/// Adds a progress bar with rounded ends and says its value to screen readers under `name`.
pub fn bar(ui: &mut Ui, width: f32, share: f32, name: &str, fill: Color32) {
    let t = theme::of(ui);
    let share = share.clamp(0.0, 1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::BAR), Sense::empty());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from((share * 100.0).floor()));
        info
    });
    let radius = CornerRadius::same(size::TICK);
    ui.painter().rect_filled(rect, radius, t.sunken);
    if share > 0.0 {
        let done = Rect::from_min_size(rect.min, vec2((rect.width() * share).max(rect.height()), rect.height()));
        ui.painter().rect_filled(done, radius, fill);
    }
}

/// Returns the frame of a card.
pub fn card(painter: &Painter, t: &Tokens, margin: impl Into<Margin>) -> Frame {
    Frame::new()
        .fill(t.surface)
        .stroke(hairline(painter, t.line))
        .corner_radius(CornerRadius::same(size::CARD))
        .inner_margin(margin)
}

/// Paints a rectangle with a dashed border, two points wide.
pub fn dashed(painter: &Painter, rect: Rect, fill: Color32, line: Color32) {
    let radius = f32::from(size::CARD);
    painter.rect_filled(rect, CornerRadius::same(size::CARD), fill);
    let inner = rect.shrink(1.0);
    let radius = radius - 1.0;
    let mut path: Vec<Pos2> = Vec::with_capacity(40);
    let corners = [
        (pos2(inner.right() - radius, inner.top() + radius), -1.0_f32),
        (pos2(inner.right() - radius, inner.bottom() - radius), 0.0),
        (pos2(inner.left() + radius, inner.bottom() - radius), 1.0),
        (pos2(inner.left() + radius, inner.top() + radius), 2.0),
    ];
    for (center, from) in corners {
        for step in 0..=STEPS {
            let angle = (from + f32::from(step) / f32::from(STEPS)) * FRAC_PI_2;
            path.push(center + radius * Vec2::angled(angle));
        }
    }
    if let Some(&first) = path.first() {
        path.push(first);
    }
    painter.extend(Shape::dashed_line(&path, Stroke::new(2.0, line), size::DASH, 2.0));
}

/// Returns the thinnest line that is still even on this screen: a point, in whole pixels.
#[must_use]
pub fn hairline(painter: &Painter, color: Color32) -> Stroke {
    let pixels = painter.pixels_per_point();
    Stroke::new(pixels.floor().max(1.0) / pixels, color)
}

/// Draws a hairline across.
pub fn rule(painter: &Painter, x: impl Into<egui::Rangef>, y: f32, t: &Tokens) {
    painter.hline(x, y, hairline(painter, t.line));
}

/// Says something to screen readers when it changes, without showing it.
pub fn announce(ui: &mut Ui, says: &str) {
    let rect = Rect::from_min_size(ui.max_rect().left_top(), Vec2::ZERO);
    let response = ui.interact(rect, Id::unique("announcement"), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, says));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_live(egui::accesskit::Live::Polite));
}

/// Draws a text that can be selected and copied.
pub fn selectable(ui: &mut Ui, runs: &[TextRun<'_>]) -> Response {
    let job = job(ui, runs);
    ui.add(Label::new(job).wrap().selectable(true))
}

/// Draws a check box: filled with the accent when it is on.
pub fn checkbox(ui: &mut Ui, on: &mut bool, text: &str) -> Response {
    let t = theme::of(ui);
    let room = ui.available_width() - size::CHECK_TEXT;
    let mut words = job(ui, &[(text, Face::Body, t.ink)]);
    words.wrap = egui::text::TextWrapping::wrap_at_width(room);
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(words));
    let wanted = vec2(size::CHECK_TEXT + galley.size().x, galley.size().y.max(size::CHECK));
    let (rect, mut response) = ui.allocate_exact_size(wanted, Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), *on, text));
    let square = Rect::from_center_size(
        pos2(rect.left() + size::CHECK_BOX / 2.0, rect.top() + size::CHECK / 2.0),
        Vec2::splat(size::CHECK_BOX),
    );
    let radius = CornerRadius::same(size::TICK);
    if *on {
        ui.painter().rect_filled(square, radius, t.accent);
        icon_at(ui.painter(), square.center(), super::icons::CHECK, icon_size::TICK, t.on_accent);
    } else {
        ui.painter().rect(square, radius, t.surface, Stroke::new(1.5, t.muted), StrokeKind::Inside);
    }
    let at = pos2(rect.left() + size::CHECK_TEXT, rect.top() + (size::CHECK - Face::Body.line()) / 2.0);
    ui.painter().galley(at, galley, t.ink);
    focus_ring(ui, &response, rect, t);
    response
}
