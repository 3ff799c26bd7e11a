//! What is typed on the pages for access, and how it becomes the kit for the customer.

use super::kit_times::{age_read, age_written, day_of, day_read, moment_read, moment_written, written};
use crate::grant::fields::{MessageKind, TextProblem};
use crate::grant::names::new_external_id;
use crate::grant::request::Kms;
use crate::grant::words::{ask_problem, odd, text_problem};
use crate::grant::{self, Invitation, KitFormat, Principal, RequestProblem, RoleName, RoleRequest};
use crate::model::destination::Destination;
use crate::model::names::{AccountId, Bucket, ExternalId, KeyPrefix, NameProblem, Region, RoleArn, holds_secret};
use crate::time::Utc;
use crate::words::ask as words;
use crate::words::names::SECRET;
use crate::words::ui::{Field, field_problem};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashSet;

/// Whose page it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Asks for access.
    #[default]
    Contractor,
    /// Grants access.
    Customer,
}

/// A field of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entry {
    Who,
    Bucket,
    Folder,
    /// The first day.
    From,
    /// The last day.
    Until,
    /// The external id.
    ExternalId,
    /// The role to be made.
    RoleName,
    Networks,
    /// How old a code may be.
    MfaAge,
    Kms,
    Region,
    /// The days for abandoned parts.
    AbortDays,
    /// The customer's name.
    Customer,
    /// The role that was made.
    Role,
    Note,
    Contact,
}

/// Why there is no kit: the field where one is to blame, whether it is only still empty, and the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub entry: Option<Entry>,
    /// Whether nothing was entered yet, which is said quietly.
    pub missing: bool,
    pub text: String,
}

impl Wrong {
    fn at(entry: Entry, text: impl Into<String>) -> Self {
        Self { entry: Some(entry), missing: false, text: text.into() }
    }

    fn missing(entry: Entry, text: &str) -> Self {
        Self { entry: Some(entry), missing: true, text: text.to_owned() }
    }
}

/// The drafts of the page.
#[derive(Debug)]
pub struct Kit {
    pub(crate) side: Side,
    pub(crate) profile: Option<String>,
    pub(crate) today: Date,
    pub(crate) who: String,
    pub(crate) customer: String,
    pub(crate) bucket: String,
    pub(crate) folder: String,
    pub(crate) only_me: bool,
    pub(crate) mfa: bool,
    pub(crate) mfa_age: String,
    pub(crate) dates: bool,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) more: bool,
    pub(crate) external_id: String,
    /// The external id that is asked for where a whole account is let in and none was entered.
    new_external_id: Option<ExternalId>,
    pub(crate) role_name: String,
    pub(crate) networks: String,
    pub(crate) kms: String,
    pub(crate) region: String,
    pub(crate) abort_days: String,
    pub(crate) seconds: u32,
    pub(crate) session_is_user: bool,
    pub(crate) create_only: bool,
    pub(crate) clean_up: bool,
    pub(crate) new_bucket: bool,
    pub(crate) tab: usize,
    pub(crate) shell: usize,
    pub(crate) role: String,
    pub(crate) note: String,
    pub(crate) contact: String,
    /// Fields that lost the focus once: their problems are shown.
    pub(crate) left: HashSet<Entry>,
    /// The last text that was copied, so that the button can say so until something changes.
    pub(crate) copied: Option<String>,
    printed: Option<(RoleRequest, KitFormat, Result<String, RequestProblem>)>,
}

impl Kit {
    /// Returns the page as it opens: at `now`, with the dates of the next two weeks ready.
    #[must_use]
    pub fn new(side: Side, now: Utc, zone: &TimeZone) -> Self {
        let today = day_of(now, zone);
        let later = today.checked_add(jiff::Span::new().days(14)).unwrap_or(today);
        Self {
            side,
            profile: None,
            today,
            who: String::new(),
            customer: String::new(),
            bucket: String::new(),
            folder: String::new(),
            only_me: true,
            mfa: true,
            mfa_age: String::new(),
            dates: false,
            from: written(today),
            until: written(later),
            more: false,
            external_id: String::new(),
            new_external_id: new_external_id(),
            role_name: String::new(),
            networks: String::new(),
            kms: String::new(),
            region: String::new(),
            abort_days: String::new(),
            seconds: Destination::USUAL,
            session_is_user: false,
            create_only: true,
            clean_up: false,
            new_bucket: false,
            tab: 0,
            shell: 0,
            role: String::new(),
            note: String::new(),
            contact: String::new(),
            left: HashSet::new(),
            copied: None,
            printed: None,
        }
    }

