//! The customer's side of the page: who is let in, and the invitation for the role that was made.

use super::cards::{
    beside_link, card, dot_between, fact, facts, links_row, more, more_link, named, pair, strong_link,
    strong_link_width,
};
use super::kit::{Entry, Kit, Wrong};
use super::paths::PathFor;
use super::theme::{self, Face, gap, padding, size};
use super::widgets::{self, Button};
use super::{About, Action, Window, icons, layout, picker};
use crate::grant::terms::{THEY_ASK, wishes};
use crate::grant::{KitFormat, Principal, RoleRequest};
use crate::model::names::looks_like_secret;
use crate::words::ask as words;
use crate::words::{format, history};
use egui::{CornerRadius, Frame, Id, Margin, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

/// Draws who is let in: a whole message, a request, an ARN, or an account and a name.
pub(crate) fn asker(ui: &mut Ui, kit: &mut Kit, who: &Result<Principal, Wrong>, wrong: Option<&Wrong>, about: &About) {
    let t = theme::of(ui);
    let top = ui.cursor().min;
    let right = top.x + ui.available_width();
    if let Ok(who) = who {
        facts(ui, &more(kit), |ui| {
            let name = who.to_string();
            let last = name.rsplit('/').next().unwrap_or_default();
            fact(ui, words::CONTRACTOR, if who.is_one() { last } else { words::EVERYBODY }, Face::Strong);
            fact(ui, words::ACCOUNT, &format::account(who.account().as_str()), Face::Mono);
            fact(ui, words::NEEDS, words::NEEDS_PUT, Face::Strong);
        });
        more_link(ui, kit, pos2(right, top.y));
        ui.add_space(gap::NEAR);
        let width = ui.available_width();
        named(ui, kit, Entry::Who, words::CONTRACTOR_WHO, width, wrong);
    } else {
        beside_link(ui, &more(kit), |ui| _ = widgets::text(ui, &[(words::THEIR_WHO, Face::SmallStrong, t.ink)]));
        more_link(ui, kit, pos2(right, top.y));
        ui.add_space(gap::LABEL);
        paste(ui, kit);
    }
    take_request(kit, about);
    let said = who.as_ref().err().filter(|wrong| !wrong.missing);
    let said = said.filter(|_| kit.left.contains(&Entry::Who) || kit.who.contains('\n'));
    if let Some(said) = said {
        picker::below(ui, &said.text);
    }
    ui.add_space(gap::PARAGRAPH);
}

/// Draws what is asked for, a sentence each; what every request says is gray.
pub(crate) fn asked_for(ui: &mut Ui, ask: &RoleRequest, about: &About) {
    let t = theme::of(ui);
    ui.add_space(gap::PART);
    card(ui, padding::ANSWER, |ui| {
        widgets::text(ui, &[(THEY_ASK, Face::Name, t.ink)]);
        ui.add_space(gap::CLOSE);
        for wish in wishes(ask, |at| format::date_and_time(at, &about.zone)) {
            let ink = if wish.usual { t.muted } else { t.ink };
            widgets::text(ui, &[(&wish.text, Face::Small, ink)]);
        }
    });
}

/// Fills the page as soon as a request stands in the field.
fn take_request(kit: &mut Kit, about: &About) {
    if kit.who.contains('=')
        && let Ok(ask) = RoleRequest::from_text(&kit.who)
    {
        kit.fill(&ask, &about.zone);
    }
}

/// Draws the way to the customer's page on the first screen and, if there are any, to past deliveries.
pub(crate) fn way_in(ui: &mut Ui, past: bool, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let asked = [(words::ASKED, Face::Small, t.muted)];
    let first = widgets::one_line(ui, &asked, f32::INFINITY).size().x;
    let second = strong_link_width(ui, words::I_AM_THE_CUSTOMER);
    let third = if past { gap::DOT + strong_link_width(ui, history::TITLE) } else { 0.0 };
    links_row(ui, size::LINKS_ROW, first + gap::TEXT + second + third, |ui, wraps| {
        widgets::text(ui, &asked);
        ui.add_space(if wraps { 0.0 } else { gap::TEXT });
        if strong_link(ui, words::I_AM_THE_CUSTOMER) {
            out.push(Action::OpenCustomer);
        }
        if past {
            dot_between(ui, wraps);
            if strong_link(ui, history::TITLE) {
                out.push(Action::OpenHistory);
            }
        }
    });
}

fn paste(ui: &mut Ui, kit: &mut Kit) {
    let t = theme::of(ui);
    let id = Id::unique(("kit", format!("{:?}", Entry::Who)));
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = if focused { Stroke::new(2.0, t.accent) } else { Stroke::new(1.0, t.line) };
    let width = ui.available_width();
    let (_, rect) = ui.allocate_space(vec2(width, size::kit::PASTE));
    ui.painter().rect(rect, CornerRadius::same(size::RADIUS), t.surface, stroke, StrokeKind::Inside);
    let mut inside = ui.new_child(UiBuilder::new().max_rect(rect.shrink(2.0)));
    let secret = looks_like_secret(&kit.who);
    ScrollArea::vertical().id_salt("kit paste").auto_shrink(false).show(&mut inside, |ui| {
        let edit = egui::TextEdit::multiline(&mut kit.who)
            .id(id)
            .password(secret)
            .frame(Frame::NONE)
            .font(Face::Body.font())
            .text_color(t.ink)
            .hint_text(words::WHO_HINT)
            .margin(Margin::ZERO)
            .desired_rows(2)
            .desired_width(width - size::kit::PASTE_PADDING);
        let response = Frame::NONE.inner_margin(padding::PASTE).show(ui, |ui| ui.add(edit)).inner;
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(words::THEIR_WHO));
        if response.lost_focus() {
            kit.left.insert(Entry::Who);
        }
    });
}

