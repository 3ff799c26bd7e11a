//! The names and keys of the practice server, for the window, the command line and the tests.

use super::{Inside, lock};
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

pub(super) const CONTRACTOR: &str = "111122223333";
pub(super) const CUSTOMER: &str = "444455556666";
pub(super) const BUCKET: &str = "importantprojectbucket";
pub(super) const ROLE: &str = "importantproject-contractorA-bucket-put";
/// The role that requires an MFA code.
pub(super) const CODE_ROLE: &str = "importantproject-contractorA-bucket-put-mfa";
pub const MFA_SERIAL: &str = "arn:aws:iam::111122223333:mfa/Richard";
/// The code that the device always shows.
pub const MFA_CODE: &str = "123456";
const PROFILE: &str = "importantproject";

/// A long-term access key. It works only on the practice server, but is kept out of Debug like a real one.
#[derive(Clone, PartialEq, Eq)]
pub struct PracticeKey {
    id: String,
    secret: String,
}

impl PracticeKey {
    pub(super) fn new(id: String, secret: String) -> Self {
        Self { id, secret }
    }

    /// Returns the access key ID, 20 characters.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the secret access key, 40 characters.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for PracticeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The endpoint of the practice server, and the names and keys to use it.
#[derive(Clone, Debug)]
pub struct Story {
    /// `http://127.0.0.1:PORT`, for both STS and (path-style) S3.
    pub endpoint: String,
    /// The role that the customer lends.
    pub role_arn: String,
    /// The role that requires an MFA code, if [`PracticeOptions::device`](super::PracticeOptions::device) is set.
    pub code_role_arn: String,
    pub bucket: String,
    pub region: String,
    /// The profile's name in the written files.
    pub profile: String,
    pub contractor_account: String,
    /// The account of the customer, which owns the bucket.
    pub customer_account: String,
    /// The user whom the role trusts.
    pub richard: PracticeKey,
    /// A user of the same account whom no role trusts.
    pub mallory: PracticeKey,
    /// The customer's own key, with all permissions on the bucket.
    pub owner: PracticeKey,
}

impl Story {
    pub(super) fn of(inside: &Inside) -> Self {
        let iam = lock(&inside.iam);
        let keys = |name| {
            iam.user_named(name).map_or_else(|| PracticeKey::new(String::new(), String::new()), |u| u.keys.clone())
        };
        Self {
            endpoint: inside.endpoint.clone(),
            role_arn: format!("arn:aws:iam::{CUSTOMER}:role/{ROLE}"),
            code_role_arn: format!("arn:aws:iam::{CUSTOMER}:role/{CODE_ROLE}"),
            bucket: BUCKET.to_owned(),
            region: inside.options.region.clone(),
            profile: PROFILE.to_owned(),
            contractor_account: CONTRACTOR.to_owned(),
            customer_account: CUSTOMER.to_owned(),
            richard: keys("Richard"),
            mallory: keys("Mallory"),
            owner: keys("owner"),
        }
    }

    /// Writes `credentials` and `config` with the profiles `importantproject` and `mallory` into `dir`, which must
    /// exist.
    ///
    /// # Errors
    ///
    /// The system's error if the files can't be written.
    pub fn write_profile_files(&self, dir: &Path) -> io::Result<()> {
        let mut credentials = String::new();
        let mut config = String::new();
        for (name, keys) in [(self.profile.as_str(), &self.richard), ("mallory", &self.mallory)] {
            let PracticeKey { id, secret } = keys;
            let lines = ["aws_access_key_id = ", id, "\naws_secret_access_key = ", secret, "\n\n"].concat();
            credentials.extend(["[", name, "]\n", &lines]);
            config.extend(["[profile ", name, "]\nregion = ", &self.region, "\n\n"]);
        }
        write_private(&dir.join("credentials"), &credentials)?;
        write_private(&dir.join("config"), &config)
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut how = std::fs::OpenOptions::new();
    how.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut how, 0o600);
    how.open(path)?.write_all(text.as_bytes())
}
