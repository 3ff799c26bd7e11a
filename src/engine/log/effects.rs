//! A line for each effect that the model wants, and for each request that did not go well.

use super::often::Why;
use super::shown::{AwsRequestId as Id, FileName, ProfileName};
use super::{Changes, Log, Of, line, problem_line};
use crate::engine::classify::{Operation, ResponseHead};
use crate::engine::http::HttpOptions;
use crate::model::Model;
use crate::model::event::{Call, Effect, Send};
use crate::model::notice::{JournalNotice, Notice, Variable};
use crate::model::problem::Problem;
use crate::model::record::{End, Record};
use crate::model::settings::Settings;
use crate::model::upload::{DestinationId, RequestId, UploadId};
use std::time::Duration;

/// What a request was for, as far as the log tells when it fails.
#[derive(Clone, Copy, Debug)]
pub struct FailedRequest {
    place: DestinationId,
    upload: UploadId,
    call: &'static str,
    /// The number of its part.
    part: Option<u32>,
    /// Where its bytes begin in the file, and how many there are.
    bytes: Option<(u64, u64)>,
}

impl FailedRequest {
    /// What `send` is for.
    #[must_use]
    pub const fn of(send: &Send) -> Self {
        let (call, part, bytes) = match &send.call {
            Call::Open => ("Open", None, None),
            Call::Put { .. } => ("PutObject", None, None),
            Call::Whole { fingerprint } => ("PutObject", None, Some((0, fingerprint.size))),
            Call::Create => ("CreateMultipartUpload", None, None),
            Call::Part { number, offset, length, .. } => ("UploadPart", Some(*number), Some((*offset, *length))),
            Call::Read { offset, length } => ("Read", None, Some((*offset, *length))),
            Call::Complete { .. } => ("CompleteMultipartUpload", None, None),
            Call::Abort { .. } => ("AbortMultipartUpload", None, None),
        };
        Self { place: send.destination, upload: send.upload, call, part, bytes }
    }
}

impl Log {
    /// Tells of an effect before it is performed. `model` is in the state that it comes from.
    pub fn effect(&self, effect: &Effect, model: &Model) {
        if self.0.is_none() {
            return;
        }
        match effect {
            Effect::Assume(_, _) if self.is_often_word("calls AssumeRole") => {}
            Effect::Assume(place, ask) => line!(
                self,
                INFO,
                "calls AssumeRole",
                destination = *place,
                attempt = ask.attempt,
                seconds = ask.seconds,
                session_policy = ask.narrow,
                external_id = ask.destination.external_id.is_some(),
                mfa = ask.destination.mfa_serial.is_some(),
                profile = ProfileName(&ask.destination.profile)
            ),
            Effect::Forget(place) => line!(self, INFO, "drops the session", destination = *place),
            Effect::Identify(..) if self.is_often_word("calls GetCallerIdentity") => {}
            Effect::Identify(profile, role) => {
                line!(self, INFO, "calls GetCallerIdentity", profile = ProfileName(profile), for_role = *role);
            }
            Effect::Locate(..) if self.is_often_word("calls HeadBucket") => {}
            Effect::Locate(place, _) => line!(self, INFO, "calls HeadBucket", destination = *place),
            Effect::UseRegion(place, region) => {
                line!(self, INFO, "region in use", destination = *place, region = *region);
            }
            Effect::Walk(place, paths) => line!(self, INFO, "lists files", destination = *place, paths = paths.len()),
            Effect::StopWalks(place) => line!(self, INFO, "stops listing files", destination = *place),
            Effect::Send(request, send) => self.request_begins(*request, send),
            Effect::Drop(request) => line!(self, DEBUG, "request dropped", request = request.0),
            Effect::Close(upload) => line!(self, DEBUG, "file closed", upload = *upload),
            Effect::Record(record) => self.record(record, model),
            Effect::Use(settings) => {
                self.set_detailed(settings.detailed_log);
                self.settings(settings);
            }
        }
    }

    fn settings(&self, settings: &Settings) {
        line!(
            self,
            INFO,
            "settings in use",
            renew = settings.renew,
            sha256 = settings.sha256,
            limit_rate = settings.limit_rate,
            memory = settings.memory,
            detailed_log = settings.detailed_log,
            allowed_commands = settings.commands().count()
        );
    }

    fn request_begins(&self, request: RequestId, send: &Send) {
        let of = FailedRequest::of(send);
        line!(
            self,
            DEBUG,
            "request begins",
            request = request.0,
            call = of.call,
            destination = of.place,
            session = send.generation,
            upload = of.upload,
            part = of.part,
            offset = of.bytes.map(|(offset, _)| offset),
            length = of.bytes.map(|(_, length)| length)
        );
    }

