//! One past delivery and its files.

use super::{HistoryPage, HistoryRequest, Open, list};
use crate::model::history::{Delivery, DeliveryFile, Outcome};
use crate::model::upload::Proof;
use crate::ui::explanations::ProblemDetails;
use crate::ui::icons::{self, Icon};
use crate::ui::paths::PathFor;
use crate::ui::theme::{self, Face, Tokens, gap, icon_size, size};
use crate::ui::widgets::{self, Button};
use crate::ui::{About, Action, Window, picker};
use crate::words::format;
use crate::words::history as words;
use crate::words::untrusted_text::visible;
use egui::{
    Align, Align2, Color32, CornerRadius, Layout, Popup, Rect, Role, Sense, StrokeKind, Ui, UiBuilder, Vec2,
    WidgetInfo, pos2, vec2,
};
use egui_extras::{Column, TableBuilder};
use std::sync::Arc;

impl Window {
    /// Draws one delivery. Returns false when the person goes back to the list.
    pub(super) fn history_delivery(
        &mut self,
        ui: &mut Ui,
        page: &mut HistoryPage,
        open: &mut Open,
        about: &About,
        out: &mut Vec<Action>,
    ) -> bool {
        if page.problem.is_none() {
            if !open.asked {
                open.asked = true;
                out.push(HistoryRequest::Files(open.id).into());
            }
            out.extend(page.deliveries.want(&[open.id]).map(|ids| HistoryRequest::Deliveries(ids).into()));
        }
        let all = ui.max_rect();
        let (left, right) = (all.left() + size::EDGE, all.right() - size::EDGE);
        let mut y = all.top() + size::TOP;
        y += self.welcome_notes(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())), &[]);
        y += page.in_the_way(ui, Rect::from_min_max(pos2(left, y), pos2(right, all.bottom())));
        let back = Button::link(words::BACK_TO_LIST);
        let width = back.width(ui);
        let place = Rect::from_min_size(pos2(right - width, y - size::BACK), vec2(width, size::CONTROL));
        let stay = !picker::at(ui, place, back).clicked();
        let delivery = match page.deliveries.get(open.id) {
            Some(Some(delivery)) => delivery.clone(),
            Some(None) => return false,
            None => return stay,
        };
        head(
            ui,
            Rect::from_min_max(pos2(left, y), pos2(right, y + size::past::HEADING)),
            width + gap::WIDE,
            &delivery,
            about,
        );
        y += size::past::HEADING + size::NEAR;
        let strip = Rect::from_min_size(pos2(left, y), vec2(right - left, size::STRIP));
        summary(ui, page, strip, &delivery, out);
        y = strip.bottom() + size::NEAR;
        let table = Rect::from_min_max(pos2(left, y), pos2(right, all.bottom() - size::GAP));
        if let Some(files) = open.files.clone() {
            let view = self.files_of(ui, open, &files, table, out);
            if page.problem.is_none() {
                out.extend(open.lines.want(&view).map(|rows| HistoryRequest::Lines(open.id, rows).into()));
            }
        }
        stay
    }

    /// Draws the files. Returns which of them are in view.
    fn files_of(&mut self, ui: &mut Ui, open: &Open, files: &[i64], rect: Rect, out: &mut Vec<Action>) -> Vec<i64> {
        let t = theme::of(ui);
        let corners = CornerRadius::same(size::CARD);
        ui.painter().rect_filled(rect, corners, t.surface);
        let head = Rect::from_min_size(rect.min, vec2(rect.width(), size::TABLE_HEAD));
        let at = LineColumns::of(head);
        for (align, x, text) in [
            (Align2::LEFT_CENTER, at.name, words::NAME),
            (Align2::RIGHT_CENTER, at.size, words::SIZE),
            (Align2::LEFT_CENTER, at.state, words::STATE),
        ] {
            let runs = [(text, Face::SmallStrong, t.muted)];
            widgets::text_at(ui, align, pos2(x, head.center().y), &runs, size::table::HEAD);
        }
        let body = Rect::from_min_max(pos2(rect.left(), head.bottom()), pos2(rect.right(), rect.bottom() - 1.0));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(body).layout(Layout::top_down(Align::Min)));
        inner.set_clip_rect(body.intersect(ui.clip_rect()));
        inner.spacing_mut().item_spacing = Vec2::ZERO;
        let mut view = Vec::new();
        TableBuilder::new(&mut inner)
            .id_salt(("files of a delivery", open.id))
            .column(Column::exact(body.width()))
            .auto_shrink(false)
            .min_scrolled_height(0.0)
            .max_scroll_height(f32::INFINITY)
            .body(|rows| {
                rows.rows(size::ROW, files.len(), |mut row| {
                    let id = files.get(row.index()).copied();
                    row.col(|ui| {
                        let rect = Rect::from_min_size(ui.max_rect().min, vec2(body.width(), size::ROW));
                        self.work.rows_drawn += 1;
                        let Some(id) = id else { return };
                        view.push(id);
                        if let Some(line) = open.lines.get(id) {
                            let line = line.clone();
                            ui.push_id(id, |ui| self.file(ui, rect, line.as_ref(), out));
                        }
                    });
                });
            });
        ui.painter().rect_stroke(rect, corners, widgets::hairline(ui.painter(), t.line), StrokeKind::Inside);
        view
    }

    fn file(&mut self, ui: &mut Ui, rect: Rect, line: Option<&DeliveryFile>, out: &mut Vec<Action>) {
        let t = theme::of(ui);
        widgets::rule(ui.painter(), rect.x_range(), rect.top() + 0.5, t);
        let at = LineColumns::of(rect);
        let y = rect.center().y;
        let Some(line) = line else {
            let said = [(words::UNREADABLE, Face::Body, t.muted)];
            widgets::text_at(ui, Align2::LEFT_CENTER, pos2(at.name, y), &said, at.size - at.name);
            return;
        };
        let (icon, tint, ink) = looks(&line.outcome, t);
        let (amount, state) = (format::size(line.size), words::outcome(&line.outcome));
        let response = ui.interact(rect, ui.scope_id().with("row"), Sense::hover());
        let whole = format!("{}, {amount}, {state}", visible(&line.name));
        response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &whole));
        widgets::icon_at(ui.painter(), pos2(at.icon, y + 0.5), icon, icon_size::ROW, tint);
        let sized = [(amount.as_str(), Face::Body, t.muted)];
        let sized = widgets::text_at(ui, Align2::RIGHT_CENTER, pos2(at.size, y - 0.5), &sized, size::table::SIZE);
        let (folder, name) = line.name.rsplit_once('/').unwrap_or(("", &line.name));
        let name = visible(name);
        let renamed = line.key.rsplit('/').next().filter(|key| *key != name).map(|key| format!(" as {}", visible(key)));
        let folder =
            if folder.is_empty() { String::new() } else { format!(" {} /", visible(&folder.replace('/', " / "))) };
        let mut runs = vec![(name.as_str(), Face::Body, t.ink)];
        runs.extend(renamed.as_deref().map(|renamed| (renamed, Face::Body, t.faint)));
        runs.push((&folder, Face::Body, t.faint));
        let room = sized.left() - gap::NEAR - at.name;
        widgets::text_at(ui, Align2::LEFT_CENTER, pos2(at.name, y - 0.5), &runs, room);
        widgets::two_lines_at(ui, pos2(at.state, y - 0.5), &state, ink, at.more - gap::BUTTONS - at.state);
        let named = format!("{}: {name}", words::MORE);
        let more = widgets::icon_button_at(ui, pos2(at.more, y + 0.5), icons::MORE, &named, t.muted);
        Popup::menu(&more).gap(gap::CLOSE).show(|ui| {
            ui.set_min_width(size::WIDE_MENU);
            if let Outcome::Failed(problem) = &line.outcome
                && widgets::menu_item(ui, words::WHY)
            {
                self.open_sheet(ProblemDetails { problem: Arc::new(problem.clone()), ended: true });
            }
            if widgets::menu_item(ui, words::COPY_KEY) {
                out.push(Action::Copy(line.key.to_string()));
            }
        });
    }
}

