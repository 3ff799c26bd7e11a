//! The only holder of the customer's secrets: each destination's session credentials, and MFA codes on their way to
//! STS.

use crate::model::upload::DestinationId;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// The signer's error if the vault holds no session for its destination.
#[derive(Debug)]
pub(super) struct NoSession;

impl fmt::Display for NoSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no session for this destination")
    }
}

impl Error for NoSession {}

/// The temporary credentials from AssumeRole. Wiped when dropped; Debug shows nothing.
pub struct SessionCredentials(Credentials);

impl SessionCredentials {
    /// Returns credentials of these three values. The model tracks their expiration.
    #[must_use]
    pub fn new(access_key_id: &str, secret: &str, token: &str) -> Self {
        Self(Credentials::new(access_key_id, secret, Some(token.to_owned()), None, "session"))
    }
}

impl fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCredentials")
    }
}

/// All secrets of this run. Clones share their content.
#[derive(Clone, Default)]
pub struct Vault(Arc<Mutex<VaultContents>>);

#[derive(Default)]
struct VaultContents {
    tickets: u64,
    slots: HashMap<DestinationId, Slot>,
}

#[derive(Default)]
struct Slot {
    /// Tickets up to this one were drawn before the user signed out or newer credentials arrived.
    spent: u64,
    session: Option<Credentials>,
    code: Option<Zeroizing<String>>,
}

/// The right to put the answer of one AssumeRole into the vault; drawn before the call is made.
#[derive(Debug)]
pub struct Ticket {
    place: DestinationId,
    number: u64,
}

impl Vault {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws the right to store what the next AssumeRole returns for this destination.
    #[must_use]
    pub fn ticket(&self, place: DestinationId) -> Ticket {
        let mut held = self.lock();
        held.tickets += 1;
        Ticket { place, number: held.tickets }
    }

    /// Stores credentials; every later request of this destination is signed with them. Returns false and stores
    /// nothing if the user has signed out or newer credentials have arrived since the ticket was drawn.
    #[must_use]
    pub fn put(&self, ticket: &Ticket, credentials: SessionCredentials) -> bool {
        let mut held = self.lock();
        let slot = held.slots.entry(ticket.place).or_default();
        if ticket.number <= slot.spent {
            return false;
        }
        slot.spent = ticket.number;
        slot.session = Some(credentials.0);
        true
    }

    /// Drops everything held for this destination, and rejects what pending calls still return.
    pub fn forget(&self, place: DestinationId) {
        let mut held = self.lock();
        let spent = held.tickets;
        held.slots.insert(place, Slot { spent, session: None, code: None });
    }

    /// Stores an MFA code for the next AssumeRole of this destination.
    pub fn put_code(&self, place: DestinationId, code: Zeroizing<String>) {
        self.lock().slots.entry(place).or_default().code = Some(code);
    }

    /// Removes and returns the MFA code: AWS accepts each code once.
    #[must_use]
    pub fn take_code(&self, place: DestinationId) -> Option<Zeroizing<String>> {
        self.lock().slots.get_mut(&place)?.code.take()
    }

    /// Puts back a code that AWS did not check. It is dropped if the ticket is spent or a newer code is stored.
    pub fn put_back(&self, ticket: &Ticket, code: Zeroizing<String>) {
        let mut held = self.lock();
        let slot = held.slots.entry(ticket.place).or_default();
        if ticket.number > slot.spent && slot.code.is_none() {
            slot.code = Some(code);
        }
    }

    /// Whether there are credentials for this destination.
    #[must_use]
    pub fn has(&self, place: DestinationId) -> bool {
        self.lock().slots.get(&place).is_some_and(|slot| slot.session.is_some())
    }

    /// Returns a signer for this destination alone.
    #[must_use]
    pub fn signer(&self, place: DestinationId) -> Signer {
        Signer { vault: self.clone(), place }
    }

