//! Random texts for the practice server's keys, tokens and IDs, repeatable from a seed.

use super::lock;
use super::sign::hex;
use sha2::{Digest, Sha256};
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const KEY_ID: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+";

/// A source of random bytes: SHA-256 over a seed and a counter.
pub(super) struct Random {
    seed: [u8; 32],
    drawn: Mutex<u64>,
}

impl Random {
    /// Creates a source from `seed`, or from the operating system's randomness (via the standard library's hash keys).
    pub(super) fn new(seed: Option<u64>) -> Self {
        let mut hash = Sha256::new();
        match seed {
            Some(seed) => hash.update(seed.to_be_bytes()),
            None => {
                for n in 0..4_u64 {
                    hash.update(RandomState::new().hash_one(n).to_be_bytes());
                }
            }
        }
        Self { seed: hash.finalize().into(), drawn: Mutex::new(0) }
    }

    fn block(&self) -> [u8; 32] {
        let mut drawn = lock(&self.drawn);
        *drawn += 1;
        Sha256::new().chain_update(self.seed).chain_update(drawn.to_be_bytes()).finalize().into()
    }

    fn text(&self, letters: &[u8], length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let room = length - text.len();
            text.extend(
                self.block().iter().take(room).map(|byte| char::from(letters[usize::from(*byte) % letters.len()])),
            );
        }
        text
    }

    /// Returns an access key ID or unique ID of 20 characters with AWS's prefix: `AKIA`, `ASIA`, `AIDA`, `AROA`.
    pub(super) fn id(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.text(KEY_ID, 16))
    }

    /// Returns a secret access key of 40 characters.
    pub(super) fn secret(&self) -> String {
        self.text(SECRET, 40)
    }

    /// Returns a session token, whose length has no meaning, as in AWS.
    pub(super) fn token(&self) -> String {
        format!("{}{}==", super::iam::TOKEN_START, self.text(SECRET, 330))
    }

    /// Returns an upload ID of 96 characters.
    pub(super) fn upload_id(&self) -> String {
        self.text(ALNUM, 96)
    }

    /// Returns a value of `x-amz-request-id`.
    pub(super) fn request_id(&self) -> String {
        self.text(b"0123456789ABCDEF", 16)
    }

    /// Returns a value of `x-amz-id-2`.
    pub(super) fn host_id(&self) -> String {
        format!("{}=", self.text(SECRET, 75))
    }

    /// Returns a UUID, the form of STS's request IDs.
    pub(super) fn uuid(&self) -> String {
        let text = hex(&self.block()[..16]);
        format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_sequence_and_no_seed_does_not() {
        let (a, b) = (Random::new(Some(7)), Random::new(Some(7)));
        assert_eq!(a.secret(), b.secret());
        assert_ne!(a.secret(), a.secret());
        assert_ne!(Random::new(None).secret(), Random::new(None).secret());
        assert_eq!(a.id("ASIA").len(), 20);
    }
}
