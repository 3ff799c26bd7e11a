//! Holds the contractor's own credentials in memory: keys of this run, credentials from commands and sign-ins, and
//! which commands may run.

use super::credentials::{Given, SourceKeys, Token};
use super::profiles::AccessKey;
use crate::model::snapshot::{Profile, Source};
use crate::time::Utc;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long before their end credentials count as expired, in seconds: AssumeRole must be answered before then.
const BEFORE: i64 = 300;

/// The store. Clones share their content.
#[derive(Clone, Default)]
pub(super) struct CredentialStore(Arc<Mutex<StoredCredentials>>);

#[derive(Default)]
struct StoredCredentials {
    run: Vec<(String, SourceKeys)>,
    given: HashMap<String, Given>,
    tokens: HashMap<String, Token>,
    allowed: HashSet<String>,
}

impl CredentialStore {
    fn lock(&self) -> MutexGuard<'_, StoredCredentials> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a key under a profile's name until Daypass ends. It takes precedence over a profile in the files.
    pub fn put_key(&self, profile: &str, keys: AccessKey) {
        let keys = SourceKeys { access_key_id: keys.access_key_id, secret: keys.secret, token: keys.token };
        let mut held = self.lock();
        held.run.retain(|(name, _)| name != profile);
        held.run.push((profile.to_owned(), keys));
    }

    /// Returns the key kept under this name.
    pub fn key(&self, profile: &str) -> Option<SourceKeys> {
        self.lock().run.iter().find(|(name, _)| name == profile).map(|(_, keys)| keys.clone())
    }

    /// Whether a key is kept under this name.
    pub fn has(&self, profile: &str) -> bool {
        self.lock().run.iter().any(|(name, _)| name == profile)
    }

    /// Drops the key kept under this name; returns whether there was one.
    pub fn drop_key(&self, profile: &str) -> bool {
        let mut held = self.lock();
        let before = held.run.len();
        held.run.retain(|(name, _)| name != profile);
        held.run.len() != before
    }

    /// Renames a key of this run; returns whether there was one.
    pub fn rename_key(&self, from: &str, to: &str) -> bool {
        let mut held = self.lock();
        let found = held.run.iter_mut().find(|(name, _)| name == from);
        found.map(|(name, _)| to.clone_into(name)).is_some()
    }

    /// Returns the profiles of this run, in the form of those from the files.
    pub fn profiles(&self) -> Vec<Profile> {
        let profile = |(name, keys): &(String, SourceKeys)| Profile {
            name: name.clone(),
            source: if keys.token.is_some() { Source::TemporaryKey } else { Source::Key },
            key_tail: keys.access_key_id.get(keys.access_key_id.len().saturating_sub(4)..).map(str::to_owned),
            region: None,
            role_arn: None,
            source_profile: None,
            external_id: None,
            mfa_serial: None,
            role_session_name: None,
            duration_seconds: None,
            credential_process: None,
            this_run: true,
        };
        self.lock().run.iter().map(profile).collect()
    }

    /// Returns the credentials stored under `mark`, if they are still valid at `now`.
    pub fn given(&self, mark: &str, now: Utc) -> Option<SourceKeys> {
        let held = self.lock();
        let given = held.given.get(mark)?;
        given.ends.is_some_and(|ends| ends.0.saturating_sub(now.0) > BEFORE).then(|| given.keys.clone())
    }

    /// Stores temporary credentials under `mark`, if their end is known.
    pub fn put_given(&self, mark: &str, given: Given) {
        if given.ends.is_some() {
            self.lock().given.insert(mark.to_owned(), given);
        }
    }

    /// Stores the token of a sign-in, under its session's name or start URL.
    pub fn put_token(&self, name: &str, token: Token) {
        self.lock().tokens.insert(name.to_owned(), token);
    }

    /// Returns the token stored under this name.
    pub fn token(&self, name: &str) -> Option<Token> {
        self.lock().tokens.get(name).cloned()
    }

    pub fn drop_token(&self, name: &str) {
        self.lock().tokens.remove(name);
    }

    /// Drops all credentials from commands and sign-ins: the next use gets new ones.
    pub fn forget_given(&self) {
        self.lock().given.clear();
    }

    /// Sets the commands that may run, by fingerprint.
    pub fn allow<'a>(&self, fingerprints: impl Iterator<Item = &'a str>) {
        self.lock().allowed = fingerprints.map(str::to_owned).collect();
    }

    /// Whether the command with this fingerprint may run.
    pub fn may_run(&self, fingerprint: &str) -> bool {
        self.lock().allowed.contains(fingerprint)
    }
}

impl fmt::Debug for CredentialStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialStore")
    }
}