impl Window {
    /// Draws the customer's second step: the invitation.
    pub(crate) fn make_invitation(
        &mut self,
        ui: &mut Ui,
        kit: &mut Kit,
        ask: &Result<RoleRequest, Wrong>,
        out: &mut Vec<Action>,
    ) {
        let t = theme::of(ui);
        widgets::text(ui, &[(words::MAKE, Face::Name, t.ink)]);
        ui.add_space(gap::FINE);
        widgets::text(ui, &[(words::MAKE_TEXT, Face::Small, t.muted)]);
        ui.add_space(gap::NEAR);
        let made = match ask {
            Ok(ask) => kit.invitation(ask),
            Err(wrong) => Err(wrong.clone()),
        };
        let wrong = made.as_ref().err().cloned();
        let width = ui.available_width();
        named(ui, kit, Entry::Role, words::ROLE, width, wrong.as_ref());
        ui.add_space(gap::PARAGRAPH);
        pair(ui, kit, [(Entry::Note, words::NOTE), (Entry::Contact, words::CONTACT)], wrong.as_ref());
        ui.add_space(gap::PART);
        let ready = made.is_ok();
        layout::wrapping(ui, size::CONTROL, vec2(gap::PARAGRAPH, gap::PARAGRAPH), |ui| {
            let save = ui.add(Button::main(words::SAVE_INVITATION).enabled(ready)).clicked();
            let text = ui.add(Button::plain(words::COPY_INVITATION).icon(icons::COPY).enabled(ready)).clicked();
            let link = ui.add(Button::plain(words::COPY_LINK).icon(icons::COPY).enabled(ready)).clicked();
            let Ok(made) = made else { return };
            if save {
                out.push(Action::Choose(PathFor::Text(KitFormat::Invitation.file_name(), made.to_text())));
            }
            if text {
                self.copy(kit, made.to_text(), out);
            }
            if link {
                self.copy(kit, made.to_link(), out);
            }
        });
    }
}