    /// Fills the page with a request.
    pub fn fill(&mut self, ask: &RoleRequest, zone: &TimeZone) {
        let text = |value: Option<String>| value.unwrap_or_default();
        self.who = ask.who.to_string();
        self.customer.clone_from(&ask.customer);
        self.bucket = ask.bucket.to_string();
        ask.prefix.as_str().trim_end_matches('/').clone_into(&mut self.folder);
        self.only_me = ask.only_me;
        self.mfa = ask.mfa;
        self.mfa_age = text(ask.mfa_max_age.map(age_written));
        self.dates = ask.not_before.is_some() || ask.not_after.is_some();
        if self.dates {
            self.from = text(ask.not_before.map(|at| moment_written(at, false, zone)));
            self.until = text(ask.not_after.map(|at| moment_written(at, true, zone)));
        }
        self.external_id = text(ask.external_id.as_ref().map(ToString::to_string));
        self.role_name = ask.role_name.to_string();
        self.networks = ask.source_ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        self.kms = match &ask.kms {
            Kms::None => String::new(),
            Kms::Any => "any".to_owned(),
            Kms::Key(key) => key.to_string(),
        };
        self.region = text(ask.region.as_ref().map(ToString::to_string));
        self.abort_days = text(ask.abort_days.map(|days| days.to_string()));
        self.seconds = ask.seconds;
        self.session_is_user = ask.session_is_user;
        self.create_only = ask.create_only;
        self.clean_up = ask.clean_up;
        self.new_bucket = ask.new_bucket;
        self.more |= sets_more(ask);
        self.left.clear();
    }

    /// Returns who asks, as it was typed: an ARN, or an account with or without a user's name.
    ///
    /// # Errors
    /// Why it is nobody.
    pub fn typed(&self) -> Result<Principal, Wrong> {
        if self.who.trim().is_empty() {
            return Err(Wrong::missing(Entry::Who, words::NEEDS_WHO));
        }
        principal(&self.who).ok_or_else(|| match RoleRequest::from_text(&self.who) {
            Err(TextProblem::NotOurs | TextProblem::Empty) | Ok(_) => Wrong::at(Entry::Who, words::WHO_FORM),
            Err(why) => Wrong::at(Entry::Who, text_problem(MessageKind::Request, &why)),
        })
    }

