//! A line for each event that goes into the model.

use super::often::Why;
use super::shown::{FileName, ProfileName};
use super::{Log, line, problem_line};
use crate::model::event::{Answer, Assumed, Event};
use crate::model::names::Region;
use crate::model::problem::Problem;
use crate::model::session::Identity;
use crate::model::snapshot::{Command, SkipReason, Which};
use crate::model::upload::{DestinationId, UploadId};

impl Log {
    /// Tells of an event before the model takes it in. Answers to requests are told of where they arrive, with what was asked
    /// ([`Log::request_failed`]); ticks and counts of bytes tell nothing.
    pub fn event(&self, event: &Event) {
        if self.0.is_none() {
            return;
        }
        match event {
            Event::Command(command) => self.command(command),
            Event::Assumed(place, attempt, given) => self.assumed(*place, *attempt, given),
            Event::Identified(profile, who) => self.identified(profile, who),
            Event::Located(place, region) => self.located(*place, region),
            Event::ProfilesRead(read) => {
                line!(
                    self,
                    INFO,
                    "profiles read",
                    profiles = read.list.len(),
                    odd = read.oddities.len(),
                    files = read.found
                );
            }
            Event::Found(place, _, found) => {
                line!(self, DEBUG, "files found", destination = *place, files = found.len());
            }
            Event::FoundAgain(place, _, found) => {
                line!(self, DEBUG, "files found that were delivered before", destination = *place, files = found.len());
            }
            Event::Skipped(place, path, why) => {
                let why = reason(*why);
                if let Some(unlogged) = self.may_repeat(("left out", Why::Word(why))) {
                    let file = FileName::of(path);
                    line!(self, INFO, "left out", destination = *place, why = why, file = file, unlogged = unlogged);
                }
            }
            Event::Walked(place) => line!(self, INFO, "all files were listed", destination = *place),
            Event::Answered(request, Ok(answer)) => {
                line!(self, DEBUG, "request done", request = request.0, with = answer_name(answer));
            }
            Event::JournalFailed(problem) => problem_line!(self, ERROR, "the journal can't be written", problem),
            Event::JournalWorks => line!(self, INFO, "the journal can be written"),
            Event::Restored(kept) => {
                let files = kept.unfinished.iter().map(|(_, files)| files.len()).sum::<usize>();
                line!(
                    self,
                    INFO,
                    "read from the journal",
                    destinations = kept.destinations.len(),
                    unfinished_files = files
                );
            }
            // Settings are told of where they come into use.
            Event::Answered(_, Err(_)) | Event::Tick | Event::Moved(_) | Event::Adjusted(_) => {}
        }
    }

    fn command(&self, command: &Command) {
        let destination =
            |name: &'static str, id: &DestinationId| line!(self, INFO, "asked for", command = name, destination = *id);
        let upload = |name: &'static str, id: &UploadId| line!(self, INFO, "asked for", command = name, upload = *id);
        let of = |name: &'static str, which: &Which| match which {
            Which::All(id) => destination(name, id),
            Which::One(id) => upload(name, id),
        };
        let plain = |name: &'static str| line!(self, INFO, "asked for", command = name);
        match command {
            Command::Open(_) => plain("Open"),
            Command::Change(id, _) => destination("Change", id),
            Command::GetAccess(id) => destination("GetAccess", id),
            Command::GetAccessUnnarrowed(id) => destination("GetAccessUnnarrowed", id),
            Command::SignOut(id) => destination("SignOut", id),
            Command::Forget(_) => plain("Forget"),
            Command::Add(id, paths) => {
                line!(self, INFO, "asked for", command = "Add", destination = *id, paths = paths.len());
            }
            Command::Pause(which) => of("Pause", which),
            Command::Resume(which) => of("Resume", which),
            Command::Cancel(which) => of("Cancel", which),
            Command::Retry(which) => of("Retry", which),
            Command::SendUnderNewName(id) => upload("SendUnderNewName", id),
            Command::SendKeyFile(id) => upload("SendKeyFile", id),
            Command::SendAgain(id, _) => destination("SendAgain", id),
            Command::Release(id) => destination("Release", id),
            Command::Identify(_) => plain("Identify"),
            Command::ProfileRenamed { .. } => plain("ProfileRenamed"),
            Command::Set(_) => plain("Set"),
            Command::RetryJournal => plain("RetryJournal"),
        }
    }

    fn assumed(&self, place: DestinationId, attempt: u32, given: &Result<Assumed, Problem>) {
        match given {
            Ok(given) => line!(
                self,
                INFO,
                "AssumeRole gave a session",
                destination = place,
                attempt = attempt,
                lasts = given.left,
                ends = given.ends,
                took = given.ago
            ),
            Err(problem) => {
                problem_line!(
                    self,
                    WARN,
                    "AssumeRole gave no session",
                    problem,
                    destination = place,
                    attempt = attempt
                );
            }
        }
    }

    fn identified(&self, profile: &str, who: &Result<Identity, Problem>) {
        let profile = ProfileName(profile);
        match who {
            Ok(who) => {
                let account = who.account.parse::<crate::model::names::AccountId>().ok();
                line!(
                    self,
                    INFO,
                    "profile identified",
                    profile = profile,
                    account = account,
                    role = who.role().is_some()
                );
            }
            Err(problem) if self.is_often("profile not identified", problem) => {}
            Err(problem) => problem_line!(self, WARN, "profile not identified", problem, profile = profile),
        }
    }

    fn located(&self, place: DestinationId, region: &Result<Region, Problem>) {
        match region {
            Ok(region) => line!(self, INFO, "bucket found", destination = place, region = *region),
            Err(problem) if self.is_often("bucket not found", problem) => {}
            Err(problem) => problem_line!(self, WARN, "bucket not found", problem, destination = place),
        }
    }
}

const fn reason(why: SkipReason) -> &'static str {
    match why {
        SkipReason::Link => "Link",
        SkipReason::NotAFile => "NotAFile",
        SkipReason::NameNotText => "NameNotText",
        SkipReason::Unreadable => "Unreadable",
        SkipReason::Gone => "Gone",
        SkipReason::Twice => "Twice",
        SkipReason::NameTooLong => "NameTooLong",
        SkipReason::TooLarge => "TooLarge",
        SkipReason::EmptyFolder => "EmptyFolder",
        SkipReason::Earlier(_) => "Earlier",
    }
}

const fn answer_name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Opened(_) => "Opened",
        Answer::Stored(_) => "Stored",
        Answer::Grown(_) => "Grown",
        Answer::Created { .. } => "Created",
        Answer::Part(_) => "Part",
        Answer::Read(_) => "Read",
        Answer::Aborted => "Aborted",
    }
}