/// The horizontal positions of a file's columns.
struct LineColumns {
    icon: f32,
    name: f32,
    size: f32,
    state: f32,
    more: f32,
}

impl LineColumns {
    fn of(rect: Rect) -> Self {
        let more = rect.right() - size::table::MORE;
        let state = more
            - (rect.width() * size::past::FILE_STATE).clamp(size::past::FILE_STATE_LEAST, size::past::FILE_STATE_MOST);
        Self {
            icon: rect.left() + size::table::ICON,
            name: rect.left() + size::table::NAME,
            size: state - gap::WIDE,
            state,
            more,
        }
    }
}

/// Draws the name, beside which so much is taken, and below it when, where and who.
fn head(ui: &mut Ui, rect: Rect, taken: f32, delivery: &Delivery, about: &About) {
    let t = theme::of(ui);
    let name = visible(&delivery.destination.name);
    let account = delivery.destination.role.account();
    widgets::dot_at(ui, pos2(rect.left() + size::past::DOT, rect.top() + size::past::TITLE + 1.0), account.as_str());
    let title = [(name.as_str(), Face::Heading, t.ink)];
    widgets::text_at(
        ui,
        Align2::LEFT_CENTER,
        rect.min + vec2(size::BEHIND_DOT + 2.0, size::past::TITLE),
        &title,
        rect.width() - size::BEHIND_DOT - 2.0 - taken,
    );
    let place = format::place(delivery.destination.bucket.as_str(), delivery.destination.prefix.as_str());
    let (span, who) = (words::span(delivery, &about.zone), visible(&delivery.who));
    let mut runs = vec![(span.as_str(), Face::Body, t.muted)];
    for fact in [place.as_str(), who.as_str()].into_iter().filter(|fact| !fact.is_empty()) {
        runs.push(("  ·  ", Face::Body, t.muted));
        runs.push((fact, Face::Body, t.muted));
    }
    widgets::text_at(
        ui,
        Align2::LEFT_CENTER,
        pos2(rect.left(), rect.top() + size::past::BELOW_TITLE),
        &runs,
        rect.width(),
    );
}