    /// Returns what is asked for, by `who`.
    ///
    /// # Errors
    /// The first thing that does not hold.
    pub fn ask(&self, who: Result<Principal, Wrong>, zone: &TimeZone) -> Result<RoleRequest, Wrong> {
        let who = if self.side == Side::Customer { Ok(who?) } else { who };
        if self.bucket.trim().is_empty() {
            return Err(Wrong::missing(Entry::Bucket, words::NEEDS_BUCKET));
        }
        let named = |entry, field| move |why: NameProblem| Wrong::at(entry, field_problem(field, &why));
        let bucket = Bucket::from_pasted(&self.bucket).map_err(named(Entry::Bucket, Field::Bucket))?;
        let prefix = KeyPrefix::from_pasted(&self.folder).map_err(named(Entry::Folder, Field::Folder))?;
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut ask = RoleRequest::new(who?, bucket, prefix);
        ask.only_me = self.only_me;
        self.customer.trim().clone_into(&mut ask.customer);
        // A role can give no code, whatever was ticked before it was known who asks.
        ask.mfa = self.mfa && !ask.who.is_role();
        if let Some(text) = filled(&self.mfa_age).filter(|_| ask.mfa) {
            let age = age_read(&text).ok_or_else(|| of_ask(RequestProblem::MfaAge))?;
            ask.mfa_max_age = Some(age);
        }
        if self.dates {
            ask.not_before = self.day(Entry::From, zone)?;
            ask.not_after = self.day(Entry::Until, zone)?;
            if ask.not_before.is_none() && ask.not_after.is_none() {
                return Err(Wrong::at(Entry::Until, words::DAY_NEEDED));
            }
            let today = self.today.to_zoned(zone.clone()).map_or(i64::MIN, |day| day.timestamp().as_second());
            let in_order = ask.not_before.zip(ask.not_after).is_none_or(|(from, until)| from < until);
            if in_order && ask.not_after.is_some_and(|until| until.0 <= today) {
                return Err(Wrong::at(Entry::Until, words::DAY_OVER));
            }
        }
        if let Some(text) = filled(&self.external_id) {
            let id = ExternalId::from_pasted(&text).map_err(named(Entry::ExternalId, Field::ExternalId))?;
            ask.external_id = Some(id);
        } else if !ask.only_me {
            ask.external_id.clone_from(&self.new_external_id);
        }
        if let Some(text) = filled(&self.role_name) {
            ask.role_name = text.parse::<RoleName>().map_err(|why| {
                let text = if why == grant::names::FormProblem::Form { words::ROLE_NAME_FORM } else { odd(why) };
                Wrong::at(Entry::RoleName, text)
            })?;
        }
        for text in self.networks.split([',', ';', ' ', '\n']).filter(|text| !text.is_empty()) {
            let net = text.parse().map_err(|why| {
                let text = if why == grant::names::FormProblem::Form { words::NETWORKS_FORM } else { odd(why) };
                Wrong::at(Entry::Networks, text)
            })?;
            ask.source_ips.push(net);
        }
        if let Some(text) = filled(&self.kms) {
            ask.kms = text.parse().map_err(|why| {
                let text = if why == grant::names::FormProblem::Form { words::KMS_FORM } else { odd(why) };
                Wrong::at(Entry::Kms, text)
            })?;
        }
        if let Some(text) = filled(&self.region) {
            let region = Region::from_pasted(&text).map_err(named(Entry::Region, Field::Region))?;
            ask.region = Some(region);
        }
        if let Some(text) = filled(&self.abort_days) {
            let days = text.parse().map_err(|_why| of_ask(RequestProblem::AbortDays))?;
            ask.abort_days = Some(days);
        }
        ask.seconds = self.seconds;
        ask.session_is_user = self.session_is_user;
        ask.create_only = self.create_only;
        ask.clean_up = self.clean_up;
        ask.new_bucket = self.new_bucket;
        ask.check().map_err(of_ask)?;
        Ok(ask)
    }

    /// Returns the moment a day begins, or ends if it is the last one.
    fn day(&self, entry: Entry, zone: &TimeZone) -> Result<Option<Utc>, Wrong> {
        let (text, end) = if entry == Entry::From { (&self.from, false) } else { (&self.until, true) };
        if text.trim().is_empty() {
            return Ok(None);
        }
        moment_read(text, end, self.today, zone).map(Some).ok_or_else(|| Wrong::at(entry, words::DAY_FORM))
    }

