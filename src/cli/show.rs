//! The command line's output: plain lines, a progress bar on a terminal, or one JSON event per line.

use super::{ALL, SOME_NOT, say, say_beside};
use crate::diagnose::{self, Evidence};
use crate::engine::handle::Handle;
use crate::model::notice::{JournalNotice, Notice};
use crate::model::problem::{Detail, Kind, Problem, Turn};
use crate::model::rows::{CHUNK, Chunk};
use crate::model::session::Session;
use crate::model::snapshot::{
    Network, OpenDestination, Profile, Profiles, Retried, RetryStatus, SkipReason, Snapshot, Source,
};
use crate::model::upload::{DestinationId, Proof, State, Upload, UploadId};
use crate::time::Time;
use crate::words::cli as words;
use crate::words::problem::sentence;
use crate::words::retries;
use crate::words::untrusted_text::visible;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

/// How long a retry must last before it is reported.
const TELL_FIRST: Duration = Duration::from_secs(2);
/// After this long it is reported again, and from then on each time its duration has doubled.
const TELL_AGAIN: Duration = Duration::from_secs(30);
/// The longest time between two reports.
const TELL_AGAIN_MOST: Duration = Duration::from_mins(5);

/// Prints what changes from one snapshot to the next.
#[derive(Default)]
pub(super) struct Show {
    json: bool,
    bar: Option<ProgressBar>,
    told: Vec<bool>,
    /// Uploads that ended in an earlier run without being delivered: the index of the row, and its state then.
    before: Vec<(usize, State)>,
    looked: Vec<Arc<Chunk>>,
    left_out: Vec<usize>,
    session: Vec<Option<u32>>,
    waiting: Option<String>,
    /// How long the current wait must last before it is reported again.
    tell_again: Duration,
    refused: Option<Arc<Problem>>,
    lines: Vec<String>,
}

