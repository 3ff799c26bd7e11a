//! The form's fields: each under its name, with what is wrong about it below.

use super::form::{Encrypt, Form, LENGTHS};
use super::theme::{self, Face, gap, size};
use super::{layout, picker, widgets};
use crate::words::accounts::form as you;
use crate::words::format;
use crate::words::ui::{Field, welcome};
use egui::{Id, Popup, Rect, Response, Sense, Ui, pos2, vec2};
use std::time::Duration;

/// Returns the id that a field keeps on every screen.
pub(crate) fn field_id(field: Field) -> Id {
    Id::unique(("field", format!("{field:?}")))
}

fn kms_id() -> Id {
    Id::unique("field-kms")
}

fn name_id() -> Id {
    Id::unique("field-name")
}

/// Returns whether the focus is in one of the form's fields.
pub(crate) fn is_field(id: Id) -> bool {
    [
        Field::Role,
        Field::Bucket,
        Field::Folder,
        Field::ExternalId,
        Field::Mfa,
        Field::SessionName,
        Field::Region,
        Field::Account,
    ]
    .into_iter()
    .any(|field| field_id(field) == id)
        || [kms_id(), name_id()].contains(&id)
}

/// Draws a field with what is wrong about it below.
pub(crate) fn entry(ui: &mut Ui, form: &mut Form, field: Field, name: &'static str, width: f32) {
    let t = theme::of(ui);
    let wrong = form.wrong(field, name);
    let face = match field {
        Field::Role | Field::Mfa | Field::Account => Face::Mono,
        Field::Bucket | Field::Folder | Field::ExternalId | Field::SessionName | Field::Region => Face::Body,
    };
    let value = match field {
        Field::Role => &mut form.role,
        Field::Bucket => &mut form.bucket,
        Field::Folder => &mut form.folder,
        Field::ExternalId => &mut form.external_id,
        Field::Mfa => &mut form.mfa,
        Field::SessionName => &mut form.session_name,
        Field::Region => &mut form.region,
        Field::Account => &mut form.owner,
    };
    let response = widgets::field(ui, field_id(field), name, value, width, face, wrong.is_some());
    if response.lost_focus() {
        form.left.insert(name);
        if field == Field::Role {
            form.role_left();
        }
    }
    if let Some(wrong) = wrong {
        ui.add_space(gap::LABEL);
        widgets::text(ui, &[(&wrong, Face::Small, t.bad)]);
    }
}

