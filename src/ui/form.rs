//! What is typed on the first screen, and how it becomes a destination.

use crate::model::conditions::Terms;
use crate::model::destination::{Destination, Encryption};
use crate::model::names::{
    AccountId, Bucket, ExternalId, KeyPrefix, MfaSerial, NameProblem, Region, RoleArn, RoleSessionName,
};
use crate::model::snapshot::{Profile, Profiles, Snapshot, Source};
use crate::model::upload::DestinationId;
use crate::words::accounts;
use crate::words::ui::{self as words, Field};
use std::collections::HashSet;

/// Where the text in the form came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// The person types.
    #[default]
    Hand,
    Invitation,
    /// An earlier customer, whose entries are edited.
    Known,
    /// A destination that is open and is to be changed.
    Change(DestinationId),
}

impl From {
    /// Returns whether it changes what was entered before.
    #[must_use]
    pub const fn changes(self) -> bool {
        match self {
            Self::Hand | Self::Invitation => false,
            Self::Known | Self::Change(_) => true,
        }
    }
}

/// The encryption that is asked for with each file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encrypt {
    /// The bucket's default.
    #[default]
    AsBucket,
    /// With S3's own keys.
    S3,
    /// With a key of KMS.
    Kms,
}

/// The drafts of the first screen.
#[derive(Debug)]
pub struct Form {
    pub(crate) from: From,
    pub(crate) profile: Option<String>,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) bucket: String,
    pub(crate) folder: String,
    pub(crate) external_id: String,
    pub(crate) mfa: String,
    pub(crate) session_name: String,
    pub(crate) region: String,
    pub(crate) owner: String,
    pub(crate) seconds: u32,
    pub(crate) narrow: bool,
    pub(crate) acl: bool,
    pub(crate) encrypt: Encrypt,
    pub(crate) kms_key: String,
    /// Whether it is practice, which can't be typed.
    pub(crate) practice: bool,
    pub(crate) rest_open: bool,
    /// The terms of the invitation for this role.
    terms: Option<(RoleArn, Terms)>,
    /// What the picked profile filled in.
    filled: Option<Filled>,
    /// Fields that lost the focus once: their problems are shown.
    pub(crate) left: HashSet<&'static str>,
    pub(crate) submitted: bool,
    /// Profiles whose identity was already asked for.
    pub(crate) asked: HashSet<String>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            from: From::Hand,
            profile: None,
            name: String::new(),
            role: String::new(),
            bucket: String::new(),
            folder: String::new(),
            external_id: String::new(),
            mfa: String::new(),
            session_name: String::new(),
            region: String::new(),
            owner: String::new(),
            seconds: Destination::USUAL,
            narrow: true,
            acl: false,
            encrypt: Encrypt::AsBucket,
            kms_key: String::new(),
            practice: false,
            rest_open: false,
            terms: None,
            filled: None,
            left: HashSet::new(),
            submitted: false,
            asked: HashSet::new(),
        }
    }
}

/// What a profile that is a role filled in.
#[derive(Clone, Debug)]
struct Filled {
    role: String,
    external_id: String,
    mfa: String,
    session_name: String,
    region: String,
    seconds: u32,
}

/// The lengths to choose from, in seconds.
pub const LENGTHS: [u32; 6] = [900, 3600, 7200, 14_400, 28_800, 43_200];

impl Form {
    /// Fills the form with a destination.
    pub fn fill(&mut self, to: &Destination, from: From) {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let asked = std::mem::take(&mut self.asked);
        let (encrypt, kms_key) = match &to.encryption {
            Encryption::None => (Encrypt::AsBucket, String::new()),
            Encryption::SseS3 => (Encrypt::S3, String::new()),
            Encryption::SseKms(key) => (Encrypt::Kms, text(key.as_deref())),
        };
        let profile = if to.profile.is_empty() { self.profile.take() } else { Some(to.profile.clone()) };
        *self = Self {
            from,
            profile,
            name: to.name.clone(),
            role: to.role.to_string(),
            bucket: to.bucket.to_string(),
            folder: to.prefix.as_str().trim_end_matches('/').to_owned(),
            external_id: text(to.external_id.as_ref().map(ExternalId::as_str)),
            mfa: text(to.mfa_serial.as_ref().map(MfaSerial::as_str)),
            session_name: text(to.session_name.as_ref().map(RoleSessionName::as_str)),
            region: text(to.region.as_ref().map(Region::as_str)),
            owner: text(to.owner.as_ref().map(AccountId::as_str)),
            seconds: to.seconds,
            narrow: to.narrow,
            terms: Some((to.role.clone(), to.terms.clone())),
            acl: to.acl_full_control,
            encrypt,
            kms_key,
            practice: to.practice,
            asked,
            ..Self::default()
        };
    }

