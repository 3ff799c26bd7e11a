//! From a profile to a session: resolves the key, identifies it, assumes the role, and finds the bucket's region.

use super::context::AwsContext;
use super::credentials::{SourceKeys, fingerprint};
use super::environment;
use super::process;
use super::profiles::{self, AccessKey, Chain, CredentialOrigin, OwnRole};
use super::s3::S3;
use super::sts;
use super::vault::Ticket;
use crate::model::command_problem::CommandProblem;
use crate::model::destination::Destination;
use crate::model::event::{AssumeRole, Assumed};
use crate::model::names::{Region, RoleArn};
use crate::model::problem::{Kind, Problem, Retry};
use crate::model::session::Identity;
use crate::model::upload::DestinationId;
use std::path::PathBuf;
use zeroize::Zeroizing;

impl AwsContext {
    /// Returns the key with which a profile asks for this role, and the profile's region. A key of this run takes
    /// precedence; otherwise the files are re-read, so that a changed key is used at once. If the profile has a role
    /// other than this one, that role is assumed first.
    pub async fn keys(&self, profile: &str, role: Option<&RoleArn>) -> Result<(SourceKeys, Option<String>), Problem> {
        if let Some(keys) = self.sources.key(profile) {
            return Ok((keys, None));
        }
        let (paths, name, customers) = (self.paths.clone(), profile.to_owned(), role.cloned());
        let read = tokio::task::spawn_blocking(move || profiles::chain(&paths, &name, customers.as_ref()));
        let Chain { origin, roles, region } = read.await.map_err(|_panic| Problem::new(Kind::ProfileOdd))??;
        let partition = region.as_deref().and_then(|region| region.parse::<Region>().ok()).map(|r| r.partition());
        if let (Some(role), Some(partition)) = (role, partition)
            && role.partition() != partition
        {
            return Err(Problem::new(Kind::OtherPartition));
        }
        self.http.log().keys_from(profile, origin.name(), roles.len());
        let mut keys = match origin {
            CredentialOrigin::Keys(keys) => source(keys),
            CredentialOrigin::SignIn(base) => self.signed_in(&base).await?,
            CredentialOrigin::Login(base) => self.logged_in(&base).await?,
            CredentialOrigin::Process { profile: _, command } => self.printed(&command).await?,
            CredentialOrigin::TokenFile { file, role } => self.by_token(file, &role, region.as_deref()).await?,
            CredentialOrigin::Environment => environment::key(|name| std::env::var_os(name), &self.clock)?,
        };
        for own in &roles {
            keys = self.own_role(&keys, own, region.as_deref()).await?;
        }
        Ok((keys, region))
    }

    /// Returns a session of a role that the profile assumes; requests a new one once it has expired.
    async fn own_role(&self, keys: &SourceKeys, own: &OwnRole, region: Option<&str>) -> Result<SourceKeys, Problem> {
        let parts =
            [keys.access_key_id.as_str(), own.role.as_str(), own.external_id.as_ref().map_or("", |id| id.as_str())];
        let mark = fingerprint(&format!("{}\n{}\n{:?}", parts.join("\n"), own.session_name.as_str(), own.seconds));
        if let Some(keys) = self.sources.given(&mark, self.clock.utc()) {
            return Ok(keys);
        }
        let region = sts::region_for(Some(&own.role), None, region);
        let (http, clock) = (&self.http, &self.clock);
        let given =
            where_in_use(region, |region| async move { sts::assume_own_role(http, keys, &region, own, clock).await });
        let given = given.await?;
        self.sources.put_given(&mark, given.clone());
        Ok(given.keys)
    }

    /// Returns a session of the role that the token in this file is for; requests a new one once it has expired. The
    /// file is then re-read, since its writer replaces the token before it expires.
    async fn by_token(&self, file: PathBuf, own: &OwnRole, region: Option<&str>) -> Result<SourceKeys, Problem> {
        let parts = [&file.to_string_lossy(), own.role.as_str(), own.session_name.as_str()];
        let mark = fingerprint(&parts.join("\n"));
        if let Some(keys) = self.sources.given(&mark, self.clock.utc()) {
            return Ok(keys);
        }
        let region = sts::region_for(Some(&own.role), None, region);
        let (path, at) = (file.clone(), self.clock.clone());
        let read = tokio::task::spawn_blocking(move || sts::token_of(&path, &at));
        let token = read.await.map_err(|_panic| Problem::new(Kind::KeyNotFound))??;
        let (http, clock, token, of) = (&self.http, &self.clock, &token, (own, file.as_path()));
        let given =
            where_in_use(region, |region| async move { sts::assume_by_token(http, token, &region, of, clock).await });
        let given = given.await?;
        self.sources.put_given(&mark, given.clone());
        Ok(given.keys)
    }

