//! Accounts, users, roles and sessions: who a key belongs to and what it may do.

use super::options::{Conditions, ExtraRole, Mfa, PracticeOptions};
use super::policy::{Decision, Policy};
use super::random::Random;
use super::story::{BUCKET, CODE_ROLE, CONTRACTOR, CUSTOMER, PracticeKey, ROLE};
use std::collections::HashMap;

/// Prefix of all session tokens of the practice server; a token with another prefix is malformed.
pub(super) const TOKEN_START: &str = "IQoJb3JpZ2luX2Vj";

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) account: &'static str,
    id: String,
    pub(super) keys: PracticeKey,
    /// Whether the user's own account allows `sts:AssumeRole`.
    pub(super) may_assume: bool,
    /// Whether the key is active.
    pub(super) active: bool,
    owner: bool,
}

/// A role in the customer's account.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) name: String,
    /// The stable ID: a role that was deleted and recreated gets another, which invalidates the old role's sessions.
    pub(super) id: String,
    /// ARNs of the principals in the trust policy.
    pub(super) trusts: Vec<String>,
    pub(super) trusted: bool,
    pub(super) deleted: bool,
    pub(super) external_id: Option<String>,
    pub(super) conditions: Conditions,
    pub(super) mfa: bool,
    pub(super) max_seconds: u32,
    pub(super) policy: Policy,
}

/// A session created by AssumeRole.
#[derive(Clone, Debug)]
pub(super) struct IamSession {
    pub(super) keys: PracticeKey,
    pub(super) token: String,
    pub(super) role: String,
    pub(super) role_id: String,
    pub(super) name: String,
    /// Seconds since 1970 from which the keys are refused.
    pub(super) ends: i64,
    pub(super) policy: Option<Policy>,
}

/// The identity that sent a request.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) arn: String,
    pub(super) account: &'static str,
    pub(super) user_id: String,
    pub(super) may_assume: bool,
    /// The session's role; `None` for a user.
    pub(super) role_arn: Option<String>,
    owner: bool,
    policies: Option<(Policy, Option<Policy>)>,
}

/// Why a key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyRefusal {
    Unknown,
    BadToken,
    Expired,
}

/// Users, roles, sessions and MFA codes of both accounts.
pub(super) struct Iam {
    pub(super) users: Vec<User>,
    pub(super) roles: Vec<Role>,
    pub(super) sessions: HashMap<String, IamSession>,
    pub(super) mfa: Option<Mfa>,
}

impl Iam {
    /// Creates the users Richard and Mallory of the contractor, the customer's owner, and the roles.
    pub(super) fn new(options: &PracticeOptions, random: &Random) -> Self {
        let user = |name, account, owner, may_assume| User {
            name,
            account,
            id: random.id("AIDA"),
            keys: PracticeKey::new(random.id("AKIA"), random.secret()),
            may_assume,
            active: true,
            owner,
        };
        let users = vec![
            user("Richard", CONTRACTOR, false, options.caller_may_assume),
            user("Mallory", CONTRACTOR, false, true),
            user("owner", CUSTOMER, true, true),
        ];
        let story = ExtraRole {
            name: ROLE.to_owned(),
            trusts: vec!["Richard".to_owned()],
            policy: put_only("", options.may_abort, options.kms),
            max_session_seconds: options.max_session_seconds,
        };
        let with_code = options.device.then(|| ExtraRole { name: CODE_ROLE.to_owned(), ..story.clone() });
        let mut iam = Self { users, roles: Vec::new(), sessions: HashMap::new(), mfa: options.mfa.clone() };
        for extra in std::iter::once(&story).chain(&with_code).chain(&options.extra_roles) {
            let trusts = extra
                .trusts
                .iter()
                .map(|trust| iam.user_named(trust).map_or_else(|| trust.clone(), User::arn))
                .collect();
            // An invalid policy grants nothing.
            let policy = Policy::parse(&extra.policy).unwrap_or_else(|_malformed| Policy::nothing());
            iam.roles.push(Role {
                name: extra.name.clone(),
                id: random.id("AROA"),
                trusts,
                trusted: true,
                deleted: false,
                external_id: options.external_id.clone(),
                conditions: options.conditions.clone(),
                mfa: options.mfa.is_some() || extra.name == CODE_ROLE,
                max_seconds: extra.max_session_seconds,
                policy,
            });
        }
        iam
    }