    /// Opens the fields that are not shown at first.
    pub fn open_rest(&mut self) {
        self.rest_open = true;
    }

    /// Returns the profile that is picked: the person's choice, or the first that can be used.
    #[must_use]
    pub fn picked<'a>(&self, profiles: &'a Profiles) -> Option<&'a Profile> {
        match &self.profile {
            Some(name) => profiles.list.iter().find(|profile| profile.name == *name),
            None => profiles.list.iter().find(|profile| usable(profile)),
        }
    }

    /// Picks a profile; one that names a role fills the form, and takes back what another had filled in.
    pub fn pick(&mut self, profile: &Profile) {
        if self.profile.as_ref() != Some(&profile.name) {
            self.take_back(true);
        }
        self.profile = Some(profile.name.clone());
        let Some(role) = &profile.role_arn else { return };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let seconds = profile.duration_seconds.map(|s| s.clamp(Destination::SHORTEST, Destination::LONGEST));
        let filled = Filled {
            role: role.clone(),
            external_id: text(&profile.external_id),
            mfa: text(&profile.mfa_serial),
            session_name: text(&profile.role_session_name),
            region: text(&profile.region),
            seconds: seconds.unwrap_or(self.seconds),
        };
        self.role.clone_from(&filled.role);
        self.external_id.clone_from(&filled.external_id);
        self.mfa.clone_from(&filled.mfa);
        self.session_name.clone_from(&filled.session_name);
        self.region.clone_from(&filled.region);
        self.seconds = filled.seconds;
        self.filled = Some(filled);
    }

    /// Enters a role as a person types it.
    pub fn enter_role(&mut self, role: &str) {
        role.clone_into(&mut self.role);
    }

    /// Takes back what the profile filled in for its role once another role stands there. Call it when the role was left.
    pub fn role_left(&mut self) {
        let arn = |text: &str| RoleArn::from_pasted(text).ok();
        if self.filled.as_ref().is_some_and(|filled| arn(&filled.role) != arn(&self.role)) {
            self.take_back(false);
        }
    }

    /// Empties the fields that still hold what a profile filled in; `role` says whether its role goes too.
    fn take_back(&mut self, role: bool) {
        let Some(filled) = self.filled.take() else { return };
        let mut fields = vec![
            (&mut self.external_id, &filled.external_id),
            (&mut self.mfa, &filled.mfa),
            (&mut self.session_name, &filled.session_name),
            (&mut self.region, &filled.region),
        ];
        if role {
            fields.push((&mut self.role, &filled.role));
        }
        for (field, was) in fields {
            if field == was {
                field.clear();
            }
        }
        if self.seconds == filled.seconds {
            self.seconds = Destination::USUAL;
        }
    }

    /// Returns what stands in the form as a destination, or the first field that is not right.
    ///
    /// # Errors
    /// The field, and what to say about it.
    pub fn destination(&self, profiles: &Profiles) -> Result<Destination, (Option<Field>, String)> {
        let profile = self.picked(profiles).ok_or_else(|| (None, words::welcome::PICK_FIRST.to_owned()))?;
        let role = checked(Field::Role, RoleArn::from_pasted(&self.role))?;
        let bucket = checked(Field::Bucket, Bucket::from_pasted(&self.bucket))?;
        let name = if self.name.trim().is_empty() { bucket.to_string() } else { self.name.trim().to_owned() };
        Ok(Destination {
            name,
            profile: profiles.asking(&profile.name, &role).to_owned(),
            bucket,
            prefix: checked(Field::Folder, KeyPrefix::from_pasted(&self.folder))?,
            region: maybe(Field::Region, &self.region, Region::from_pasted)?,
            owner: maybe(Field::Account, &self.owner, AccountId::from_pasted)?,
            seconds: self.seconds,
            external_id: maybe(Field::ExternalId, &self.external_id, ExternalId::from_pasted)?,
            mfa_serial: maybe(Field::Mfa, &self.mfa, MfaSerial::from_pasted)?,
            session_name: maybe(Field::SessionName, &self.session_name, RoleSessionName::from_pasted)?,
            narrow: self.narrow,
            terms: self
                .terms
                .as_ref()
                .filter(|(of, _)| *of == role)
                .map(|(_, terms)| terms.clone())
                .unwrap_or_default(),
            practice: self.practice,
            acl_full_control: self.acl,
            encryption: self.encryption()?,
            role,
        })
    }

    fn encryption(&self) -> Result<Encryption, (Option<Field>, String)> {
        let key = self.kms_key.trim();
        match self.encrypt {
            Encrypt::AsBucket => Ok(Encryption::None),
            Encrypt::S3 => Ok(Encryption::SseS3),
            Encrypt::Kms if key.is_empty() => Ok(Encryption::SseKms(None)),
            Encrypt::Kms if Encryption::is_key(key) => Ok(Encryption::SseKms(Some(key.into()))),
            Encrypt::Kms => Err((None, accounts::form::KMS_KEY_FORM.to_owned())),
        }
    }

    /// Returns what is wrong with the key, once its field was left or sent.
    #[must_use]
    pub fn kms_wrong(&self) -> Option<String> {
        let looked = self.submitted || self.left.contains(accounts::form::KMS_KEY);
        self.encryption().err().map(|(_, why)| why).filter(|_| looked)
    }

    /// Returns what is wrong with a field, once it was left or sent.
    #[must_use]
    pub fn wrong(&self, field: Field, key: &'static str) -> Option<String> {
        if !self.submitted && !self.left.contains(key) {
            return None;
        }
        let text = match field {
            Field::Role => &self.role,
            Field::Bucket => &self.bucket,
            Field::Folder => &self.folder,
            Field::ExternalId => &self.external_id,
            Field::Mfa => &self.mfa,
            Field::SessionName => &self.session_name,
            Field::Region => &self.region,
            Field::Account => &self.owner,
        };
        if text.trim().is_empty() && (!self.submitted || !matches!(field, Field::Role | Field::Bucket)) {
            return None;
        }
        let why = match field {
            Field::Role => RoleArn::from_pasted(text).err(),
            Field::Bucket => Bucket::from_pasted(text).err(),
            Field::Folder => KeyPrefix::from_pasted(text).err(),
            Field::ExternalId => ExternalId::from_pasted(text).err(),
            Field::Mfa => MfaSerial::from_pasted(text).err(),
            Field::SessionName => RoleSessionName::from_pasted(text).err(),
            Field::Region => Region::from_pasted(text).err(),
            Field::Account => AccountId::from_pasted(text).err(),
        };
        why.map(|why| words::field_problem(field, &why))
    }
}

