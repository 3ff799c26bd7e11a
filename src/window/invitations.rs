//! Invitations that were opened and neither used nor dismissed: kept in a file, so that they are there at the next start.

use super::{App, AppState, locked};
use crate::grant::Invitation;
use crate::model::destination::Destination;
use crate::model::notice::{JournalNotice, Notice};
use crate::ui::backend::Reply;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The file, beside the journal.
const FILE: &str = "invitations.json";
/// The invitations that are kept at most; the oldest goes first.
const MOST: usize = 8;

/// The invitations that are kept, the latest last.
#[derive(Debug, Default)]
pub(super) struct KeptInvitations {
    list: Vec<Invitation>,
    /// Where they are kept; none if nothing is kept on this computer.
    file: Option<PathBuf>,
}

impl KeptInvitations {
    /// Returns what an earlier run left in `home`, which is not touched if the journal could not be kept there.
    pub fn read(home: Option<&Path>, notices: &[Notice]) -> Self {
        let keeps = |notice: &Notice| match notice {
            Notice::OpenElsewhere(_) | Notice::Journal(JournalNotice::NotKept(_) | JournalNotice::NotSafe(_)) => false,
            Notice::Journal(JournalNotice::SetAside(_) | JournalNotice::FromLater(_) | JournalNotice::Skipped(_))
            | Notice::Environment(_) => true,
        };
        let Some(file) = home.filter(|_| notices.iter().all(keeps)).map(|home| home.join(FILE)) else {
            return Self::default();
        };
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let links: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
        let list = links.iter().take(MOST).filter_map(|link| Invitation::parse(link).ok()).collect();
        Self { list, file: Some(file) }
    }

    /// Returns those that are kept, the oldest first.
    pub fn list(&self) -> &[Invitation] {
        &self.list
    }

    fn put(&mut self, invitation: &Invitation) {
        self.list.retain(|known| known != invitation);
        self.list.push(invitation.clone());
        let over = self.list.len().saturating_sub(MOST);
        self.list.drain(..over);
        self.write();
    }

    fn drop_where(&mut self, gone: impl Fn(&Invitation) -> bool) {
        let before = self.list.len();
        self.list.retain(|known| !gone(known));
        if self.list.len() != before {
            self.write();
        }
    }

    /// Rewrites the file. An invitation that can't be kept costs a person one more look for it.
    fn write(&self) {
        let Some(file) = &self.file else { return };
        if self.list.is_empty() {
            let _gone = std::fs::remove_file(file);
            return;
        }
        let links: Vec<String> = self.list.iter().map(Invitation::to_link).collect();
        let Some(folder) = file.parent() else { return };
        // Replaced whole, readable by its owner alone, and never written through a link.
        let Ok(mut new) = tempfile::NamedTempFile::new_in(folder) else { return };
        if new.write_all(serde_json::json!(links).to_string().as_bytes()).is_ok() {
            let _kept = new.persist(file);
        }
    }
}

/// Returns the kept invitations, behind a lock of their own: their file is written while it is held.
fn kept_in(state: &Mutex<AppState>) -> Arc<Mutex<KeptInvitations>> {
    Arc::clone(&locked(state).invitations)
}

fn with<T>(kept: &Mutex<KeptInvitations>, act: impl FnOnce(&mut KeptInvitations) -> T) -> T {
    act(&mut kept.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Shows an invitation that was opened, and keeps it. It is real: practice ends first.
pub(super) fn show(state: &Mutex<AppState>, invitation: Invitation) {
    super::practice::end(state);
    with(&kept_in(state), |kept| kept.put(&invitation));
    App::tell(state, Reply::Invitation(Box::new(invitation)));
}

impl App {
    /// Shows again what was opened in an earlier run and neither used nor dismissed.
    pub(super) fn show_kept_invitations(&self) {
        for invitation in with(&kept_in(&self.state), |kept| kept.list().to_vec()) {
            Self::tell(&self.state, Reply::Invitation(Box::new(invitation)));
        }
    }

    /// Forgets an invitation that leads to an open destination now.
    pub(super) fn invitation_used(&self, to: &Destination) {
        let (role, bucket, prefix) = (to.role.clone(), to.bucket.clone(), to.prefix.clone());
        self.drop_invitations(move |known| known.role == role && known.bucket == bucket && known.prefix == prefix);
    }

    /// Forgets these invitations.
    pub(super) fn drop_invitations(&self, gone: impl Fn(&Invitation) -> bool + Send + 'static) {
        let kept = kept_in(&self.state);
        self.runtime.spawn_blocking(move || with(&kept, |kept| kept.drop_where(gone)));
    }
}
