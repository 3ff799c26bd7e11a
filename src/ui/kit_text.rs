//! The kit's text: the forms to choose from, copy and save, and the text itself to read and to select from.

use super::backend::Request;
use super::kit::{Kit, Wrong};
use super::paths::PathFor;
use super::theme::{self, Face, gap, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons, layout};
use crate::grant::{KitFormat, RoleRequest};
use crate::words::ask as words;
use egui::{
    Align, FontSelection, Frame, Id, Layout, Margin, Rect, Role, ScrollArea, Sense, Stroke, TextBuffer, TextEdit, Ui,
    UiBuilder, WidgetInfo, pos2, scroll_area::ScrollBarVisibility, vec2,
};

impl Window {
    /// Draws the card with the text, so high.
    pub(crate) fn kit_text(
        &mut self,
        ui: &mut Ui,
        kit: &mut Kit,
        ask: &Result<RoleRequest, Wrong>,
        height: f32,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        let file = kit.format().file_name();
        let text = match ask {
            Ok(ask) => kit.print(ask).map(str::to_owned),
            Err(wrong) => Err(wrong.clone()),
        };
        let top = ui.cursor().top();
        let copied = text.as_ref().is_ok_and(|text| kit.copied.as_ref() == Some(text));
        let (copy, save) = bar(ui, kit, text.is_ok(), copied);
        if save && let Ok(text) = &text {
            out.push(Action::Choose(PathFor::Text(file, text.clone())));
        }
        if copy && let Ok(text) = &text {
            self.copy(kit, text.clone(), out);
        }
        let below = ui.cursor().left_top();
        widgets::rule(ui.painter(), ui.max_rect().x_range(), below.y, t);
        let room = (height - (below.y - top) - 1.0).max(size::kit::TEXT);
        let inner = Rect::from_min_size(below + vec2(0.0, 1.0), vec2(ui.available_width(), room));
        ui.allocate_rect(inner, Sense::empty());
        let mut pane = ui.new_child(
            UiBuilder::new().max_rect(inner.shrink2(vec2(2.0, gap::CLOSE))).layout(Layout::top_down(Align::Min)),
        );
        match &text {
            Ok(text) => {
                if kit.tab == 2 {
                    pane.add_space(gap::SMALL);
                    shells(&mut pane, kit);
                }
                reading(&mut pane, kit.format(), text, out);
            }
            Err(wrong) => {
                pane.add_space(gap::PARAGRAPH);
                let ink = if wrong.missing { t.muted } else { t.bad };
                pane.horizontal(|ui| {
                    ui.add_space(gap::PART);
                    widgets::text(ui, &[(&wrong.text, Face::Body, ink)]);
                });
            }
        }
    }
}

/// Draws the tabs, and behind them, or below them if there is too little room, the buttons to copy and to save. Returns
/// which of the two was pressed.
fn bar(ui: &mut Ui, kit: &mut Kit, ready: bool, copied: bool) -> (bool, bool) {
    let t = theme::of(ui);
    let save = Button::plain(words::SAVE).enabled(ready);
    let icon = if copied { icons::CHECK } else { icons::COPY };
    let copy = Button::plain(words::COPY).icon(icon).enabled(ready);
    let full = ui.available_width() - 2.0 * gap::PART;
    let names = if full < size::kit::NARROW { words::TABS_SHORT } else { words::TABS };
    let wide = |ui: &Ui, name: &str| widgets::one_line(ui, &[(name, Face::Strong, t.ink)], f32::INFINITY).size().x;
    let tabs_width = layout::width_of(&names.map(|name| wide(ui, name)), gap::BUTTONS);
    let taken = layout::width_of(&[copy.width(ui), save.width(ui)], gap::BUTTONS);
    let apart = vec2(gap::BUTTONS, gap::CLOSE);
    let mut pressed = (false, false);
    if tabs_width + gap::BUTTONS + taken <= full {
        let end = |ui: &mut Ui| {
            ui.add_space(gap::PART);
            pressed.1 = ui.add(save).clicked();
            ui.add_space(gap::BUTTONS);
            pressed.0 = ui.add(copy).clicked();
        };
        layout::row(ui, size::kit::BAR, end, |ui| {
            ui.add_space(gap::PART);
            ui.spacing_mut().item_spacing = apart;
            tabs(ui, kit, &names);
        });
    } else {
        Frame::NONE.inner_margin(padding::KIT_BAR).show(ui, |ui| {
            layout::wrapping(ui, Face::Strong.line() + gap::TEXT, apart, |ui| tabs(ui, kit, &names));
            ui.add_space(gap::CLOSE);
            layout::wrapping(ui, size::CONTROL, vec2(gap::BUTTONS, gap::TEXT), |ui| {
                pressed = (ui.add(copy).clicked(), ui.add(save).clicked());
            });
        });
    }
    pressed
}

