//! Finds the possible causes of a denial, the likeliest first, each with whose turn it is and a message to copy.
//!
//! AWS answers nearly every cause of a denied AssumeRole with the same text (IAM User Guide, "Troubleshoot access
//! denied error messages"), so the order comes from other evidence.

mod assume;
mod bucket;
pub mod messages;
mod other;
mod terms;
pub mod titles;

use crate::model::conditions::Learned;
use crate::model::destination::Destination;
use crate::model::problem::{Kind, Problem, Turn};
use crate::model::session::Identity;
use crate::model::snapshot::{OpenDestination, Snapshot};
use crate::words::problem as words;

/// What the person can do about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CauseAction {
    /// Copy this message for the customer.
    CopyForCustomer(String),
    /// Copy this message for the person's own administrator.
    CopyForAdministrator(String),
    /// Enter an MFA code.
    EnterCode,
    /// Change the destination in the form.
    EditDestination,
    Details(String),
}

/// A piece of a cause's text: plain or monospaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Plain(String),
    /// An ARN, an ID, an action.
    Code(String),
}

/// A possible cause of a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The cause in a few words.
    pub title: String,
    /// What to do, in pieces.
    pub body: Vec<Piece>,
    pub action: CauseAction,
}

impl Cause {
    fn new(title: &str, body: Vec<Piece>, action: CauseAction) -> Self {
        Self { title: title.to_owned(), body, action }
    }

    /// Returns the body as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        self.body
            .iter()
            .map(|piece| match piece {
                Piece::Plain(text) | Piece::Code(text) => text.as_str(),
            })
            .collect()
    }
}

/// What is known in addition to the problem.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The destination and its role.
    pub destination: &'a Destination,
    /// The caller, if GetCallerIdentity answered.
    pub identity: Option<&'a Identity>,
    /// What earlier sessions showed, if it was kept.
    pub learned: Option<&'a Learned>,
    /// Whether the role was assumed successfully before, in this run or an earlier one.
    pub worked_before: bool,
    /// Whether a file arrived before, in this run or an earlier one.
    pub delivered_before: bool,
    /// Whether Daypass is retrying, because an IAM change takes up to a minute to propagate.
    pub retrying: bool,
}

impl<'a> Evidence<'a> {
    /// Returns the evidence if only the destination and the caller are known.
    #[must_use]
    pub const fn new(destination: &'a Destination, identity: Option<&'a Identity>) -> Self {
        Self { destination, identity, learned: None, worked_before: false, delivered_before: false, retrying: false }
    }

    /// Returns the evidence that the snapshot has about an open destination.
    #[must_use]
    pub fn of(place: &'a OpenDestination, seen: &'a Snapshot) -> Self {
        let destination = &*place.destination;
        let known = seen.identities.iter().find(|(name, _)| *name == destination.profile);
        Self {
            identity: known.and_then(|(_, who)| who.as_ref().ok()),
            learned: Some(&place.learned),
            worked_before: place.worked || place.learned.worked.is_some(),
            delivered_before: place.learned.delivered.is_some(),
            retrying: place.is_retrying(),
            ..Self::new(destination, None)
        }
    }

    /// Returns the caller's ARN, from GetCallerIdentity or otherwise from the denial's message.
    fn caller<'b>(&self, problem: &'b Problem) -> Option<&'b str>
    where
        'a: 'b,
    {
        let told = self.identity.map(|who| &*who.arn);
        told.or_else(|| {
            let (_, after) = problem.detail.as_ref()?.message.split_once("User: ")?;
            let (arn, _) = after.split_once(" is not authorized")?;
            (arn.starts_with("arn:") && !arn.contains(char::is_whitespace)).then_some(arn)
        })
    }

    /// Whether caller and role are in one account; `None` if the caller isn't known.
    fn same_account(&self, problem: &Problem) -> Option<bool> {
        let account = self.caller(problem)?.split(':').nth(4)?;
        Some(account == self.destination.role.account().as_str())
    }
}