    /// Returns the key from an allowed command; runs it again once the key has expired.
    async fn printed(&self, command: &str) -> Result<SourceKeys, Problem> {
        let mark = fingerprint(command);
        if !self.sources.may_run(&mark) {
            return Err(process::refused(CommandProblem::NotAllowed, &self.clock));
        }
        if let Some(keys) = self.sources.given(&mark, self.clock.utc()) {
            return Ok(keys);
        }
        let given = process::run(command, process::LIMIT, &self.clock).await?;
        self.sources.put_given(&mark, given.clone());
        Ok(given.keys)
    }

    /// Asks AWS for the identity of a key, before it is kept anywhere.
    pub async fn try_key(&self, keys: &AccessKey) -> Result<Identity, Problem> {
        let region = sts::region_for(None, None, None);
        sts::get_caller_identity(&self.http, &source(keys.clone()), &region, &self.clock).await
    }

    /// Calls AssumeRole and puts the credentials into the vault.
    pub async fn assume(
        &self,
        ask: &AssumeRole,
        code: Option<Zeroizing<String>>,
        ticket: &Ticket,
    ) -> Result<Assumed, Problem> {
        let destination = &ask.destination;
        if destination.mfa_serial.is_some() && code.is_none() {
            return Err(Problem::new(Kind::CodeNeeded));
        }
        let (keys, region) = self.keys(&destination.profile, Some(&destination.role)).await?;
        let region = sts::region_for(Some(&destination.role), destination.region.as_ref(), region.as_deref());
        let (http, clock, keys, given) = (&self.http, &self.clock, &keys, &code);
        let asked = where_in_use(region, |region| async move {
            sts::assume_role(http, keys, &region, ask, given.clone(), clock).await
        });
        let (assumed, credentials) = match asked.await {
            Ok(given) => given,
            Err(problem) => {
                if let Some(code) = code
                    && before_the_code(problem.kind)
                {
                    self.vault.put_back(ticket, code);
                }
                return Err(problem);
            }
        };
        // Credentials that arrive after the user signed out are dropped, and must not be reported as present.
        if self.vault.put(ticket, credentials) { Ok(assumed) } else { Err(Problem::new(Kind::SessionEnded)) }
    }

    /// Returns the identity of a profile, or the identity with which it asks for `role`.
    pub async fn identify(&self, profile: &str, role: Option<&RoleArn>) -> Result<Identity, Problem> {
        let (keys, region) = self.keys(profile, role).await?;
        let region = sts::region_for(None, None, region.as_deref());
        let (http, clock, keys) = (&self.http, &self.clock, &keys);
        where_in_use(region, |region| async move { sts::get_caller_identity(http, keys, &region, clock).await }).await
    }

    /// Returns the bucket's region.
    pub async fn locate(&self, place: DestinationId, destination: &Destination) -> Result<Region, Problem> {
        let usual = || destination.role.partition().default_region();
        // A server other than AWS may not know regions, so it is asked in the configured one.
        let named = destination.region.clone().filter(|_| self.http.endpoint_url().is_some());
        let first = named.unwrap_or_else(usual);
        self.s3(place, destination, &first).head_bucket_region().await
    }

    /// Returns an S3 client for a destination in a region.
    pub fn s3(&self, place: DestinationId, destination: &Destination, region: &Region) -> S3 {
        S3::new(&self.http, self.vault.signer(place), region, destination, &self.clock, self.patience)
            .limited(self.limit.clone())
    }
}

/// Calls STS in this region and, if the account does not use it, in the default region of its partition, which every
/// account uses (IAM User Guide, "Manage AWS STS in an AWS Region": a key is not known in a region that its account has
/// not enabled).
async fn where_in_use<T, F>(region: Region, ask: impl Fn(Region) -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>> + Send,
{
    let default = region.partition().default_region();
    let elsewhere = region != default;
    let refused = match ask(region).await {
        Err(problem) if matches!(problem.kind, Kind::RegionOff | Kind::KeyNotAccepted) && elsewhere => problem,
        answer => return answer,
    };
    match ask(default).await {
        // If only the first region can be reached, its answer is the one that counts.
        Err(problem) if problem.retry() == Retry::Line => Err(refused),
        answer => answer,
    }
}

/// Whether AWS answers this, or can't be reached, before it checks the MFA code, so that the code is still usable.
const fn before_the_code(kind: Kind) -> bool {
    matches!(kind, Kind::TooLong | Kind::TooLongChained | Kind::Offline | Kind::ClockWrong(_))
}

fn source(keys: AccessKey) -> SourceKeys {
    SourceKeys { access_key_id: keys.access_key_id, secret: keys.secret, token: keys.token }
}
