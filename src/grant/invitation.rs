//! The invitation: a small text that tells a contractor's Daypass which role to assume and which bucket to deliver to.
//!
//! A `.daypass` file is TOML in UTF-8, at most 64 KiB, with these fields and no others:
//!
//! | Field | Value |
//! |---|---|
//! | `daypass` | the schema's version, `1` |
//! | `customer` | the customer's name, at most 80 characters; optional |
//! | `role` | the role's ARN |
//! | `bucket` | the bucket's name |
//! | `prefix` | the folder in the bucket; optional |
//! | `region` | the bucket's region; optional, S3 is asked otherwise |
//! | `owner` | the 12 digits of the bucket's account, if it isn't the role's; optional |
//! | `external_id` | the external ID that the role requires; optional, not a secret (IAM User Guide) |
//! | `mfa` | whether the role requires an MFA code, `true` or `false`; optional |
//! | `mfa_max_age` | the maximum age of that code, in seconds, 60 to 129600; optional |
//! | `session_is_user` | whether the session name must be the IAM user's name, `true` or `false`; optional |
//! | `source_ips` | the only networks from which the role may be assumed and files sent, at most 64, in CIDR notation; optional |
//! | `duration` | the session duration to request, in seconds, 900 to 43200; optional, 3600 |
//! | `not_before`, `not_after` | when the role may be used, RFC 3339; optional |
//! | `note`, `contact` | free text, at most 500 and 120 characters; optional |
//!
//! The fields about the role's conditions serve only to explain why it refuses: nothing is sent because of them. The
//! same fields, percent-encoded, with commas between list items, form a link: `daypass:v1?role=…&bucket=…`. No field
//! can hold a host, a path on this computer or a command.

use super::alike::{Likeness, compare};
use super::fields::{Fields, MessageKind, TextProblem, clean, decode};
use super::limits::{CUSTOMER_MOST, MFA_AGE};
use super::names::Cidr;
use crate::model::conditions::Terms;
use crate::model::destination::Destination;
use crate::model::names::{AccountId, Bucket, ExternalId, KeyPrefix, Region, RoleArn};
use crate::policy::tree::toml_text;
use crate::time::{Day, Utc};
use crate::words;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::{Display, Write as _};
use unicode_normalization::UnicodeNormalization as _;

/// Why a text is not a valid invitation.
pub type InvitationProblem = TextProblem;

/// Maximum length of a note, in characters.
pub const NOTE_MOST: usize = 500;
/// Maximum length of a contact, in characters.
pub const CONTACT_MOST: usize = 120;

/// An invitation. Free texts are cleaned by [`clean`].
///
/// `R` is the role's ARN, or the expression by which a template computes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation<R = RoleArn> {
    /// The customer's name; may be empty.
    pub customer: String,
    pub role: R,
    pub bucket: Bucket,
    /// The folder; empty for the top of the bucket.
    pub prefix: KeyPrefix,
    /// The bucket's region, if known.
    pub region: Option<Region>,
    /// The bucket's account, if it isn't the role's.
    pub owner: Option<AccountId>,
    /// The external ID that the role requires.
    pub external_id: Option<ExternalId>,
    /// Whether the role requires an MFA code.
    pub mfa: bool,
    /// Maximum age of that code, in seconds.
    pub mfa_max_age: Option<u32>,
    /// Whether the session name must be the IAM user's name.
    pub session_is_user: bool,
    /// The only networks from which the role may be assumed; empty allows all.
    pub source_ips: Vec<Cidr>,
    /// Session duration to request, in seconds: 900 to 43200.
    pub seconds: u32,
    /// The role is denied before this time.
    pub not_before: Option<Utc>,
    /// The role is denied from this time on.
    pub not_after: Option<Utc>,
    /// A free note by the customer; may be empty.
    pub note: String,
    /// Whom to contact; may be empty.
    pub contact: String,
}

/// Whether a time is inside the dates of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Before the dates, which start at this time.
    NotYet(Utc),
    /// Inside the dates, which end at `until` if it is set.
    Open { until: Option<Utc> },
    /// After the dates, which ended at this time.
    Over(Utc),
}