    pub(super) fn user_named(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Returns the role with this name.
    pub(super) fn role(&mut self, name: &str) -> Option<&mut Role> {
        self.roles.iter_mut().find(|role| role.name == name)
    }

    /// Returns the secret of an active user's key, or of any session's key even if the session has ended.
    pub(super) fn secret(&self, access_key_id: &str) -> Option<&str> {
        let user = self.users.iter().filter(|user| user.active).map(|user| &user.keys);
        let session = self.sessions.get(access_key_id).map(|session| &session.keys);
        user.chain(session).find(|keys| keys.id() == access_key_id).map(PracticeKey::secret)
    }

    /// Returns the sender of a signed request at `now`, in seconds since 1970.
    pub(super) fn caller(&self, access_key_id: &str, token: Option<&str>, now: i64) -> Result<Caller, KeyRefusal> {
        if let Some(user) = self.users.iter().find(|user| user.keys.id() == access_key_id) {
            return if user.active && token.is_none() { Ok(user.caller()) } else { Err(KeyRefusal::Unknown) };
        }
        let session = self.sessions.get(access_key_id).ok_or(KeyRefusal::Unknown)?;
        let token = token.ok_or(KeyRefusal::Unknown)?;
        if !token.starts_with(TOKEN_START) {
            return Err(KeyRefusal::BadToken);
        }
        let role = self.roles.iter().find(|role| role.id == session.role_id && !role.deleted);
        let role = role.filter(|_| token == session.token).ok_or(KeyRefusal::Unknown)?;
        if now >= session.ends {
            return Err(KeyRefusal::Expired);
        }
        Ok(Caller {
            arn: session.arn(),
            account: CUSTOMER,
            user_id: format!("{}:{}", session.role_id, session.name),
            may_assume: false,
            role_arn: Some(role.arn()),
            owner: false,
            policies: Some((role.policy.clone(), session.policy.clone())),
        })
    }
}

impl User {
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:user/{}", self.account, self.name)
    }

    fn caller(&self) -> Caller {
        Caller {
            arn: self.arn(),
            account: self.account,
            user_id: self.id.clone(),
            may_assume: self.may_assume,
            role_arn: None,
            owner: self.owner,
            policies: None,
        }
    }
}

impl Role {
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::{CUSTOMER}:role/{}", self.name)
    }
}

impl IamSession {
    /// Returns the session's ARN, which omits the role's path.
    pub(super) fn arn(&self) -> String {
        let name = self.role.rsplit('/').next().unwrap_or_default();
        format!("arn:aws:sts::{CUSTOMER}:assumed-role/{name}/{}", self.name)
    }
}

impl Caller {
    /// Decides whether `action` on `resource` is allowed; a denial is S3's error message.
    ///
    /// Only sessions of the bucket's own account get the reason, others just "Access Denied", as in AWS (S3 User Guide,
    /// "Troubleshoot access denied (403 Forbidden) errors").
    pub(super) fn decide(&self, action: &str, resource: &str, context: &[(&str, &str)]) -> Result<(), String> {
        if self.owner {
            return Ok(());
        }
        let Some((role, session)) = &self.policies else {
            return Err("Access Denied".to_owned());
        };
        let by_role = role.decide(action, resource, context);
        let by_session = session.as_ref().map_or(Decision::Allow, |policy| policy.decide(action, resource, context));
        let reason = match (by_role, by_session) {
            (Decision::Allow, Decision::Allow) => return Ok(()),
            (Decision::Deny, _) => "with an explicit deny in an identity-based policy".to_owned(),
            (_, Decision::Deny) => "with an explicit deny in a session policy".to_owned(),
            (Decision::Silent, _) => format!("because no identity-based policy allows the {action} action"),
            (_, Decision::Silent) => format!("because no session policy allows the {action} action"),
        };
        let resource = if action.starts_with("kms:") { resource.to_owned() } else { format!("\"{resource}\"") };
        Err(format!("User: {} is not authorized to perform: {action} on resource: {resource} {reason}", self.arn))
    }
}

/// Returns the default role's policy: s3:PutObject under `prefix`, and only what the options add.
pub(super) fn put_only(prefix: &str, may_abort: bool, kms: bool) -> String {
    let actions: &[&str] = if may_abort {
        &["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    } else {
        &["s3:PutObject"]
    };
    let resource = format!("arn:aws:s3:::{BUCKET}/{prefix}*");
    let mut statements = vec![serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": resource })];
    if kms {
        statements.push(serde_json::json!({ "Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": "*" }));
    }
    serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}
