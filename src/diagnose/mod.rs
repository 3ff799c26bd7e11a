//! Why a "no" may have been said, the likeliest cause first, each with whose turn it is and what to hand them.
//!
//! AWS answers nearly every cause of a denied AssumeRole with one and the same text (IAM User Guide, "Troubleshoot access
//! denied error messages"), so the order comes from what else is known.

mod assume;
mod bucket;
pub mod messages;
mod other;
mod terms;

use crate::model::conditions::Learned;
use crate::model::destination::Destination;
use crate::model::problem::{Kind, Problem, Turn};
use crate::model::session::Identity;
use crate::model::snapshot::{OpenDestination, Snapshot};
use crate::words::problem as words;

/// What can be done about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CauseAction {
    /// Copy this message for the customer.
    CopyForCustomer(String),
    /// Copy this message for the own administrator.
    CopyForAdministrator(String),
    /// Enter a code of an MFA device.
    EnterCode,
    /// Change what was entered in the form.
    EditDestination,
    Details(String),
}

/// A piece of a cause's text: plain, or to be set in monospace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Plain(String),
    /// An ARN, an id, an action.
    Code(String),
}

/// A possible cause of a denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The cause in a few words.
    pub title: String,
    /// What to do, in pieces.
    pub body: Vec<Piece>,
    /// The action beside it.
    pub action: CauseAction,
}

impl Cause {
    fn new(title: &str, body: Vec<Piece>, action: CauseAction) -> Self {
        Self { title: title.to_owned(), body, action }
    }

    /// The body as one text.
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

/// What is known beside the problem itself.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Where files go, and through which role.
    pub destination: &'a Destination,
    /// Who the profile is, where GetCallerIdentity was asked and answered.
    pub identity: Option<&'a Identity>,
    /// What earlier sessions showed, where something is kept of them.
    pub learned: Option<&'a Learned>,
    /// Whether a session was given before, in this run or an earlier one: then the role did let this user in.
    pub worked_before: bool,
    /// Whether a file has arrived before, in this run or an earlier one: then the bucket did take files from this role.
    pub delivered_before: bool,
    /// Whether Daypass is asking again by itself, since a change in IAM takes up to a minute to be known everywhere.
    pub retrying: bool,
}

impl<'a> Evidence<'a> {
    /// Only where files go and who asks.
    #[must_use]
    pub const fn new(destination: &'a Destination, identity: Option<&'a Identity>) -> Self {
        Self { destination, identity, learned: None, worked_before: false, delivered_before: false, retrying: false }
    }

    /// What the model shows of a place.
    #[must_use]
    pub fn of(place: &'a OpenDestination, seen: &'a Snapshot) -> Self {
        let destination = &*place.destination;
        let known = seen.identities.iter().find(|(name, _)| *name == destination.profile);
        Self {
            identity: known.and_then(|(_, who)| who.as_ref().ok()),
            learned: Some(&place.learned),
            worked_before: place.worked || place.learned.worked.is_some(),
            delivered_before: place.learned.delivered.is_some(),
            retrying: place.retrying,
            ..Self::new(destination, None)
        }
    }

    /// The caller's ARN: as GetCallerIdentity told it, or else as the denial names it.
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

    /// Whether user and role are in one account; none while it isn't known who asks.
    fn same_account(&self, problem: &Problem) -> Option<bool> {
        let account = self.caller(problem)?.split(':').nth(4)?;
        Some(account == self.destination.role.account().as_str())
    }
}

/// What may have caused the problem, the likeliest first; none where its sentence says it all.
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

/// The causes, where nothing is known beside the destination and the profile's identity.
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

/// The words that AWS said, where there are any.
fn told(problem: &Problem) -> &str {
    problem.detail.as_ref().map_or("", |detail| &*detail.message)
}

/// Whose turn it is, and whether that is sure: AWS often leaves it open, and then it is that of the likeliest cause.
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

/// Whose turn it is, in a few words; none if nobody can say.
#[must_use]
pub fn turn(problem: &Problem, causes: &[Cause]) -> Option<&'static str> {
    let (turn, sure) = whose(problem, causes);
    words::turn(turn, sure)
}

/// A problem with access or with the bucket on lines of text: the sentence with whose turn it is, and what may help, the
/// likeliest first.
#[must_use]
pub fn in_lines(problem: &Problem, known: &Evidence<'_>) -> (String, Vec<String>) {
    let causes = explain(problem, known);
    // What goes on by itself has said so already.
    let turn = turn(problem, &causes).filter(|_| whose(problem, &causes).0 != Turn::Nobody);
    let turn = turn.map_or_else(String::new, |turn| format!(" {turn}."));
    let hints =
        causes.into_iter().map(|cause| format!("{}. {}", cause.title.trim_end_matches('.'), cause.text())).collect();
    (crate::words::problem::sentence(problem) + &turn, hints)
}
