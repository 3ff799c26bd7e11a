//! The prompt for the code of an MFA device: for which customer, role and device, and why the last code was not taken.

use super::arrival::Arrival;
use super::backend::Request;
use super::sheet::{After, CODE_DIGITS, Sheet, View, buttons, code_field, title};
use super::theme::{self, Face, gap, icon_size, padding, size};
use super::widgets::{self, Button};
use super::{Action, Window, icons, picker};
use crate::model::destination::Destination;
use crate::model::names::MfaSerial;
use crate::model::problem::{Kind, Problem};
use crate::model::session::Session;
use crate::model::snapshot::{OpenDestination, Snapshot};
use crate::model::upload::DestinationId;
use crate::time::Time;
use crate::words::accounts;
use crate::words::problem::said;
use crate::words::ui::{self as words, Field, dialog, field_problem};
use egui::{Id, Ui};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long before a session's end its next code is asked for, while files are on their way.
const BEFORE: Duration = Duration::from_mins(5);

/// What a code is for.
#[derive(Debug)]
pub enum CodeFor {
    /// A destination that is open.
    Place(DestinationId),
    /// A destination that is to be opened.
    Open(Box<Destination>),
    /// A destination without an MFA device: the device is asked for too.
    Device(Box<Destination>),
}

/// The draft of a code. It is wiped when the prompt is dropped.
pub struct Code {
    to: CodeFor,
    name: String,
    role: String,
    serial: String,
    code: Zeroizing<String>,
    wrong: bool,
    /// What is wrong with the device.
    serial_wrong: Option<String>,
    /// Why a code is asked for: the last one was rejected, or the session ends soon.
    why: Option<String>,
}

impl Code {
    fn new(to: CodeFor, name: String, role: &str, serial: String) -> Self {
        let (role, code) = (role.to_owned(), Zeroizing::new(String::with_capacity(64)));
        Self { to, name, role, serial, code, wrong: false, serial_wrong: None, why: None }
    }
}

impl Code {
    /// Returns the prompt for a destination that names its device.
    pub(crate) fn for_device_of(to: CodeFor, destination: &Destination) -> Self {
        let serial = destination.mfa_serial.as_ref().map(ToString::to_string).unwrap_or_default();
        Self::new(to, destination.name.clone(), destination.role.role_name(), serial)
    }

    /// Returns the prompt that asks for the device too, with a first guess in its field.
    pub(crate) fn with_device(to: Box<Destination>, serial: String) -> Self {
        let (name, role) = (to.name.clone(), to.role.role_name().to_owned());
        Self::new(CodeFor::Device(to), name, &role, serial)
    }
}

/// Returns what was refused at a destination, for want of which it has no new session.
pub(crate) const fn refused(place: &OpenDestination) -> Option<&std::sync::Arc<Problem>> {
    match &place.session {
        Session::Denied(problem) => Some(problem),
        Session::Active(_) | Session::Expired(_) | Session::SignedOut | Session::Assuming(_) => {
            place.renew_problem.as_ref()
        }
    }
}

impl Window {
    /// Asks for the code of an open destination; where the last one was not taken, says so.
    pub(crate) fn ask_code(&mut self, id: DestinationId, place: &OpenDestination) {
        if self.sheet.is_some() {
            return self.hold(Arrival::Code(id));
        }
        let mut prompt = Code::for_device_of(CodeFor::Place(id), &place.destination);
        if let Some(kind) = refused(place).map(|problem| problem.kind).filter(|kind| *kind == Kind::CodeWrong) {
            let said = said(kind);
            prompt.why = Some(format!("{}. {}", said.title, said.body));
        }
        self.open_sheet(prompt);
    }

    /// Asks for the next code early enough that nothing stops, on view or not: once before each session's end, while files
    /// are on their way.
    pub(crate) fn codes_before_end(&mut self, seen: &Snapshot, now: Time) {
        for (id, place) in seen.destinations() {
            let (Session::Active(grant), Some(Duration::ZERO)) = (&place.session, due_in(place, now)) else { continue };
            if self.sheet.is_some() || self.access.asked_before_end.get(&id) == Some(&grant.generation) {
                continue;
            }
            self.access.asked_before_end.insert(id, grant.generation);
            let mut prompt = Code::for_device_of(CodeFor::Place(id), &place.destination);
            prompt.why = Some(accounts::code_before_end(grant.ends.since(now)));
            self.open_sheet(prompt);
        }
    }
}