    /// "Only from 1 Dec to 15 Dec", as far as the fields can be read.
    #[must_use]
    pub fn dates_said(&self) -> String {
        let short = |text: &str| {
            let (day, _) = day_read(text, self.today)?;
            Some(day.strftime(if day.year() == self.today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string())
        };
        words::dates(short(&self.from).as_deref(), short(&self.until).as_deref())
    }

    /// Returns the form that is looked at.
    #[must_use]
    pub fn format(&self) -> KitFormat {
        match (self.tab, self.shell) {
            (1, _) => KitFormat::Json,
            (2, 0) => KitFormat::Commands,
            (2, _) => KitFormat::PowerShell,
            (3, _) => KitFormat::Terraform,
            (_, _) => KitFormat::CloudFormation,
        }
    }

    /// Returns the text of the form that is looked at; it is printed again only when something has changed.
    ///
    /// # Errors
    /// What does not hold.
    pub fn print(&mut self, ask: &RoleRequest) -> Result<&str, Wrong> {
        let format = self.format();
        let kept = self.printed.take().filter(|(of, form, _)| of == ask && *form == format);
        let printed = kept.unwrap_or_else(|| (ask.clone(), format, grant::print(ask, format, None)));
        match &self.printed.insert(printed).2 {
            Ok(text) => Ok(text),
            Err(why) => Err(of_ask(*why)),
        }
    }

    /// Returns the invitation for the role that was made.
    ///
    /// # Errors
    /// What is wrong with the role's ARN.
    pub fn invitation(&self, ask: &RoleRequest) -> Result<Invitation, Wrong> {
        if self.role.trim().is_empty() {
            return Err(Wrong::missing(Entry::Role, &ask_problem(RequestProblem::RoleNeeded)));
        }
        let role: RoleArn =
            RoleArn::from_pasted(&self.role).map_err(|why| Wrong::at(Entry::Role, field_problem(Field::Role, &why)))?;
        for (entry, text) in [(Entry::Note, &self.note), (Entry::Contact, &self.contact)] {
            if holds_secret(text) {
                return Err(Wrong::at(entry, SECRET));
            }
        }
        let mut invitation = ask.invitation(role);
        self.note.trim().clone_into(&mut invitation.note);
        self.contact.trim().clone_into(&mut invitation.contact);
        Ok(invitation)
    }

    /// Returns a field's draft.
    pub(crate) fn draft(&mut self, entry: Entry) -> &mut String {
        match entry {
            Entry::Who => &mut self.who,
            Entry::Bucket => &mut self.bucket,
            Entry::Folder => &mut self.folder,
            Entry::From => &mut self.from,
            Entry::Until => &mut self.until,
            Entry::ExternalId => &mut self.external_id,
            Entry::RoleName => &mut self.role_name,
            Entry::Networks => &mut self.networks,
            Entry::MfaAge => &mut self.mfa_age,
            Entry::Kms => &mut self.kms,
            Entry::Region => &mut self.region,
            Entry::AbortDays => &mut self.abort_days,
            Entry::Customer => &mut self.customer,
            Entry::Role => &mut self.role,
            Entry::Note => &mut self.note,
            Entry::Contact => &mut self.contact,
        }
    }
}

/// Returns whether a request says something of its own in a field that is folded away at first.
fn sets_more(ask: &RoleRequest) -> bool {
    let usual = RoleRequest::new(ask.who.clone(), ask.bucket.clone(), ask.prefix.clone());
    let shown = RoleRequest {
        only_me: ask.only_me,
        mfa: ask.mfa,
        not_before: ask.not_before,
        not_after: ask.not_after,
        customer: ask.customer.clone(),
        ..usual
    };
    shown != *ask
}

fn of_ask(why: RequestProblem) -> Wrong {
    let entry = match why {
        RequestProblem::NotOnePerson | RequestProblem::NoUserName => Some(Entry::Who),
        RequestProblem::NoTime => Some(Entry::Until),
        RequestProblem::AbortDays => Some(Entry::AbortDays),
        RequestProblem::RegionNeeded | RequestProblem::OtherPartition => Some(Entry::Region),
        RequestProblem::KeyElsewhere => Some(Entry::Kms),
        RequestProblem::LegacyName | RequestProblem::AccessPoint => Some(Entry::Bucket),
        RequestProblem::TrustTooLong(_) | RequestProblem::TooManyNetworks => Some(Entry::Networks),
        RequestProblem::RoleNeeded => Some(Entry::Role),
        RequestProblem::MfaAge => Some(Entry::MfaAge),
        RequestProblem::Secret => Some(Entry::Customer),
        RequestProblem::Seconds | RequestProblem::NameTooShort | RequestProblem::SessionMfa => None,
    };
    Wrong { entry, missing: false, text: ask_problem(why) }
}

/// Returns an ARN, an account, or an account's twelve digits, with spaces or without, and a user's name.
#[must_use]
pub fn principal(text: &str) -> Option<Principal> {
    let text = text.trim();
    if let Ok(principal) = text.parse() {
        return Some(principal);
    }
    let mut digits = 0;
    let end = text.char_indices().find(|(_, c)| {
        digits += usize::from(c.is_ascii_digit());
        digits == 12 || !(c.is_ascii_digit() || matches!(c, ' ' | '-'))
    });
    let (account, name) = text.split_at(end.map_or(0, |(at, _)| at + 1));
    let account: String = account.chars().filter(char::is_ascii_digit).collect();
    let account: AccountId = account.parse().ok()?;
    let name = name.trim_start_matches([' ', ',', ':', '/', '\n', '\t']);
    Principal::user(&account, name).ok()
}