impl Show {
    pub(super) fn new(json: bool) -> Self {
        let bar = (!json && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}");
            ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(5))
                .with_style(style.unwrap_or_else(|_fixed| ProgressStyle::default_bar()))
        });
        Self {
            json,
            bar,
            told: Vec::new(),
            before: Vec::new(),
            looked: Vec::new(),
            left_out: Vec::new(),
            session: Vec::new(),
            waiting: None,
            tell_again: Duration::ZERO,
            refused: None,
            lines: Vec::new(),
        }
    }

    pub(super) fn line(&mut self, event: &Value, plain: &str) {
        self.lines.push(if self.json { event.to_string() } else { plain.to_owned() });
    }

    pub(super) fn flush(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.lines).join("\n");
        match &self.bar {
            Some(bar) => bar.suspend(|| say(&text)),
            None => say(&text),
        }
    }

    pub(super) fn notices(&mut self, handle: &Handle) {
        for notice in handle.notices() {
            let plain = words::notice(notice);
            if self.json {
                self.line(&json!({ "event": "notice", "text": plain }), &plain);
            } else {
                say_beside(&plain);
            }
        }
        self.flush();
    }

    /// Reports files that ended before this run only as a count. Those that were not delivered are reported at the end,
    /// unless they continue.
    pub(super) fn earlier(&mut self, seen: &Snapshot) {
        self.told = seen.rows.iter().map(|(_, row)| row.state.ended()).collect();
        let ended = seen.rows.iter().enumerate().filter(|(_, (_, row))| row.state.needs_you());
        self.before = ended.map(|(at, (_, row))| (at, row.state.clone())).collect();
        let count = self.told.iter().filter(|told| **told).count() - self.before.len();
        if count > 0 {
            self.line(&json!({ "event": "earlier", "files": count }), &words::earlier(count));
        }
        self.flush();
    }

    /// Reports what is left to resume, after the user interrupted the uploads.
    pub(super) fn left(&mut self, handle: &Handle, places: &[DestinationId]) {
        let seen = handle.seen();
        self.update(&seen, handle.now());
        self.end();
        let open = places.iter().filter_map(|id| seen.destination(*id)).map(|p| p.totals.open()).sum();
        let kept = !handle.notices().iter().any(keeps_nothing);
        let plain = words::interrupted(open, kept);
        if self.json {
            say(&json!({ "event": "interrupted", "open": open, "kept": kept }).to_string());
        } else {
            say_beside(&plain);
            if let Some(until) = seen.kept_until.values().min().filter(|_| kept) {
                say_beside(&words::kept_until(*until));
            }
        }
    }

    /// Prints what is new.
    pub(super) fn update(&mut self, seen: &Snapshot, now: Time) {
        for (at, place) in seen.destinations.iter().enumerate() {
            self.place(at, place, now);
        }
        self.line_state(seen, now);
        for (at, chunk) in seen.rows.chunks().iter().enumerate() {
            if self.looked.get(at).is_some_and(|before| Arc::ptr_eq(before, chunk)) {
                continue;
            }
            for (in_chunk, upload) in chunk.rows().iter().enumerate() {
                self.row(seen, at * CHUNK + in_chunk, upload);
            }
            if at < self.looked.len() {
                self.looked[at] = Arc::clone(chunk);
            } else {
                self.looked.push(Arc::clone(chunk));
            }
        }
        if let Some(bar) = &self.bar {
            let sum = |get: fn(&OpenDestination) -> u64| seen.destinations.iter().map(get).sum::<u64>();
            bar.set_length(sum(|p| p.totals.bytes).max(1));
            bar.set_position(sum(|p| p.totals.confirmed));
            if let Some(place) = seen.destinations.iter().find(|place| place.totals.open() > 0) {
                bar.set_message(words::progress(place, now));
            }
        }
        self.flush();
    }

    fn place(&mut self, at: usize, place: &OpenDestination, now: Time) {
        self.left_out.resize(self.left_out.len().max(at + 1), 0);
        self.session.resize(self.session.len().max(at + 1), None);
        if let Session::Active(grant) = &place.session
            && self.session[at] != Some(grant.generation)
        {
            self.session[at] = Some(grant.generation);
            let left = grant.ends.since(now);
            let event = json!({
                "event": "session", "arn": grant.arn, "seconds": left.as_secs(),
                "ends": grant.ends_utc.0, "shortened": grant.shortened,
            });
            self.line(&event, &words::session(grant, left));
        }
        let named = place.left_out.len();
        for left in place.left_out.get(self.left_out[at]..).unwrap_or_default() {
            if let SkipReason::Earlier(at) = left.why {
                let event = json!({ "event": "delivered earlier", "path": left.path.to_string_lossy(), "at": at.0 });
                self.line(&event, &words::left_out(left));
            } else if left.why != SkipReason::Twice {
                let plain = words::left_out(left);
                let event = json!({
                    "event": "left out", "path": left.path.to_string_lossy(), "why": words::left(left.why),
                });
                self.line(&event, &plain);
            }
        }
        self.left_out[at] = named;
    }

    fn line_state(&mut self, seen: &Snapshot, now: Time) {
        let retry = retrying(seen, now);
        let waiting = match &seen.line {
            Network::Up => self.access_state(seen).or_else(|| retry.as_ref().map(|retry| retries::why(&retry.why))),
            Network::Down { why, .. } => Some(sentence(why)),
        };
        if waiting != self.waiting {
            if let Some(plain) = &waiting {
                self.line(&waits(plain, retry.as_ref(), now), plain);
            }
            self.tell_again = TELL_AGAIN;
            self.waiting = waiting;
        } else if let Some(retry) =
            retry.filter(|retry| self.waiting.is_some() && now.since(retry.since) >= self.tell_again)
        {
            let plain = retries::still(&retry, now);
            self.line(&waits(&retries::why(&retry.why), Some(&retry), now), &plain);
            self.tell_again = (now.since(retry.since) * 2).min(now.since(retry.since) + TELL_AGAIN_MOST);
        }
    }

    /// Returns why access is not available yet; the reason stays while access is requested again.
    fn access_state(&mut self, seen: &Snapshot) -> Option<String> {
        let mut asking = false;
        for place in &seen.destinations {
            let why = match &place.session {
                Session::Denied(why) if place.is_retrying() => Some(why),
                Session::Expired(_) if place.is_retrying() => place.renew_problem.as_ref(),
                Session::Assuming(_) => {
                    asking = true;
                    None
                }
                Session::Expired(_) => {
                    asking |= place.is_asking();
                    None
                }
                Session::Active(_) | Session::SignedOut | Session::Denied(_) => None,
            };
            if let Some(why) = why {
                self.refused = Some(Arc::clone(why));
            }
            if why.is_some() {
                return self.refused.as_deref().map(sentence);
            }
        }
        if asking { self.waiting.clone() } else { None }
    }

    fn row(&mut self, seen: &Snapshot, at: usize, upload: &Upload) {
        if self.told.len() <= at {
            self.told.resize(at + 1, false);
        }
        if self.before.iter().any(|(row, state)| *row == at && !still(&upload.state, state)) {
            // It continues, or has ended differently.
            self.before.retain(|(row, _)| *row != at);
            self.told[at] = false;
        }
        if self.told[at] || !upload.state.ended() {
            return;
        }
        self.told[at] = true;
        let shown = visible(&upload.key());
        let prefix = seen.destination(upload.destination).map_or("", |place| place.destination.prefix.as_str());
        // Programs that read the events need the object's whole key.
        let key = format!("{prefix}{}", upload.key());
        let (event, plain) = match &upload.state {
            State::Delivered(proof) => (
                json!({ "event": "delivered", "key": key, "size": upload.size,
                        "proof": match proof {
                            Proof::Whole => "whole", Proof::Parts => "parts", Proof::NoChecksum => "no_checksum" } }),
                words::delivered(&shown, upload.size, *proof),
            ),
            State::AlreadyThere => (json!({ "event": "already there", "key": key }), words::already_there(&shown)),
            State::NotConfirmed => (json!({ "event": "not confirmed", "key": key }), words::not_confirmed(&shown)),
            State::Failed(problem) if problem.kind == Kind::KeyFile => (
                json!({ "event": "left out", "path": upload.path().to_string_lossy(), "key": key,
                        "why": words::ended(problem) }),
                words::failed(&shown, problem),
            ),
            State::Failed(problem) => (failed(&key, problem), words::failed(&shown, problem)),
            State::Canceled => (json!({ "event": "canceled", "key": key }), words::canceled(&shown)),
            State::Waiting
            | State::Retrying(..)
            | State::Paused
            | State::Preparing
            | State::Sending(_)
            | State::Confirming => return,
        };
        self.line(&event, &plain);
        if let (State::Failed(problem), false) = (&upload.state, self.json)
            && let Some(detail) = &problem.detail
        {
            self.lines.push(format!("  {}", words::details(detail)));
        }
    }

    /// Reports uploads that ended in an earlier run without being delivered, if this run changed nothing about them.
    fn as_before(&mut self, seen: &Snapshot, places: &[DestinationId]) {
        for (at, state) in std::mem::take(&mut self.before) {
            let row = u32::try_from(at).ok().and_then(|id| seen.rows.get(UploadId(id)));
            if let Some(row) = row.filter(|row| places.contains(&row.destination) && still(&row.state, &state)) {
                self.told[at] = false;
                self.row(seen, at, row);
            }
        }
    }

    /// Prints the last line, and returns the exit code.
    pub(super) fn summary(&mut self, seen: &Snapshot, places: &[DestinationId]) -> u8 {
        let mut all = true;
        self.as_before(seen, places);
        for place in places.iter().filter_map(|id| seen.destination(*id)) {
            let totals = &place.totals;
            let missed = place.left_out_count.missed();
            // Delivering nothing is no success, unless everything was delivered earlier.
            all &= totals.files > 0 || place.left_out_count.earlier() > 0;
            all &= totals.already == 0 && totals.unconfirmed == 0 && totals.failed == 0;
            all &= totals.key_files == 0 && missed == 0;
            let took = totals.moving;
            let event = json!({
                "event": "summary", "files": totals.files, "delivered": totals.delivered,
                "parts_only": totals.parts_only, "no_checksum": totals.no_checksum, "already_there": totals.already,
                "not_confirmed": totals.unconfirmed, "failed": totals.failed,
                "left_out": place.left_out_count.all() - place.left_out_count.earlier() + totals.key_files,
                "earlier": place.left_out_count.earlier(),
                "bytes": totals.confirmed, "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            });
            let plain = words::summary(place, took);
            self.line(&event, &plain);
        }
        self.end();
        if all { ALL } else { SOME_NOT }
    }

    /// Reports where the receipt was saved.
    pub(super) fn receipt(&mut self, path: &std::path::Path) {
        let plain = crate::receipt::messages::saved(path);
        self.line(&json!({ "event": "receipt", "path": path }), &plain);
        self.flush();
    }

    /// Reports the key under which the receipt was sent.
    pub(super) fn receipt_sent(&mut self, sent: &crate::engine::single_object::SentObject) {
        let plain = crate::receipt::messages::sent(&sent.key, sent.confirmed);
        let event = json!({ "event": "receipt_sent", "key": sent.key, "confirmed": sent.confirmed });
        self.line(&event, &plain);
        self.flush();
    }

    /// Reports why the uploads can't continue.
    pub(super) fn stuck(&mut self, seen: &Snapshot, places: &[DestinationId], now: Time) {
        self.end();
        let silent = Arc::new(Problem::new(Kind::NoAnswer));
        for place in places.iter().filter_map(|id| seen.destination(*id)) {
            let why = match &place.session {
                Session::Denied(problem) => Some(problem),
                Session::Assuming(_) => Some(self.refused.as_ref().unwrap_or(&silent)),
                Session::Active(_) | Session::Expired(_) | Session::SignedOut => {
                    place.hold.as_ref().or(seen.journal.as_ref()).or(place.renew_problem.as_ref()).or(
                        match &seen.line {
                            Network::Down { why, .. } => Some(why),
                            Network::Up => None,
                        },
                    )
                }
            };
            let retry = place.retry.as_ref().filter(|_| place.hold.is_none());
            let why = why.or_else(|| retry.map(|retry| &retry.why));
            // The usual message would say that it retries by itself, which is no longer true.
            let retry = retry.filter(|retry| {
                let by_itself = why.is_some_and(|why| why.kind.turn() == Turn::Nobody);
                by_itself || retry.what == Retried::Upload && seen.line == Network::Up
            });
            let profile = place.destination.profile.as_str();
            let (sentence, hints) = match why {
                Some(why) if Arc::ptr_eq(why, &silent) && waits_for_command(seen, profile) => {
                    (words::command_silent().to_owned(), Vec::new())
                }
                Some(problem) if let Some(retry) = retry => (retries::gave_up(problem, retry, now), Vec::new()),
                Some(problem) => explained(problem, &Evidence::of(place, seen), &seen.profiles),
                None => (words::access_ended(place.totals.open()), Vec::new()),
            };
            if self.json {
                let event = json!({
                    "event": "stopped", "why": sentence, "hints": hints, "tries": retry.map(|retry| retry.tries),
                    "seconds": retry.map(|retry| now.since(retry.since).as_secs()),
                });
                say(&with_detail(event, why.map(|why| &**why)).to_string());
                continue;
            }
            say_beside(&sentence);
            say_beside("");
            for hint in hints {
                say_beside(&format!("hint: {hint}"));
            }
            if let Some(detail) = why.and_then(|problem| problem.detail.as_ref()) {
                say_beside(&words::details(detail));
            }
        }
    }

    fn end(&mut self) {
        self.flush();
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Returns the retry that has lasted longest without success at its destination, once it has lasted long enough to
/// report.
fn retrying(seen: &Snapshot, now: Time) -> Option<RetryStatus> {
    let open = |place: &&OpenDestination| place.totals.open() > place.totals.paused;
    let retries = seen.destinations.iter().filter(open).filter_map(|place| place.retry.as_ref());
    retries.min_by_key(|retry| retry.since).filter(|retry| now.since(retry.since) >= TELL_FIRST).cloned()
}

/// Returns the JSON event for a wait.
fn waits(why: &str, retry: Option<&RetryStatus>, now: Time) -> Value {
    let detail = retry.and_then(|retry| retry.why.detail.as_ref());
    json!({
        "event": "waiting", "why": why,
        "call": detail.map(|detail| &*detail.call).filter(|call| !call.is_empty()),
        "code": detail.map(|detail| &*detail.code).filter(|code| !code.is_empty()),
        "seconds": retry.map(|retry| now.since(retry.since).as_secs()),
        "tries": retry.map(|retry| retry.tries),
        "next": retry.map(|retry| retry.next.since(now).as_secs()),
    })
}

/// Whether this notice means that this run reads and writes no journal.
pub(super) const fn keeps_nothing(notice: &Notice) -> bool {
    match notice {
        Notice::OpenElsewhere(_) => true,
        Notice::Journal(notice) => matches!(notice, JournalNotice::NotKept(_) | JournalNotice::NotSafe(_)),
        Notice::Environment(_) => false,
    }
}

/// Whether an upload's state is unchanged: the same end, not just one of the same kind.
fn still(now: &State, then: &State) -> bool {
    match (now, then) {
        (State::Failed(now), State::Failed(then)) => Arc::ptr_eq(now, then),
        (now, then) => now == then,
    }
}

pub(super) fn failed(key: &str, problem: &Problem) -> Value {
    let event = json!({ "event": "failed", "key": key, "why": words::ended(problem) });
    with_detail(event, Some(problem))
}

/// Returns the sentence for a problem and hints for the command line.
pub(super) fn explained(why: &Problem, known: &Evidence<'_>, profiles: &Profiles) -> (String, Vec<String>) {
    if let Some(sentence) = crate::words::keys::command_problem(why) {
        return (sentence.to_owned(), Vec::new());
    }
    let (sentence, mut hints) = diagnose::in_lines(why, known);
    hints.extend(words::ways(why, &known.destination.profile, profiles));
    (sentence, hints)
}

/// Adds to an event what the server or the system said: `call`, `status`, `code`, `request_id` and `message`, each null
/// if missing.
pub(super) fn with_detail(mut event: Value, problem: Option<&Problem>) -> Value {
    let detail = problem.and_then(|problem| problem.detail.as_deref());
    let text =
        |of: fn(&Detail) -> &str| detail.map(of).filter(|text| !text.is_empty()).map_or(Value::Null, Value::from);
    event["call"] = text(|detail| &detail.call);
    event["status"] = detail.map(|detail| detail.status).filter(|status| *status > 0).map_or(Value::Null, Value::from);
    event["code"] = text(|detail| &detail.code);
    event["request_id"] = text(|detail| &detail.request_id);
    event["message"] = text(|detail| &detail.message);
    event
}

/// Whether the wait is for the profile's own command: the profile's identity is unknown, and a command provides it.
fn waits_for_command(seen: &Snapshot, profile: &str) -> bool {
    let find = |name: &str| seen.profiles.list.iter().find(|known| known.name == name);
    let known = seen.identities.iter().any(|(name, _)| name.as_str() == profile);
    let of_command = |profile: &Profile| profile.source == Source::Process;
    let through = |profile: &Profile| profile.source_profile.as_deref().and_then(find).is_some_and(of_command);
    !known && find(profile).is_some_and(|profile| of_command(profile) || through(profile))
}