/// A field, its name, and whether it may stay empty.
pub(crate) type FormField = (Field, &'static str, bool);

/// Draws one or two fields side by side, each under its name.
pub(crate) fn pair(ui: &mut Ui, form: &mut Form, first: FormField, second: Option<FormField>) {
    let t = theme::of(ui);
    let width = (ui.available_width() - gap::PARAGRAPH) / 2.0;
    let top = ui.cursor().min;
    let mut bottom = top.y;
    for (at, (field, name, optional)) in [Some(first), second].into_iter().flatten().enumerate() {
        let left = if at == 0 { top.x } else { top.x + width + gap::PARAGRAPH };
        let mut column = layout::column_at(ui, pos2(left, top.y), width);
        let mut runs = vec![(name, Face::SmallStrong, t.ink)];
        if optional {
            runs.push((" ", Face::Small, t.muted));
            runs.push((welcome::OPTIONAL, Face::Small, t.muted));
        }
        widgets::text(&mut column, &runs);
        column.add_space(gap::LABEL);
        entry(&mut column, form, field, name, width);
        bottom = bottom.max(column.min_rect().bottom());
    }
    let used = Rect::from_min_max(top, pos2(top.x + 2.0 * width + gap::PARAGRAPH, bottom));
    ui.advance_cursor_after_rect(used);
}

/// Draws what "External ID, MFA, duration…" opens.
pub(crate) fn rest(ui: &mut Ui, form: &mut Form) {
    let t = theme::of(ui);
    pair(ui, form, (Field::ExternalId, welcome::EXTERNAL_ID, true), Some((Field::Mfa, welcome::MFA, true)));
    ui.add_space(gap::FIELD);
    pair(ui, form, (Field::SessionName, welcome::SESSION_NAME, true), Some((Field::Region, welcome::REGION, true)));
    ui.add_space(gap::FIELD);
    let width = (ui.available_width() - gap::PARAGRAPH) / 2.0;
    let top = ui.cursor().min;
    widgets::text(
        ui,
        &[
            (welcome::NAME, Face::SmallStrong, t.ink),
            (" ", Face::Small, t.muted),
            (welcome::OPTIONAL, Face::Small, t.muted),
        ],
    );
    ui.add_space(gap::LABEL);
    widgets::field(ui, name_id(), welcome::NAME, &mut form.name, width, Face::Body, false);
    let mut column = layout::column_at(ui, pos2(top.x + width + gap::PARAGRAPH, top.y), width);
    widgets::text(&mut column, &[(welcome::DURATION, Face::SmallStrong, t.ink)]);
    column.add_space(gap::LABEL);
    length(&mut column, form, width);
    ui.add_space(gap::FIELD);
    encryption(ui, form);
    ui.add_space(gap::NEAR);
    widgets::checkbox(ui, &mut form.narrow, welcome::NARROW);
    ui.add_space(gap::CLOSE);
    widgets::checkbox(ui, &mut form.acl, you::ACL);
}

/// Draws the encryption to ask for, and beside it the key, or the account that owns the bucket.
fn encryption(ui: &mut Ui, form: &mut Form) {
    let t = theme::of(ui);
    let width = (ui.available_width() - gap::PARAGRAPH) / 2.0;
    let top = ui.cursor().min;
    widgets::text(ui, &[(you::ENCRYPTION, Face::SmallStrong, t.ink)]);
    ui.add_space(gap::LABEL);
    let words = |encrypt| match encrypt {
        Encrypt::AsBucket => you::AS_BUCKET,
        Encrypt::S3 => you::SSE_S3,
        Encrypt::Kms => you::SSE_KMS,
    };
    let response = pick_box(ui, you::ENCRYPTION, words(form.encrypt), width);
    Popup::menu(&response).gap(gap::CLOSE).width(width).show(|ui| {
        for encrypt in [Encrypt::AsBucket, Encrypt::S3, Encrypt::Kms] {
            if widgets::menu_item(ui, words(encrypt)) {
                form.encrypt = encrypt;
            }
        }
    });
    let bottom = ui.cursor().min.y;
    let mut column = layout::column_at(ui, pos2(top.x + width + gap::PARAGRAPH, top.y), width);
    let name = if form.encrypt == Encrypt::Kms { you::KMS_KEY } else { welcome::OWNER };
    let optional = [(" ", Face::Small, t.muted), (welcome::OPTIONAL, Face::Small, t.muted)];
    widgets::text(&mut column, &[(name, Face::SmallStrong, t.ink), optional[0], optional[1]]);
    column.add_space(gap::LABEL);
    if form.encrypt == Encrypt::Kms {
        let wrong = form.kms_wrong();
        let id = kms_id();
        let field = widgets::field(&mut column, id, name, &mut form.kms_key, width, Face::Mono, wrong.is_some());
        if field.lost_focus() {
            form.left.insert(you::KMS_KEY);
        }
        if let Some(wrong) = wrong {
            column.add_space(gap::LABEL);
            widgets::text(&mut column, &[(&wrong, Face::Small, t.bad)]);
        }
    } else {
        entry(&mut column, form, Field::Account, welcome::OWNER, width);
    }
    let used =
        Rect::from_min_max(top, pos2(top.x + 2.0 * width + gap::PARAGRAPH, column.min_rect().bottom().max(bottom)));
    ui.advance_cursor_after_rect(used);
    if form.encrypt == Encrypt::Kms {
        ui.add_space(gap::FIELD);
        pair(ui, form, (Field::Account, welcome::OWNER, true), None);
    }
}

/// Draws the length of the session, to be picked.
fn length(ui: &mut Ui, form: &mut Form, width: f32) {
    let words = |seconds: u32| format::short(Duration::from_secs(u64::from(seconds)));
    let response = pick_box(ui, welcome::DURATION, &words(form.seconds), width);
    Popup::menu(&response).gap(gap::CLOSE).width(width).show(|ui| {
        for seconds in LENGTHS {
            if widgets::menu_item(ui, words(seconds)) {
                form.seconds = seconds;
            }
        }
    });
}

/// Draws a box that shows what is picked and opens what can be picked.
fn pick_box(ui: &mut Ui, name: &str, now: &str, width: f32) -> Response {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::FIELD), Sense::click());
    picker::combo_box(ui, rect, &response, None, &[(now, Face::Body, t.ink)], &format!("{name}: {now}"));
    response
}