fn summary(ui: &mut Ui, page: &mut HistoryPage, rect: Rect, delivery: &Delivery, out: &mut Vec<Action>) {
    let t = theme::of(ui);
    let standing = words::standing(delivery);
    let (icon, tint, _) = list::looks(standing, t);
    let soft = match standing {
        words::Standing::All => t.ok_soft,
        words::Standing::Partly => t.warn_soft,
        words::Standing::Open | words::Standing::Nothing => t.sunken,
    };
    ui.painter().rect_filled(rect, CornerRadius::same(size::NOTE), soft);
    widgets::icon_at(ui.painter(), pos2(rect.left() + size::note::ICON, rect.center().y), icon, icon_size::ROW, tint);
    let inner = rect.shrink2(vec2(gap::PART, gap::NEAR));
    let mut buttons = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)));
    buttons.spacing_mut().item_spacing.x = size::NEAR;
    page.message_button(&mut buttons, &[delivery.id], out);
    if buttons.add(Button::plain(words::RECEIPT).icon(icons::RECEIPT)).clicked() {
        out.push(Action::Choose(PathFor::Receipts(vec![delivery.id], crate::receipt::receipt_file(Some(delivery), 1))));
    }
    let left = rect.left() + size::note::TEXT;
    let room = buttons.min_rect().left() - gap::NEAR - left;
    let sentence = words::sentence(delivery);
    let mut job = widgets::job(ui, &[(&sentence, Face::Strong, t.ink)]);
    job.wrap = egui::text::TextWrapping { max_width: room, max_rows: 2, ..Default::default() };
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let place = Align2::LEFT_CENTER.anchor_size(pos2(left, rect.center().y), galley.size());
    let response = ui.allocate_rect(place, Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &sentence));
    ui.painter().galley(place.min, galley, Color32::PLACEHOLDER);
}

/// Returns the icon of a file, its color, and the color of the words beside it.
const fn looks(outcome: &Outcome, t: &Tokens) -> (Icon, Color32, Color32) {
    match outcome {
        Outcome::Delivered(stored) => match stored.proof {
            Proof::Whole | Proof::Parts => (icons::DONE, t.ok, t.ok),
            Proof::NoChecksum => (icons::DONE, t.warn, t.warn),
        },
        Outcome::AlreadyThere => (icons::LOOK, t.warn, t.warn),
        Outcome::NotConfirmed => (icons::QUESTION, t.warn, t.warn),
        Outcome::Failed(_) => (icons::STOPPED, t.bad, t.bad),
        Outcome::Canceled => (icons::TAKEN_OUT, t.faint, t.faint),
        Outcome::Open => (icons::CLOCK, t.muted, t.muted),
    }
}
