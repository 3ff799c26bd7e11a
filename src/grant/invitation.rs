//! The invitation: a small text that tells a contractor's Daypass which role to take and which bucket to fill.
//!
//! A `.daypass` file is TOML, UTF-8, at most 64 KiB, of these fields and no others:
//!
//! | Field | Value |
//! |---|---|
//! | `daypass` | the schema's version, `1` |
//! | `customer` | what the customer is called, at most 80 characters; optional |
//! | `role` | the role's ARN |
//! | `bucket` | the bucket's name |
//! | `prefix` | the folder in it; optional |
//! | `region` | the bucket's region; optional, S3 is asked otherwise |
//! | `owner` | the 12 digits of the bucket's account where it isn't the role's; optional |
//! | `external_id` | the external id the role asks for; optional, not a secret (IAM User Guide) |
//! | `mfa` | whether the role asks for a code, `true` or `false`; optional |
//! | `mfa_max_age` | how old that code may be, in seconds, 60 to 129600; optional |
//! | `session_is_user` | whether the session has to be named as the IAM user is, `true` or `false`; optional |
//! | `source_ips` | the networks from which alone the role may be taken and files may come, at most 64, in CIDR notation; optional |
//! | `duration` | how long a session to ask for, in seconds, 900 to 43200; optional, 3600 |
//! | `not_before`, `not_after` | when the role may be used, RFC 3339; optional |
//! | `note`, `contact` | free text, at most 500 and 120 characters; optional |
//!
//! The fields about the role's conditions only help to say why it refuses: nothing is sent because of them. The same
//! fields, percent-encoded and lists with commas, make a link: `daypass:v1?role=…&bucket=…`. No field holds a host, a path
//! of this computer or a command, and there is none that could.

use super::alike::{Likeness, compare};
use super::fields::{Fields, Kind, TextProblem, clean, decode};
use super::limits::{CUSTOMER_MOST, MFA_AGE};
use super::names::Cidr;
use crate::model::conditions::Terms;
use crate::model::destination::{Destination, Encryption};
use crate::model::names::{AccountId, Bucket, ExternalId, KeyPrefix, Region, RoleArn};
use crate::policy::tree::toml_text;
use crate::time::{Day, Utc};
use crate::words;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::{Display, Write as _};
use unicode_normalization::UnicodeNormalization as _;

/// Why a text is not an invitation.
pub type InvitationProblem = TextProblem;

/// The longest note kept, in characters.
pub const NOTE_MOST: usize = 500;
/// The longest contact kept, in characters.
pub const CONTACT_MOST: usize = 120;

/// What the customer lends, as an invitation says it. Free texts are clean: one line, no direction characters, no seals.
///
/// `R` is the role's ARN; where a template works the ARN out later, it is that template's expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation<R = RoleArn> {
    /// What the customer is called; may be empty.
    pub customer: String,
    pub role: R,
    pub bucket: Bucket,
    /// The folder in it; empty for the top.
    pub prefix: KeyPrefix,
    /// The bucket's region where it is known.
    pub region: Option<Region>,
    /// The bucket's account where it isn't the role's.
    pub owner: Option<AccountId>,
    /// The external id the role asks for.
    pub external_id: Option<ExternalId>,
    /// Whether the role asks for a code of an MFA device.
    pub mfa: bool,
    /// How old that code may be, in seconds.
    pub mfa_max_age: Option<u32>,
    /// Whether the session has to be named as the IAM user is.
    pub session_is_user: bool,
    /// The networks from which alone the role may be taken; empty where any will do.
    pub source_ips: Vec<Cidr>,
    /// How long a session to ask for, in seconds: 900 to 43200.
    pub seconds: u32,
    /// Before this moment the role is refused.
    pub not_before: Option<Utc>,
    /// From this moment on the role is refused.
    pub not_after: Option<Utc>,
    /// What else the customer says; may be empty.
    pub note: String,
    /// Whom to ask; may be empty.
    pub contact: String,
}

/// Where a moment stands in an invitation's window of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// It begins at this moment.
    NotYet(Utc),
    /// It is open, until this moment where one is set.
    Open { until: Option<Utc> },
    /// It ended at this moment.
    Over(Utc),
}

/// One of the things in which an invitation differs from the destination that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangedField {
    /// The account the role is in.
    Account,
    Role,
    Bucket,
    /// The account that must own the bucket.
    Owner,
    Prefix,
    /// The bucket's region.
    Region,
    /// The external id.
    ExternalId,
    /// The length of a session.
    Duration,
    /// The moment it begins.
    From,
    /// The moment it ends.
    Until,
    /// Whether a code is asked for.
    Mfa,
    /// How old that code may be.
    MfaAge,
    Networks,
    /// Whether the session has to be named as the user is.
    SessionIsUser,
    Name,
}

impl ChangedField {
    /// Whether files could end up with somebody else: the answer to such a change is no unless the person says yes.
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
    /// As it is known; empty where there was none. Moments are written as in RFC 3339, times in seconds, a yes as `true`.
    pub before: String,
    /// As the invitation says; empty where there is none.
    pub after: String,
}

