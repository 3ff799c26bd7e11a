//! "Check my access": profile, identity, AssumeRole, bucket, and a test object if requested.

use super::clock::Clock;
use super::context::AwsContext;
use super::profiles;
use super::vault::Vault;
use crate::model::check::{Fact, Item, Step};
use crate::model::destination::Destination;
use crate::model::event::AssumeRole;
use crate::model::names::{RoleArn, RoleSessionName};
use crate::model::problem::{Kind, Problem};
use crate::model::upload::DestinationId;
use crate::time::Utc;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use std::sync::Arc;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessCheck {
    /// Whether to send a tiny object. A role that may only put can't delete it: ask the user first.
    pub test_object: bool,
}

/// Times steps and reports them.
struct Teller {
    steps: mpsc::Sender<Step>,
    clock: Clock,
}

impl Teller {
    /// Runs a step and reports it. Returns its value if it succeeded and the receiver is still there.
    async fn tell<T>(&self, item: Item, work: impl Future<Output = Result<(T, Fact), Problem>> + Send) -> Option<T> {
        let began = self.clock.now();
        let (kept, result) = match work.await {
            Ok((kept, fact)) => (Some(kept), Ok(fact)),
            Err(problem) => (None, Err(problem)),
        };
        let step = Step { item, took: self.clock.now().since(began), result };
        self.steps.send(step).await.ok().and(kept)
    }
}

impl AwsContext {
    /// Runs the steps until one fails.
    pub(super) async fn check(
        &self,
        destination: Destination,
        code: Option<Zeroizing<String>>,
        check: AccessCheck,
        steps: mpsc::Sender<Step>,
    ) {
        let alone = Self { vault: Vault::new(), ..self.clone() };
        let teller = Teller { steps, clock: self.clock.clone() };
        let _stopped_early = alone.checking(destination, code, check, &teller).await;
    }

    async fn checking(
        &self,
        destination: Destination,
        code: Option<Zeroizing<String>>,
        check: AccessCheck,
        teller: &Teller,
    ) -> Option<()> {
        // The vault is one of its own and holds no other session.
        let here = DestinationId::default();
        let profile = destination.profile.clone();
        teller.tell(Item::Profile, self.profile(&profile, &destination.role)).await?;
        let identity = async {
            let identity = self.identify(&profile, Some(&destination.role)).await?;
            Ok((identity.clone(), Fact::Identity(identity)))
        };
        let identity = teller.tell(Item::Identity, identity).await?;
        let destination = Arc::new(destination);
        let session_name = RoleSessionName::cleaned_from(&identity.name);
        teller.tell(Item::Role, self.role(here, &destination, &session_name, code)).await?;
        let locate = async {
            let region = self.locate(here, &destination).await?;
            let named = destination.region.clone().filter(|named| *named != region);
            Ok((region.clone(), Fact::Bucket { region, named, owner: destination.owner() }))
        };
        let region = teller.tell(Item::Bucket, locate).await?;
        if check.test_object {
            let key = test_key(&destination, self.clock.utc());
            let put = async {
                let body = Bytes::from_static(b"Daypass checked that files arrive here. This object can be deleted.\n");
                let crc = crc_fast::checksum(CrcAlgorithm::Crc64Nvme, &body);
                let s3 = self.s3(here, &destination, &region);
                let object = s3.put(&key, body, crc, &Arc::default()).await?;
                Ok(((), Fact::TestObject { key: key.clone(), proof: object.proof }))
            };
            teller.tell(Item::TestObject, put).await?;
        }
        Some(())
    }

    async fn profile(&self, profile: &str, role: &RoleArn) -> Result<((), Fact), Problem> {
        if let Some(run) = self.sources.profiles().into_iter().find(|known| known.name == profile) {
            return Ok(((), Fact::Profile(run.source, None)));
        }
        let (paths, name, role) = (self.paths.clone(), profile.to_owned(), role.clone());
        let read = tokio::task::spawn_blocking(move || {
            let chain = profiles::chain(&paths, &name, Some(&role))?;
            let known = profiles::read(&paths).list.into_iter().find(|profile| profile.name == name);
            let source = known.map(|profile| profile.source).ok_or(Problem::new(Kind::NoProfile))?;
            Ok(Fact::Profile(source, chain.roles.last().map(|own| own.role.clone())))
        });
        let fact = read.await.map_err(|_panic| Problem::new(Kind::ProfileOdd))??;
        Ok(((), fact))
    }

    async fn role(
        &self,
        place: DestinationId,
        destination: &Arc<Destination>,
        session_name: &RoleSessionName,
        code: Option<Zeroizing<String>>,
    ) -> Result<((), Fact), Problem> {
        let ask = |seconds| AssumeRole {
            attempt: 1,
            destination: Arc::clone(destination),
            seconds,
            narrow: destination.narrow,
            session_name: session_name.clone(),
        };
        let mut assumed = self.assume(&ask(destination.seconds), code.clone(), &self.vault.ticket(place)).await;
        let mut shortened = false;
        // The first attempt was refused before AWS checked the MFA code, so the code is still usable.
        if let Err(Problem { kind: Kind::TooLong | Kind::TooLongChained, .. }) = assumed
            && destination.seconds > Destination::USUAL
        {
            shortened = true;
            assumed = self.assume(&ask(Destination::USUAL), code, &self.vault.ticket(place)).await;
        }
        let assumed = assumed?;
        Ok(((), Fact::Role { arn: assumed.arn, lasts: assumed.left, shortened }))
    }
}

/// Returns a new key in the destination's folder.
fn test_key(destination: &Destination, now: Utc) -> String {
    let at: String = now.to_rfc3339().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}daypass-test-{at}.txt", destination.prefix.as_str())
}