/// Returns how long until a destination's next code is asked for; none if none will be.
pub(crate) fn due_in(place: &OpenDestination, now: Time) -> Option<Duration> {
    let Session::Active(grant) = &place.session else { return None };
    let waits = place.totals.open() > 0 && !place.paused && !place.is_asking() && place.renew_problem.is_none();
    let left = grant.ends.since(now).saturating_sub(BEFORE.min(grant.length / 4));
    (waits && place.destination.mfa_serial.is_some()).then_some(left)
}

impl Sheet for Code {
    fn show(&mut self, ui: &mut Ui, _window: &mut Window, view: &View<'_>, out: &mut Vec<Action>) -> After {
        let draft = self;
        let t = theme::of(ui);
        title(ui, dialog::CODE_TITLE, t);
        if let Some(why) = &draft.why {
            egui::Frame::new().fill(t.warn_soft).corner_radius(size::RADIUS).inner_margin(padding::NOTICE).show(
                ui,
                |ui| {
                    ui.set_width(ui.available_width());
                    ui.horizontal_top(|ui| {
                        widgets::icon(ui, icons::WARNING, icon_size::NOTICE, t.warn);
                        ui.add_space(gap::TEXT);
                        widgets::text(ui, &[(why, Face::Small, t.ink)]);
                    });
                },
            );
            ui.add_space(gap::PARAGRAPH);
        }
        let device = matches!(draft.to, CodeFor::Device(_));
        let asks = words::code_for(&draft.name, &draft.role, if device { "" } else { &draft.serial });
        widgets::text(ui, &[(&asks, Face::Small, t.muted)]);
        if let Some(practice) = &view.about.code_practice {
            ui.add_space(gap::SMALL);
            widgets::text(ui, &[(&words::practice::code(practice.code), Face::Small, t.muted)]);
        }
        ui.add_space(gap::PART);
        let width = ui.available_width();
        if device {
            widgets::text(ui, &[(dialog::SERIAL, Face::SmallStrong, t.ink)]);
            ui.add_space(gap::LABEL);
            let wrong = draft.serial_wrong.is_some();
            let id = Id::unique("serial");
            let response = widgets::field(ui, id, dialog::SERIAL, &mut draft.serial, width, Face::Mono, wrong);
            if response.changed() {
                draft.serial_wrong = None;
            } else if response.lost_focus() && !draft.serial.trim().is_empty() {
                draft.serial_wrong = serial(draft).err();
            }
            if let Some(wrong) = &draft.serial_wrong {
                picker::below(ui, wrong);
            }
            ui.add_space(gap::NEAR);
        }
        widgets::text(ui, &[(dialog::CODE, Face::SmallStrong, t.ink)]);
        ui.add_space(gap::LABEL);
        let entered = code_field(ui, Id::unique("code"), &mut draft.code, &mut draft.wrong);
        let mut after = After::Stay;
        buttons(ui, |ui| {
            let go = ui.add(Button::main(dialog::CONTINUE)).clicked();
            if go || entered {
                draft.wrong = draft.code.len() != CODE_DIGITS;
                if device {
                    draft.serial_wrong = serial(draft).err();
                }
                if !draft.wrong && draft.serial_wrong.is_none() {
                    send(draft, out);
                    after = After::Close;
                }
            }
            if ui.add(Button::plain(dialog::CANCEL)).clicked() {
                after = After::Close;
            }
        });
        after
    }
}

/// Returns the device that stands in its field.
fn serial(draft: &Code) -> Result<MfaSerial, String> {
    MfaSerial::from_pasted(&draft.serial).map_err(|why| field_problem(Field::Mfa, &why))
}

fn send(draft: &mut Code, out: &mut Vec<Action>) {
    let code = std::mem::take(&mut draft.code);
    match &draft.to {
        CodeFor::Place(id) => out.push(Request::EnterCode(*id, code).into()),
        CodeFor::Open(to) => out.push(Request::OpenWithCode(to.clone(), code).into()),
        CodeFor::Device(to) => {
            let mut to = to.clone();
            to.mfa_serial = serial(draft).ok();
            out.push(Request::OpenWithCode(to, code).into());
        }
    }
}