fn tabs(ui: &mut Ui, kit: &mut Kit, names: &[&str]) {
    for (at, name) in names.iter().enumerate() {
        if tab(ui, name, kit.tab == at, Face::Strong, Face::Body) {
            kit.tab = at;
        }
    }
}

fn shells(ui: &mut Ui, kit: &mut Kit) {
    ui.horizontal(|ui| {
        ui.add_space(gap::PART);
        for (at, name) in words::SHELLS.into_iter().enumerate() {
            if tab(ui, name, kit.shell == at, Face::SmallStrong, Face::Small) {
                kit.shell = at;
            }
            ui.add_space(gap::PART);
        }
    });
}

/// Draws one of several texts to look at. It takes the same room whether it is the one or not.
fn tab(ui: &mut Ui, name: &str, on: bool, strong: Face, plain: Face) -> bool {
    let t = theme::of(ui);
    let (face, ink) = if on { (strong, t.accent) } else { (plain, t.muted) };
    let galley = widgets::one_line(ui, &[(name, face, ink)], f32::INFINITY);
    let wide = widgets::one_line(ui, &[(name, strong, ink)], f32::INFINITY).size().x;
    let (rect, response) = ui.allocate_exact_size(vec2(wide, strong.line() + gap::TEXT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, name));
    if response.hovered() && !on {
        ui.painter().hline(rect.x_range(), rect.bottom() - gap::TIGHT, Stroke::new(1.0, t.muted));
    }
    ui.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, ink);
    widgets::focus_ring(ui, &response, rect, t);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

/// Draws a long text to read and to select from.
fn reading(ui: &mut Ui, form: KitFormat, text: &str, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let id = Id::unique("kit text");
    let wraps = matches!(form, KitFormat::Commands | KitFormat::PowerShell);
    let lay = |ui: &Ui, text: &str, wrap: f32| {
        let format = egui::TextFormat {
            font_id: Face::MonoSmall.font(),
            color: t.ink,
            line_height: Some(Face::MonoSmall.line() + 1.0),
            ..egui::TextFormat::default()
        };
        let mut job = egui::text::LayoutJob::single_section(text.to_owned(), format);
        job.wrap.max_width = if wraps { wrap } else { f32::INFINITY };
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let full = ui.available_width();
    let width = if wraps { full } else { lay(ui, text, f32::INFINITY).size().x + 2.0 * gap::PART };
    let scroll = if wraps { ScrollArea::vertical() } else { ScrollArea::both() };
    // egui moves the bars of an area that is scrolled away into view, where they would lie over what stands there.
    let area = ui.max_rect();
    let shown = area.intersect(ui.clip_rect()).height() >= area.height() * 0.6;
    let bars = if shown { ScrollBarVisibility::VisibleWhenNeeded } else { ScrollBarVisibility::AlwaysHidden };
    scroll.id_salt(("kit text", form)).auto_shrink(false).scroll_bar_visibility(bars).show(ui, |ui| {
        let mut read: &str = text;
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, wrap: f32| lay(ui, text.as_str(), wrap);
        let edit = TextEdit::multiline(&mut read)
            .id(id)
            .frame(Frame::NONE)
            .font(FontSelection::FontId(Face::MonoSmall.font()))
            .margin(Margin::ZERO)
            .desired_width(width.max(full) - 2.0 * gap::PART)
            .layouter(&mut layouter);
        let margin = padding::TEXT;
        let response = Frame::NONE.inner_margin(margin).show(ui, |ui| ui.add(edit)).inner;
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(words::TEXT));
        if response.has_focus() {
            // Nothing can be typed here, so what is pasted here is meant for the window.
            let pasted = ui.input(|input| {
                let pasted = |event: &egui::Event| {
                    if let egui::Event::Paste(text) = event { Some(text.clone()) } else { None }
                };
                input.events.iter().find_map(pasted).filter(|text| !text.trim().is_empty())
            });
            out.extend(pasted.map(|text| Request::ReadInvitationText(text).into()));
        }
    });
}
