//! Requests about accounts that the window and the command line wait for: keys, sign-ins, allowed commands, checks.

use super::check::AccessCheck;
use super::credentials::fingerprint;
use super::handle::Handle;
use super::keys::{self, NewKey, TestedKey};
use super::process::Consent;
use super::profiles::Paths;
use crate::model::access_key::{AddProblem, Keep, KeepProblem};
use crate::model::check::Step;
use crate::model::destination::Destination;
use crate::model::problem::Problem;
use crate::model::session::Identity;
use crate::model::sign_in::SignInStep;
use crate::model::snapshot::{AllowedCommand, Command};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// How many steps may be queued for the receiver.
const STEPS: usize = 8;

impl Handle {
    /// Asks AWS for the identity of a key. Only a key that AWS has accepted can be kept.
    ///
    /// # Errors
    ///
    /// What AWS answered: `RootKey` for the root user's key, `KeyNotAccepted`, `SecretWrong`, or a problem of the
    /// network.
    pub async fn test_key(&self, key: NewKey) -> Result<TestedKey, AddProblem> {
        let identity = self.desk().try_key(key.keys()).await.map_err(AddProblem::Refused)?;
        Ok(TestedKey::new(key, identity))
    }

    /// Keeps a key under a profile's name; `replace` allows replacing an existing profile.
    ///
    /// # Errors
    ///
    /// `NameForm` if the name is invalid. `NameTaken` if the profile exists: ask the user whether to replace it or to
    /// use another name (the key must then be tested again). Other errors say why the file was not written. Nothing was
    /// changed.
    pub async fn keep_key(&self, key: TestedKey, profile: &str, keep: Keep, replace: bool) -> Result<(), KeepProblem> {
        if !keys::is_profile_name(profile) {
            return Err(KeepProblem::NameForm);
        }
        let (paths, name, sources) = (self.desk().paths.clone(), profile.to_owned(), self.desk().sources.clone());
        self.change(
            move |paths| match keep {
                Keep::InFile => {
                    keys::write(paths, &name, key, replace)?;
                    // The key in the file takes precedence from now on.
                    sources.drop_key(&name);
                    Ok(())
                }
                Keep::ThisRun => {
                    let there = super::profiles::read(paths).list.iter().any(|known| known.name == name);
                    if (there || sources.has(&name)) && !replace {
                        return Err(KeepProblem::NameTaken);
                    }
                    sources.put_key(&name, key.into_keys());
                    Ok(())
                }
            },
            paths,
        )
        .await?;
        self.send(Command::Identify(profile.to_owned()));
        Ok(())
    }

    /// Renames a profile in both files, also where other profiles name it as their source. Destinations, open or
    /// remembered, use the new name from then on.
    ///
    /// # Errors
    ///
    /// Why the profile was not renamed.
    pub async fn rename_profile(&self, from: &str, to: &str) -> Result<(), KeepProblem> {
        if !keys::is_profile_name(to) {
            return Err(KeepProblem::NameForm);
        }
        let renamed = Command::ProfileRenamed { from: from.to_owned(), to: to.to_owned() };
        let (from, to, sources) = (from.to_owned(), to.to_owned(), self.desk().sources.clone());
        let renaming = move |paths: &Paths| {
            if sources.has(&from) {
                let there = sources.has(&to) || super::profiles::read(paths).list.iter().any(|known| known.name == to);
                if there {
                    return Err(KeepProblem::NameTaken);
                }
                sources.rename_key(&from, &to);
                return Ok(());
            }
            keys::rename(paths, &from, &to)
        };
        self.change(renaming, self.desk().paths.clone()).await?;
        self.send(renamed);
        Ok(())
    }

    /// Removes a profile: a key of this run, or the profile in the files. Ask the user first.
    ///
    /// # Errors
    ///
    /// Why the profile is still there.
    pub async fn remove_profile(&self, profile: &str) -> Result<(), KeepProblem> {
        let (name, sources) = (profile.to_owned(), self.desk().sources.clone());
        let removing = move |paths: &Paths| if sources.drop_key(&name) { Ok(()) } else { keys::remove(paths, &name) };
        self.change(removing, self.desk().paths.clone()).await
    }

    async fn change(
        &self,
        work: impl FnOnce(&Paths) -> Result<(), KeepProblem> + Send + 'static,
        paths: Paths,
    ) -> Result<(), KeepProblem> {
        tokio::task::spawn_blocking(move || work(&paths)).await.unwrap_or(Err(KeepProblem::Ended))?;
        if self.read_profiles().await { Ok(()) } else { Err(KeepProblem::Ended) }
    }

    /// Allows exactly this command of a profile's `credential_process`. Show the user all of it first.
    #[expect(clippy::must_use_candidate, reason = "as with `send`, the next copy shows it")]
    pub fn allow_command(&self, profile: &str, command: &str, consent: Consent) -> bool {
        let mut settings = self.seen().settings.clone();
        let sha256 = fingerprint(command);
        match consent {
            Consent::ThisRun if settings.may_run(&sha256) => {}
            Consent::ThisRun => settings.commands_this_run.push(sha256),
            Consent::Always => {
                settings.allowed_commands.retain(|known| known.sha256 != sha256);
                let since = Some(self.clock().utc());
                settings.allowed_commands.push(AllowedCommand { sha256, profile: profile.to_owned(), since });
            }
        }
        self.send(Command::Set(settings))
    }

    /// Revokes the consent to the command with this SHA-256, and drops the credentials that commands gave.
    #[expect(clippy::must_use_candidate, reason = "as with `send`, the next copy shows it")]
    pub fn forbid_command(&self, sha256: &str) -> bool {
        let mut settings = self.seen().settings.clone();
        settings.allowed_commands.retain(|known| known.sha256 != sha256);
        settings.commands_this_run.retain(|known| known != sha256);
        self.desk().sources.forget_given();
        self.send(Command::Set(settings))
    }

    /// Signs a profile in through IAM Identity Center. The steps arrive on the returned channel; dropping it cancels
    /// the sign-in. After `Done`, request access again.
    ///
    /// Call it within the engine's runtime.
    #[must_use]
    pub fn sign_in(&self, profile: &str) -> mpsc::Receiver<SignInStep> {
        let (steps, seen) = mpsc::channel(STEPS);
        let (desk, profile) = (self.desk().clone(), profile.to_owned());
        tokio::spawn(async move { desk.sign_in(&profile, steps).await });
        seen
    }

    /// Checks the access to a destination step by step, with a session of its own that doesn't affect open
    /// destinations. The last step is the one that failed, or the last one requested.
    ///
    /// Call it within the engine's runtime.
    #[must_use]
    pub fn check(
        &self,
        destination: Destination,
        code: Option<Zeroizing<String>>,
        check: AccessCheck,
    ) -> mpsc::Receiver<Step> {
        let (steps, seen) = mpsc::channel(STEPS);
        let desk = self.desk().clone();
        tokio::spawn(async move { desk.check(destination, code, check, steps).await });
        seen
    }

    /// Returns the identity of a profile, from AWS.
    ///
    /// # Errors
    ///
    /// The problem with the profile or with the answer of AWS.
    pub async fn who(&self, profile: &str) -> Result<Identity, Problem> {
        self.desk().identify(profile, None).await
    }
}