/// Returns whether a profile can be asked for a key.
#[must_use]
pub const fn usable(profile: &Profile) -> bool {
    match profile.source {
        Source::Key
        | Source::TemporaryKey
        | Source::Role
        | Source::SignIn
        | Source::Process
        | Source::Login
        | Source::TokenFile
        | Source::Environment => true,
        Source::TokenMissing | Source::Unsupported | Source::Nothing => false,
    }
}

/// Returns whether its credentials are temporary, so that sessions through it last an hour at most (AWS STS,
/// AssumeRole, role chaining). What a command or a temporary key gives is taken for such until it is known whose it is.
#[must_use]
pub fn chained(profile: &Profile, role: &str, seen: &Snapshot) -> bool {
    let mut base = profile;
    // A profile that is the role which is asked for leaves it to its source; one that is another role comes first.
    if matches!(base.source, Source::Role | Source::Environment) && base.role_arn.as_deref() != Some(role.trim()) {
        return true;
    }
    let source = base.source_profile.as_ref().filter(|_| base.source == Source::Role);
    if let Some(source) = source.and_then(|name| seen.profiles.list.iter().find(|profile| profile.name == *name)) {
        base = source;
    }
    match base.source {
        Source::SignIn | Source::Login | Source::TokenFile => true,
        Source::TemporaryKey | Source::Process | Source::Environment => {
            let known = super::identity(seen, &profile.name).or_else(|| super::identity(seen, &base.name));
            known.is_none_or(|who| who.arn.contains(":assumed-role/"))
        }
        Source::Role => base.name != profile.name,
        Source::Key | Source::TokenMissing | Source::Unsupported | Source::Nothing => false,
    }
}

fn checked<T>(field: Field, value: Result<T, NameProblem>) -> Result<T, (Option<Field>, String)> {
    value.map_err(|why| (Some(field), words::field_problem(field, &why)))
}

fn maybe<T>(
    field: Field,
    text: &str,
    parse: fn(&str) -> Result<T, NameProblem>,
) -> Result<Option<T>, (Option<Field>, String)> {
    if text.trim().is_empty() { Ok(None) } else { checked(field, parse(text).map(Some)) }
}