/// A field in which an invitation differs from a known destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangedField {
    /// The role's account.
    Account,
    Role,
    Bucket,
    /// The account that must own the bucket.
    Owner,
    Prefix,
    Region,
    ExternalId,
    /// The session duration.
    Duration,
    /// The start of the dates.
    From,
    /// The end of the dates.
    Until,
    /// Whether an MFA code is required.
    Mfa,
    /// The maximum age of that code.
    MfaAge,
    Networks,
    /// Whether the session name must be the user's name.
    SessionIsUser,
    Name,
}

impl ChangedField {
    /// Whether files could go to somebody else. Such a change is rejected by default.
    #[must_use]
    pub const fn grave(self) -> bool {
        match self {
            Self::Account | Self::Role | Self::Bucket | Self::Owner => true,
            Self::Prefix
            | Self::Region
            | Self::ExternalId
            | Self::Duration
            | Self::From
            | Self::Until
            | Self::Mfa
            | Self::MfaAge
            | Self::Networks
            | Self::SessionIsUser
            | Self::Name => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    pub what: ChangedField,
    /// The known value; empty if there was none. Times are in RFC 3339, durations in seconds, a set flag is `true`.
    pub before: String,
    /// The invitation's value; empty if there is none.
    pub after: String,
}

impl Invitation {
    /// Parses an invitation's text or link, also out of a whole mail.
    ///
    /// # Errors
    /// [`InvitationProblem`] if the text is not a valid invitation.
    pub fn parse(text: &str) -> Result<Self, InvitationProblem> {
        let mut fields = Fields::read(text, MessageKind::Invitation)?;
        let invitation = Self {
            customer: fields.free("customer", CUSTOMER_MOST)?,
            role: fields.needed("role")?,
            bucket: fields.needed("bucket")?,
            prefix: prefix(&mut fields)?,
            region: fields.parsed("region")?,
            owner: fields.parsed("owner")?,
            external_id: fields.parsed("external_id")?,
            mfa: fields.yes("mfa")?,
            mfa_max_age: fields.number("mfa_max_age", MFA_AGE)?,
            session_is_user: fields.yes("session_is_user")?,
            source_ips: fields.list("source_ips")?,
            seconds: fields
                .number("duration", Destination::SHORTEST..=Destination::LONGEST)?
                .unwrap_or(Destination::USUAL),
            not_before: fields.moment("not_before", Day::Start)?,
            not_after: fields.moment("not_after", Day::End)?,
            note: fields.free("note", NOTE_MOST)?,
            contact: fields.free("contact", CONTACT_MOST)?,
        };
        fields.finish()?;
        match (invitation.not_before, invitation.not_after) {
            (Some(from), Some(until)) if until <= from => Err(TextProblem::Wrong("not_after")),
            _ => Ok(invitation),
        }
    }

    /// Parses an invitation's file.
    ///
    /// # Errors
    /// [`InvitationProblem`] if the file is not a valid invitation.
    pub fn read(bytes: &[u8]) -> Result<Self, InvitationProblem> {
        Self::parse(&decode(bytes)?)
    }

    /// Returns the destination of the invitation, reached by `profile`. If [`mfa`](Self::mfa) is set, the MFA device
    /// must still be added. The session is narrowed to the bucket and the folder even if the role allows more.
    #[must_use]
    pub fn to_destination(&self, profile: &str) -> Destination {
        Destination {
            name: self.name().to_owned(),
            region: self.region.clone(),
            owner: self.other_owner(),
            seconds: self.seconds,
            external_id: self.external_id.clone(),
            terms: self.terms(),
            ..Destination::new(profile, self.role.clone(), self.bucket.clone(), self.prefix.clone())
        }
    }

    /// Returns the role's conditions.
    fn terms(&self) -> Terms {
        Terms {
            told: true,
            external_id: self.external_id.clone(),
            mfa: self.mfa,
            mfa_max_age: self.mfa_max_age,
            not_before: self.not_before,
            not_after: self.not_after,
            networks: self.source_ips.iter().map(|net| net.to_string().into()).collect(),
            session_is_user: self.session_is_user,
        }
    }

    /// Returns the customer's name, or the bucket's name if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.customer.is_empty() { self.bucket.as_str() } else { &self.customer }
    }

    /// Returns the bucket's account, if it isn't the role's.
    #[must_use]
    pub fn other_owner(&self) -> Option<AccountId> {
        self.owner.clone().filter(|owner| *owner != self.role.account())
    }

    /// Compares its name with the known destination's.
    #[must_use]
    pub fn likeness(&self, known: &Destination) -> Likeness {
        compare(self.name(), &known.name)
    }

    /// Returns the known destination that the invitation is about or would replace.
    ///
    /// A destination with the same name comes first, whatever its role or bucket: anybody else who uses that name is
    /// not the customer that the person knows by it. Then comes one with a similar name, then the one with the same
    /// role or bucket and the fewest differences.
    #[must_use]
    pub fn known<'a>(&self, all: impl Iterator<Item = &'a Destination>) -> Option<&'a Destination> {
        let rank = |(to, likeness): &(&Destination, Likeness)| {
            let changes = self.diff(to);
            (*likeness, changes.iter().filter(|change| change.what.grave()).count(), changes.len())
        };
        all.filter(|to| !to.practice)
            .map(|to| (to, self.likeness(to)))
            .filter(|(to, likeness)| *likeness != Likeness::Other || to.role == self.role || to.bucket == self.bucket)
            .min_by_key(rank)
            .map(|(to, _)| to)
    }

    /// Returns the differences from a known destination, the most serious first.
    #[must_use]
    pub fn diff(&self, known: &Destination) -> Vec<Change> {
        fn text<T: Display>(value: Option<&T>) -> String {
            value.map(ToString::to_string).unwrap_or_default()
        }
        let owner = self.other_owner().unwrap_or_else(|| self.role.account());
        let (was, is) = (&known.terms, self.terms());
        let moment = |at: Option<Utc>| at.map(Utc::to_rfc3339).unwrap_or_default();
        let yes = |yes: bool| if yes { "true".to_owned() } else { String::new() };
        let pairs = [
            (ChangedField::Account, known.role.account().to_string(), self.role.account().to_string()),
            (ChangedField::Role, known.role.to_string(), self.role.to_string()),
            (ChangedField::Bucket, known.bucket.to_string(), self.bucket.to_string()),
            (ChangedField::Owner, known.owner().to_string(), owner.to_string()),
            (ChangedField::Prefix, known.prefix.to_string(), self.prefix.to_string()),
            (ChangedField::Region, text(known.region.as_ref()), text(self.region.as_ref())),
            (ChangedField::ExternalId, text(known.external_id.as_ref()), text(self.external_id.as_ref())),
            (ChangedField::Duration, known.seconds.to_string(), self.seconds.to_string()),
            (ChangedField::From, moment(was.not_before), moment(is.not_before)),
            (ChangedField::Until, moment(was.not_after), moment(is.not_after)),
            // If no invitation stated the conditions, a known MFA device counts as required.
            (ChangedField::Mfa, yes(was.mfa || !was.told && known.mfa_serial.is_some()), yes(is.mfa)),
            (ChangedField::MfaAge, text(was.mfa_max_age.as_ref()), text(is.mfa_max_age.as_ref())),
            (ChangedField::Networks, was.networks.join(", "), is.networks.join(", ")),
            (ChangedField::SessionIsUser, yes(was.session_is_user), yes(is.session_is_user)),
            (ChangedField::Name, nfc(&known.name), nfc(self.name())),
        ];
        pairs
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(what, before, after)| Change { what, before, after })
            .collect()
    }
}