    /// Tells of a request that did not go well.
    pub fn request_failed(&self, request: RequestId, of: &FailedRequest, problem: &Problem, model: &Model) {
        if self.0.is_none() {
            return;
        }
        let Some(unlogged) = self.may_repeat((of.call, Why::Problem(problem.kind))) else { return };
        let row = model.rows().get(of.upload);
        let answer = Of::problem(problem);
        line!(
            self,
            WARN,
            "request did not go well",
            request = request.0,
            call = of.call,
            destination = of.place,
            upload = of.upload,
            file = row.map(|row| FileName(&row.name)),
            size = row.map(|row| row.size),
            part = of.part,
            offset = of.bytes.map(|(offset, _)| offset),
            length = of.bytes.map(|(_, length)| length),
            kind = problem.kind,
            code = answer.code,
            status = answer.status,
            request_id = answer.request_id,
            said = answer.said,
            unlogged = unlogged
        );
    }

    fn record(&self, record: &Record, model: &Model) {
        match record {
            Record::Ended(upload, end) => self.ended(*upload, end, model),
            Record::DeliveryEnded(place) => self.delivery_ended(*place, model),
            Record::Delivery { destination: place, .. } => line!(self, INFO, "delivery begins", destination = *place),
            Record::Doubted(upload) => self.about_upload("may be stored without an answer", *upload, model),
            Record::Restarted(upload) => self.about_upload("begins again from zero", *upload, model),
            Record::Added { upload, destination: place, name, size, .. } => {
                let file = FileName(name);
                line!(self, DEBUG, "file added", destination = *place, upload = *upload, file = file, size = *size);
            }
            Record::Created { upload, part, abort_at, .. } => {
                line!(self, DEBUG, "multipart upload begun", upload = *upload, part_size = *part, abort_at = *abort_at);
            }
            Record::Place(..)
            | Record::Learned(..)
            | Record::Forget(_)
            | Record::ProfileRenamed { .. }
            | Record::DeliveryBy { .. }
            | Record::Adopted(..)
            | Record::Renamed(..)
            | Record::Resized(..)
            | Record::Part(..)
            | Record::Completing(_)
            | Record::PutsBegin(..)
            | Record::PutsAnswered
            | Record::Reopened(_)
            | Record::Settings(_) => line!(self, DEBUG, "recorded", what = record_name(record)),
        }
    }

    fn about_upload(&self, what: &'static str, upload: UploadId, model: &Model) {
        if let Some(unlogged) = self.may_repeat(("upload", Why::Word(what))) {
            let file = model.rows().get(upload).map(|row| FileName(&row.name));
            line!(self, INFO, "upload", upload = upload, file = file, what = what, unlogged = unlogged);
        }
    }

    fn ended(&self, upload: UploadId, end: &End, model: &Model) {
        let row = model.rows().get(upload);
        let (file, size) = (row.map(|row| FileName(&row.name)), row.map(|row| row.size));
        match end {
            End::Delivered(stored) => {
                let id = Id(&stored.request_id);
                line!(self, DEBUG, "file delivered", upload = upload, file = file, size = size, request_id = id);
            }
            End::Failed(problem) => {
                if let Some(unlogged) = self.may_repeat(("file", Why::Problem(problem.kind))) {
                    problem_line!(
                        self,
                        WARN,
                        "file stopped",
                        problem,
                        upload = upload,
                        file = file,
                        size = size,
                        unlogged = unlogged
                    );
                }
            }
            End::AlreadyThere => self.about_upload("the name is taken", upload, model),
            End::NotConfirmed => self.about_upload("ended without a confirmation", upload, model),
            End::Canceled => self.about_upload("taken out", upload, model),
        }
    }

    fn delivery_ended(&self, place: DestinationId, model: &Model) {
        self.tell_left_out();
        let Some(totals) = model.destination(place).map(|place| place.totals) else { return };
        line!(
            self,
            INFO,
            "delivery ended",
            destination = place,
            files = totals.files,
            delivered = totals.delivered,
            already_there = totals.already,
            not_confirmed = totals.unconfirmed,
            failed = totals.failed,
            key_files = totals.key_files,
            canceled = totals.canceled,
            bytes = totals.bytes,
            moving = totals.moving
        );
    }

    /// Tells how the engine was started.
    pub fn started(&self, wire: &HttpOptions, proxy: bool) {
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        let server = match &wire.endpoint_url {
            None => "AWS",
            Some(_) if wire.in_the_clear().is_some() => "another server, without encryption",
            Some(url) if crate::engine::http::is_this_computer(url) => "another server on this computer",
            Some(_) => "another server",
        };
        line!(
            self,
            INFO,
            "Daypass begins",
            version = env!("CARGO_PKG_VERSION"),
            build = build,
            system = std::env::consts::OS,
            processor = std::env::consts::ARCH,
            server = server,
            proxy = proxy,
            ca_bundle = wire.ca_bundle.is_some()
        );
    }