    fn lock(&self) -> MutexGuard<'_, VaultContents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

/// Signs for one destination with the credentials that the vault holds for it at that moment.
#[derive(Clone, Debug)]
pub struct Signer {
    vault: Vault,
    place: DestinationId,
}

impl Signer {
    /// Returns the destination it signs for.
    #[must_use]
    pub const fn place(&self) -> DestinationId {
        self.place
    }
}

impl ProvideCredentials for Signer {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let session = self.vault.lock().slots.get(&self.place).and_then(|slot| slot.session.clone());
        future::ProvideCredentials::ready(session.ok_or_else(|| CredentialsError::not_loaded(NoSession)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: DestinationId = DestinationId(1);
    const B: DestinationId = DestinationId(2);

    async fn key(vault: &Vault, place: DestinationId) -> Option<String> {
        vault.signer(place).provide_credentials().await.ok().map(|c| c.access_key_id().to_owned())
    }

    #[tokio::test]
    async fn each_destination_signs_with_its_own_credentials() {
        let vault = Vault::new();
        assert!(vault.put(&vault.ticket(A), SessionCredentials::new("ASIAA", "sa", "ta")));
        assert!(vault.put(&vault.ticket(B), SessionCredentials::new("ASIAB", "sb", "tb")));
        assert_eq!(key(&vault, A).await.as_deref(), Some("ASIAA"));
        assert_eq!(key(&vault, B).await.as_deref(), Some("ASIAB"));
        assert_eq!(key(&vault, DestinationId(3)).await, None);
        vault.forget(A);
        assert!(!vault.has(A) && vault.has(B));
    }

    #[tokio::test]
    async fn late_credentials_are_dropped() {
        let vault = Vault::new();
        let (older, newer) = (vault.ticket(A), vault.ticket(A));
        assert!(vault.put(&newer, SessionCredentials::new("NEW", "s", "t")));
        assert!(!vault.put(&older, SessionCredentials::new("OLD", "s", "t")));
        assert_eq!(key(&vault, A).await.as_deref(), Some("NEW"));
        let out = vault.ticket(A);
        vault.forget(A);
        assert!(!vault.put(&out, SessionCredentials::new("LATE", "s", "t")), "the person signed out meanwhile");
        assert_eq!(key(&vault, A).await, None);
        assert!(vault.put(&vault.ticket(A), SessionCredentials::new("AGAIN", "s", "t")));
    }

    #[test]
    fn a_code_is_used_once_and_debug_output_hides_secrets() {
        let vault = Vault::new();
        vault.put_code(A, Zeroizing::new("123456".into()));
        let _kept = vault.put(&vault.ticket(A), SessionCredentials::new("ASIAX", "secretX", "tokenX"));
        let shown = format!("{vault:?} {:?} {:?}", vault.signer(A), SessionCredentials::new("ASIAX", "secretX", "t"));
        assert!(!shown.contains("123456") && !shown.contains("secretX") && !shown.contains("ASIAX"), "{shown}");
        assert_eq!(vault.take_code(A).as_deref().map(String::as_str), Some("123456"));
        assert!(vault.take_code(A).is_none());
        vault.put_code(A, Zeroizing::new("654321".into()));
        vault.forget(A);
        assert!(vault.take_code(A).is_none());
    }

    #[test]
    fn an_unchecked_code_can_be_used_again() {
        let (vault, code) = (Vault::new(), |text: &str| Zeroizing::new(text.to_owned()));
        let ticket = vault.ticket(A);
        vault.put_back(&ticket, code("123456"));
        vault.put_back(&ticket, code("000000"));
        assert_eq!(vault.take_code(A), Some(code("123456")));
        vault.put_code(A, code("222222"));
        vault.put_back(&ticket, code("123456"));
        assert_eq!(vault.take_code(A), Some(code("222222")), "the newer one");
        vault.forget(A);
        vault.put_back(&ticket, code("123456"));
        assert_eq!(vault.take_code(A), None, "the person signed out meanwhile");
    }
}