/// Normalizes to NFC, in which two spellings of one letter are equal.
fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Reads the folder, or none; a missing final slash is added.
pub(super) fn prefix(fields: &mut Fields) -> Result<KeyPrefix, TextProblem> {
    let mut text = fields.text("prefix")?.unwrap_or_default();
    if !text.is_empty() && !text.ends_with('/') {
        text.push('/');
    }
    text.parse().map_err(|_why| TextProblem::Wrong("prefix"))
}

/// Characters that a link doesn't escape.
const LINK: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':');

enum InvitationField {
    Text(String),
    Bool(bool),
    Int(u32),
    List(Vec<String>),
}

impl<R: Display> Invitation<R> {
    /// Returns whether `now` is inside the dates.
    #[must_use]
    pub fn window(&self, now: Utc) -> Validity {
        match (self.not_before, self.not_after) {
            (Some(starts), _) if now < starts => Validity::NotYet(starts),
            (_, Some(since)) if now >= since => Validity::Over(since),
            (_, until) => Validity::Open { until },
        }
    }

    /// Returns the text of the `.daypass` file, in ASCII only so that no mail program can garble it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for line in words::kit::INVITATION_HEAD {
            // Writing to a String can't fail.
            let _ = writeln!(out, "# {line}");
        }
        let _ = writeln!(out, "{} = 1", MessageKind::Invitation.mark());
        for (name, field) in self.fields() {
            let _ = match field {
                // An ARN holds no character that TOML would escape. `R` may be a template's expression, which must stay
                // as it is.
                InvitationField::Text(text) if name == "role" => writeln!(out, "role = \"{text}\""),
                InvitationField::Text(text) => writeln!(out, "{name} = {}", toml_text(&text)),
                InvitationField::Bool(yes) => writeln!(out, "{name} = {yes}"),
                InvitationField::Int(number) => writeln!(out, "{name} = {number}"),
                InvitationField::List(texts) => {
                    let texts: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
                    writeln!(out, "{name} = [{}]", texts.join(", "))
                }
            };
        }
        out
    }

    /// Returns the equivalent link.
    #[must_use]
    pub fn to_link(&self) -> String {
        let mut out = String::from("daypass:v1");
        for (at, (name, field)) in self.fields().into_iter().enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            let _ = match field {
                // All characters of an ARN may be in a link unescaped.
                InvitationField::Text(text) if name == "role" => write!(out, "role={text}"),
                InvitationField::Text(text) => write!(out, "{name}={}", utf8_percent_encode(&text, LINK)),
                InvitationField::Bool(yes) => write!(out, "{name}={yes}"),
                InvitationField::Int(number) => write!(out, "{name}={number}"),
                InvitationField::List(texts) => write!(out, "{name}={}", utf8_percent_encode(&texts.join(","), LINK)),
            };
        }
        out
    }

    /// Returns the fields that are set, in the order of the schema.
    fn fields(&self) -> Vec<(&'static str, InvitationField)> {
        let text = |text: &str| Some(InvitationField::Text(text.to_owned())).filter(|_| !text.is_empty());
        let moment = |at: Option<Utc>| at.map(|at| InvitationField::Text(at.to_rfc3339()));
        let yes = |yes: bool| Some(InvitationField::Bool(true)).filter(|_| yes);
        let nets = self.source_ips.iter().map(ToString::to_string).collect();
        [
            ("customer", text(&clean(&self.customer, CUSTOMER_MOST))),
            ("role", Some(InvitationField::Text(self.role.to_string()))),
            ("bucket", text(self.bucket.as_str())),
            ("prefix", text(self.prefix.as_str())),
            ("region", self.region.as_ref().and_then(|region| text(region.as_str()))),
            ("owner", self.owner.as_ref().and_then(|owner| text(owner.as_str()))),
            ("external_id", self.external_id.as_ref().and_then(|id| text(id.as_str()))),
            ("mfa", yes(self.mfa)),
            ("mfa_max_age", self.mfa_max_age.map(InvitationField::Int)),
            ("session_is_user", yes(self.session_is_user)),
            ("source_ips", Some(InvitationField::List(nets)).filter(|_| !self.source_ips.is_empty())),
            ("duration", Some(InvitationField::Int(self.seconds))),
            ("not_before", moment(self.not_before)),
            ("not_after", moment(self.not_after)),
            ("note", text(&clean(&self.note, NOTE_MOST))),
            ("contact", text(&clean(&self.contact, CONTACT_MOST))),
        ]
        .into_iter()
        .filter_map(|(name, field)| Some((name, field?)))
        .collect()
    }
}