    /// Tells that the engine comes to its end.
    pub fn stopped(&self, model: &Model) {
        self.tell_left_out();
        Changes::progress(self, model);
        line!(self, INFO, "Daypass ends");
    }

    /// Tells why the engine could not start.
    pub fn not_started(&self, problem: &Problem) {
        problem_line!(self, ERROR, "Daypass can't begin", problem);
    }

    /// Tells what a person is told at the start.
    pub fn notice(&self, notice: &Notice) {
        match notice {
            Notice::OpenElsewhere(_) => line!(self, WARN, "another Daypass has the journal: this one keeps nothing"),
            Notice::Journal(JournalNotice::NotKept(problem)) => {
                problem_line!(self, WARN, "nothing can be kept", problem);
            }
            Notice::Journal(JournalNotice::NotSafe(_)) => line!(self, WARN, "the journal's folder is open to others"),
            Notice::Journal(JournalNotice::SetAside(_)) => line!(self, WARN, "the journal was damaged and begun anew"),
            Notice::Journal(JournalNotice::FromLater(_)) => line!(self, WARN, "the journal was of a later version"),
            Notice::Journal(JournalNotice::Skipped(count)) => {
                line!(self, WARN, "uploads could not be read", count = *count);
            }
            Notice::Environment(variable) => {
                let (what, name) = match variable {
                    Variable::Ignored(name) => ("not followed", *name),
                    Variable::CaBundle => ("not followed", "AWS_CA_BUNDLE"),
                    Variable::Certificates(name) => ("replaces the system's certificates", *name),
                    Variable::UnreadableProxy(name) => ("names no proxy that can be read", *name),
                    Variable::SocksProxy(name) => ("names a SOCKS proxy, which is not supported", *name),
                };
                line!(self, WARN, "variable of the environment", name = name, what = what);
            }
        }
    }

    /// Tells from where the keys of a profile come.
    pub fn keys_from(&self, profile: &str, origin: &'static str, roles: usize) {
        if self.is_often_word("keys of the profile") {
            return;
        }
        line!(self, INFO, "keys of the profile", profile = ProfileName(profile), origin = origin, roles = roles);
    }

    /// Whether calls of this operation are told of: those to STS always, since there are few.
    #[must_use]
    pub fn takes_call(&self, operation: Operation) -> bool {
        self.takes(if operation.is_sts() { tracing::Level::INFO } else { tracing::Level::DEBUG })
    }

    /// Tells of one call to AWS, once it was answered or given up.
    pub fn called<T>(
        &self,
        operation: Operation,
        answer: &Result<T, Problem>,
        heard: &ResponseHead,
        (sent, took, ahead): (u64, Duration, Option<i64>),
    ) {
        let id = Id(&heard.request_id);
        let kind = answer.as_ref().err().map(|problem| problem.kind);
        if operation.is_sts() {
            if self.may_repeat((operation.name(), kind.map_or(Why::Word("answered"), Why::Problem))).is_none() {
                return;
            }
            line!(
                self,
                INFO,
                "answered",
                call = operation,
                status = heard.status,
                kind = kind,
                request_id = id,
                took = took,
                clock_ahead = ahead
            );
        } else {
            line!(
                self,
                DEBUG,
                "answered",
                call = operation,
                status = heard.status,
                kind = kind,
                request_id = id,
                sent = sent,
                took = took,
                clock_ahead = ahead
            );
        }
    }

    /// Tells that signatures follow the server's clock from now on.
    pub fn clock_corrected(&self, ahead: i64) {
        line!(self, WARN, "this computer's clock is off: signs by the server's from now on", seconds_ahead = ahead);
    }

    /// Tells that a task ended by a panic, which is a bug.
    pub fn task_panicked(&self, task: &'static str) {
        line!(self, ERROR, "a task ended by a panic", task = task);
    }
}

const fn record_name(record: &Record) -> &'static str {
    match record {
        Record::Place(..) => "Place",
        Record::Learned(..) => "Learned",
        Record::Forget(_) => "Forget",
        Record::ProfileRenamed { .. } => "ProfileRenamed",
        Record::Delivery { .. } => "Delivery",
        Record::DeliveryBy { .. } => "DeliveryBy",
        Record::DeliveryEnded(_) => "DeliveryEnded",
        Record::Added { .. } => "Added",
        Record::Adopted(..) => "Adopted",
        Record::Renamed(..) => "Renamed",
        Record::Resized(..) => "Resized",
        Record::Created { .. } => "Created",
        Record::Part(..) => "Part",
        Record::Completing(_) => "Completing",
        Record::PutsBegin(..) => "PutsBegin",
        Record::PutsAnswered => "PutsAnswered",
        Record::Doubted(_) => "Doubted",
        Record::Restarted(_) => "Restarted",
        Record::Ended(..) => "Ended",
        Record::Reopened(_) => "Reopened",
        Record::Settings(_) => "Settings",
    }
}