impl Invitation {
    /// Reads an invitation's text or link, out of a whole mail too.
    ///
    /// # Errors
    /// What keeps the text from being an invitation.
    pub fn parse(text: &str) -> Result<Self, InvitationProblem> {
        let mut fields = Fields::read(text, Kind::Invitation)?;
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

    /// Reads an invitation's file.
    ///
    /// # Errors
    /// What keeps the file from being an invitation.
    pub fn read(bytes: &[u8]) -> Result<Self, InvitationProblem> {
        Self::parse(&decode(bytes)?)
    }

    /// The destination it makes, reached by `profile`. A device for the code has still to be named where
    /// [`mfa`](Self::mfa) is set. The session is narrowed to the bucket and the folder, also where the role is wider.
    #[must_use]
    pub fn to_destination(&self, profile: &str) -> Destination {
        Destination {
            name: self.name().to_owned(),
            profile: profile.to_owned(),
            role: self.role.clone(),
            bucket: self.bucket.clone(),
            prefix: self.prefix.clone(),
            region: self.region.clone(),
            owner: self.other_owner(),
            seconds: self.seconds,
            external_id: self.external_id.clone(),
            mfa_serial: None,
            session_name: None,
            narrow: true,
            practice: false,
            acl_full_control: false,
            encryption: Encryption::None,
            terms: self.terms(),
        }
    }

    /// What the role asks for.
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

    /// What the customer is called, or else the bucket's name.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.customer.is_empty() { self.bucket.as_str() } else { &self.customer }
    }

    /// The bucket's account where it isn't the role's.
    #[must_use]
    pub fn other_owner(&self) -> Option<AccountId> {
        self.owner.clone().filter(|owner| *owner != self.role.account())
    }

    /// How its name compares with that of a destination that is known.
    #[must_use]
    pub fn likeness(&self, known: &Destination) -> Likeness {
        compare(self.name(), &known.name)
    }

    /// The destination that this invitation is about, or would take the place of, among those that are known. One that
    /// bears its name comes before every other: whoever else would come under that name, known by it or not, is not the
    /// customer whom the person knows by it. Next comes one whose name
    /// looks like it, and last the one of the same role or bucket that differs the least.
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

    /// In what it differs from a destination that is known, the gravest first.
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
            // What nobody told is as it was used.
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

/// Unicode's composed spelling, in which two spellings of one letter are one.
fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// A folder, or none; one written without its last slash gets it.
pub(super) fn prefix(fields: &mut Fields) -> Result<KeyPrefix, TextProblem> {
    let mut text = fields.text("prefix")?.unwrap_or_default();
    if !text.is_empty() && !text.ends_with('/') {
        text.push('/');
    }
    text.parse().map_err(|_why| TextProblem::Wrong("prefix"))
}

/// What stays as it is in a link.
const LINK: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':');

enum Field {
    Text(String),
    Bool(bool),
    Int(u32),
    List(Vec<String>),
}

impl<R: Display> Invitation<R> {
    /// Where `now` stands in its window of dates.
    #[must_use]
    pub fn window(&self, now: Utc) -> Window {
        match (self.not_before, self.not_after) {
            (Some(starts), _) if now < starts => Window::NotYet(starts),
            (_, Some(since)) if now >= since => Window::Over(since),
            (_, until) => Window::Open { until },
        }
    }

    /// The text of the `.daypass` file, in ASCII alone so that no mail program can spoil a letter.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for line in words::kit::INVITATION_HEAD {
            // Writing into a String has no way to go wrong.
            let _ = writeln!(out, "# {line}");
        }
        let _ = writeln!(out, "{} = 1", Kind::Invitation.mark());
        for (name, field) in self.fields() {
            let _ = match field {
                // An ARN has no character that TOML would escape.
                Field::Text(text) if name == "role" => writeln!(out, "role = \"{text}\""),
                Field::Text(text) => writeln!(out, "{name} = {}", toml_text(&text)),
                Field::Bool(yes) => writeln!(out, "{name} = {yes}"),
                Field::Int(number) => writeln!(out, "{name} = {number}"),
                Field::List(texts) => {
                    let texts: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
                    writeln!(out, "{name} = [{}]", texts.join(", "))
                }
            };
        }
        out
    }

    /// The link that says the same.
    #[must_use]
    pub fn to_link(&self) -> String {
        let mut out = String::from("daypass:v1");
        for (at, (name, field)) in self.fields().into_iter().enumerate() {
            out.push(if at == 0 { '?' } else { '&' });
            let _ = match field {
                // The letters of an ARN may all stand in a link as they are.
                Field::Text(text) if name == "role" => write!(out, "role={text}"),
                Field::Text(text) => write!(out, "{name}={}", utf8_percent_encode(&text, LINK)),
                Field::Bool(yes) => write!(out, "{name}={yes}"),
                Field::Int(number) => write!(out, "{name}={number}"),
                Field::List(texts) => write!(out, "{name}={}", utf8_percent_encode(&texts.join(","), LINK)),
            };
        }
        out
    }

    /// The fields that say something, in the order of the schema.
    fn fields(&self) -> Vec<(&'static str, Field)> {
        let text = |text: &str| Some(Field::Text(text.to_owned())).filter(|_| !text.is_empty());
        let moment = |at: Option<Utc>| at.map(|at| Field::Text(at.to_rfc3339()));
        let yes = |yes: bool| Some(Field::Bool(true)).filter(|_| yes);
        let nets = self.source_ips.iter().map(ToString::to_string).collect();
        [
            ("customer", text(&clean(&self.customer, CUSTOMER_MOST))),
            ("role", Some(Field::Text(self.role.to_string()))),
            ("bucket", text(self.bucket.as_str())),
            ("prefix", text(self.prefix.as_str())),
            ("region", self.region.as_ref().and_then(|region| text(region.as_str()))),
            ("owner", self.owner.as_ref().and_then(|owner| text(owner.as_str()))),
            ("external_id", self.external_id.as_ref().and_then(|id| text(id.as_str()))),
            ("mfa", yes(self.mfa)),
            ("mfa_max_age", self.mfa_max_age.map(Field::Int)),
            ("session_is_user", yes(self.session_is_user)),
            ("source_ips", Some(Field::List(nets)).filter(|_| !self.source_ips.is_empty())),
            ("duration", Some(Field::Int(self.seconds))),
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
