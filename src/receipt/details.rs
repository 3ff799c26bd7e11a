//! What the service or the system answered about a file that stopped, in a form that may be shown to the customer.

use super::words;
use crate::model::history::{Delivery, Outcome};
use serde::{Deserialize, Serialize};

/// Characters that end an ARN or another word of a message.
const ENDS: [char; 12] = ['"', '\'', '`', '(', ')', '[', ']', '<', '>', ',', ';', '='];

/// The error details of a file that stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The call, such as `UploadPart`, or `read`.
    pub call: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The error code, such as `AccessDenied`.
    pub code: Option<String>,
    /// The request ID, by which AWS can look the request up.
    pub request_id: Option<String>,
    /// The error message, or the reason that the system gave.
    pub message: Option<String>,
}

impl Details {
    /// Returns the details of an outcome; `None` if there are none. Texts were cut and cleaned when they were received.
    /// References to accounts other than the customer's are replaced.
    #[must_use]
    pub(super) fn of(outcome: &Outcome, delivery: &Delivery) -> Option<Self> {
        let Outcome::Failed(problem) = outcome else { return None };
        let detail = problem.detail.as_ref()?;
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let details = Self {
            call: some(&detail.call),
            status: (detail.status > 0).then_some(detail.status),
            code: some(&detail.code),
            request_id: some(&detail.request_id),
            message: some(&for_the_customer(
                &detail.message,
                &[&delivery.account, delivery.destination.role.account().as_str()],
            )),
        };
        let said = details.status.is_some() || details.code.is_some() || details.message.is_some();
        said.then_some(details)
    }

    /// Returns all details on one line.
    #[must_use]
    pub fn line(&self) -> String {
        let status = self.status.map(|status| format!("HTTP {status}"));
        let request = self.request_id.as_ref().map(|id| format!("request {id}"));
        let parts = [self.call.clone(), self.code.clone(), status, request, self.message.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" \u{b7} ")
    }
}

/// Replaces each ARN and number of an account that is not in `accounts`.
fn for_the_customer(message: &str, accounts: &[&str]) -> String {
    let ends = |c: char| c.is_whitespace() || ENDS.contains(&c);
    message
        .split_inclusive(ends)
        .map(|piece| {
            let word = piece.trim_end_matches(ends);
            if names_another(word, accounts) { piece.replace(word, words::ANOTHER_ACCOUNT) } else { piece.to_owned() }
        })
        .collect()
}

/// Whether a word is or contains an account number that is not in `accounts`.
fn names_another(word: &str, accounts: &[&str]) -> bool {
    let number = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    word.split(|c: char| !c.is_ascii_alphanumeric()).filter(number).any(|account| !accounts.contains(&account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_accounts_are_removed_from_a_message() {
        let ours = ["111122223333"];
        for (said, told) in [
            (
                "User: arn:aws:sts::111122223333:assumed-role/put/me is not authorized to perform: s3:PutObject",
                "User: arn:aws:sts::111122223333:assumed-role/put/me is not authorized to perform: s3:PutObject",
            ),
            ("User: arn:aws:iam::999999999999:user/Secret, denied", "User: (another account), denied"),
            (
                "role \"arn:aws:iam::999999999999:role/R\" in 999999999999.",
                "role \"(another account)\" in (another account)",
            ),
            ("Permission denied (os error 13)", "Permission denied (os error 13)"),
            ("1234567890123 bytes at 12345678901", "1234567890123 bytes at 12345678901"),
            ("", ""),
        ] {
            assert_eq!(for_the_customer(said, &ours), told);
        }
    }
}