/// Returns the possible causes of a problem, the likeliest first; none if the problem's sentence is enough.
#[must_use]
pub fn explain(problem: &Problem, known: &Evidence<'_>) -> Vec<Cause> {
    let mut causes = explained(problem, known);
    if known.destination.practice {
        for cause in &mut causes {
            if let CauseAction::CopyForCustomer(text) | CauseAction::CopyForAdministrator(text) = &mut cause.action {
                *text = messages::of_practice(text);
            }
        }
    }
    causes
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what has no page of its own is looked up in the last")]
fn explained(problem: &Problem, known: &Evidence<'_>) -> Vec<Cause> {
    match problem.kind {
        Kind::AssumeDenied(by) => assume::denied(problem, by, known),
        Kind::AccessDenied(by) => bucket::denied(problem, by, known),
        Kind::KmsGenerate | Kind::KmsDecrypt | Kind::KmsKey => bucket::key(problem, known),
        Kind::NoSuchBucket => bucket::missing(known),
        Kind::OptionRefused => bucket::option(problem, known),
        Kind::UnsignedRefused => bucket::unsigned(known),
        Kind::SessionRefused => vec![assume::taken_back(problem, known), assume::key_was_replaced()],
        Kind::CodeNeeded | Kind::CodeWrong | Kind::SerialWrong => assume::code_problem(problem.kind, known),
        _kind => other::causes(problem, known),
    }
}

/// Returns the causes if only the destination and the caller are known.
#[must_use]
pub fn causes(problem: &Problem, to: &Destination, identity: Option<&Identity>) -> Vec<Cause> {
    explain(problem, &Evidence::new(to, identity))
}

fn plain(text: impl Into<String>) -> Piece {
    Piece::Plain(text.into())
}

fn mono(text: impl Into<String>) -> Piece {
    Piece::Code(text.into())
}

/// Returns AWS's message, or an empty text.
fn told(problem: &Problem) -> &str {
    problem.detail.as_ref().map_or("", |detail| &*detail.message)
}

/// Returns whose turn it is, and whether that is certain: if AWS leaves it open, it follows from the likeliest cause.
#[must_use]
pub fn whose(problem: &Problem, causes: &[Cause]) -> (Turn, bool) {
    let known = problem.kind.turn();
    let likeliest = causes.first().and_then(|cause| match cause.action {
        CauseAction::CopyForCustomer(_) => Some(Turn::Customer),
        CauseAction::CopyForAdministrator(_) => Some(Turn::Administrator),
        CauseAction::EnterCode | CauseAction::EditDestination => Some(Turn::You),
        CauseAction::Details(_) => None,
    });
    match (known, likeliest) {
        (Turn::Nobody, _) | (_, None) => (known, true),
        (_, Some(turn)) => (turn, turn == known),
    }
}

/// Returns whose turn it is, in a few words; `None` if that is unknown.
#[must_use]
pub fn turn(problem: &Problem, causes: &[Cause]) -> Option<&'static str> {
    let (turn, sure) = whose(problem, causes);
    words::turn(turn, sure)
}

/// Returns a problem with access or with the bucket as text: the sentence with whose turn it is, and the causes, the
/// likeliest first.
#[must_use]
pub fn in_lines(problem: &Problem, known: &Evidence<'_>) -> (String, Vec<String>) {
    let causes = explain(problem, known);
    // The sentence of a problem that resolves itself says so already.
    let turn = turn(problem, &causes).filter(|_| whose(problem, &causes).0 != Turn::Nobody);
    let turn = turn.map_or_else(String::new, |turn| format!(" {turn}."));
    let hints =
        causes.into_iter().map(|cause| format!("{}. {}", cause.title.trim_end_matches('.'), cause.text())).collect();
    (crate::words::problem::sentence(problem) + &turn, hints)
}
