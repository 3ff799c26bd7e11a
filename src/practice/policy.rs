//! A small evaluator of IAM policies: effects, actions, resources and conditions.
//!
//! It supports what the access kit, session policies and tests use: `Effect`, `Action`/`NotAction`,
//! `Resource`/`NotResource`, the escapes `${*}`, `${?}` and `${$}`, and the operators of [`Operator`]. A condition key
//! that the request lacks satisfies only `Null` (IAM User Guide, "Condition operators"). A condition with an
//! unsupported operator is never met in a statement that allows and always met in one that denies, so that no rule is
//! misread as an allow.

use crate::time::{Day, Utc};
use serde_json::Value;
use std::net::IpAddr;

/// A policy's decision about an action on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A statement allows it and none denies it.
    Allow,
    /// A statement denies it, whatever else allows it.
    Deny,
    /// No statement applies.
    Silent,
}

#[derive(Clone, Debug)]
struct Statement {
    allow: bool,
    actions: Matcher,
    resources: Matcher,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug)]
struct Matcher {
    patterns: Vec<String>,
    negated: bool,
}

#[derive(Clone, Debug)]
struct Condition {
    key: String,
    patterns: Vec<String>,
    /// `None` if the operator is not supported.
    operator: Option<Operator>,
}

/// How a condition compares the request's value with its own values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    StringEquals,
    StringLike,
    Bool,
    /// Whether the key is absent.
    Null,
    DateLessThan,
    DateGreaterThanEquals,
    IpAddress,
}

impl Operator {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "StringEquals" => Self::StringEquals,
            // ARN patterns have the same wildcards.
            "StringLike" | "ArnLike" => Self::StringLike,
            "Bool" => Self::Bool,
            "Null" => Self::Null,
            "DateLessThan" => Self::DateLessThan,
            "DateGreaterThanEquals" => Self::DateGreaterThanEquals,
            "IpAddress" => Self::IpAddress,
            _ => return None,
        })
    }

    fn holds(self, value: &str, wanted: &str) -> bool {
        let dates = || Utc::from_rfc3339(value, Day::Start).zip(Utc::from_rfc3339(wanted, Day::Start));
        match self {
            Self::StringEquals => value == wanted,
            Self::StringLike => wild(wanted, value),
            Self::Bool => value.eq_ignore_ascii_case(wanted),
            // This value exists, so only `"false"` matches; a missing key is handled in `Condition::met`.
            Self::Null => wanted.eq_ignore_ascii_case("false"),
            Self::DateLessThan => dates().is_some_and(|(value, wanted)| value < wanted),
            Self::DateGreaterThanEquals => dates().is_some_and(|(value, wanted)| value >= wanted),
            Self::IpAddress => within(value, wanted),
        }
    }
}

/// Whether an address is in a network, which may be a single address.
fn within(address: &str, network: &str) -> bool {
    let (net, bits) = network.split_once('/').unwrap_or((network, "128"));
    let bits: Option<u32> = bits.parse().ok();
    match (address.parse(), net.parse(), bits) {
        (Ok(IpAddr::V4(address)), Ok(IpAddr::V4(net)), Some(bits)) => {
            (address.to_bits() ^ net.to_bits()).leading_zeros() >= bits.min(32)
        }
        (Ok(IpAddr::V6(address)), Ok(IpAddr::V6(net)), Some(bits)) => {
            (address.to_bits() ^ net.to_bits()).leading_zeros() >= bits.min(128)
        }
        _ => false,
    }
}

#[derive(Clone, Debug)]
pub(super) struct Policy {
    statements: Vec<Statement>,
}

/// The document is not a valid policy; STS returns MalformedPolicyDocument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Policy {
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let document: Value = serde_json::from_str(text).map_err(|_json| Malformed)?;
        let statements = match document.get("Statement").ok_or(Malformed)? {
            Value::Array(list) => list.iter().map(statement).collect::<Result<Vec<_>, _>>()?,
            one @ Value::Object(_) => vec![statement(one)?],
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(Malformed),
        };
        Ok(Self { statements })
    }

    /// Returns a policy without statements, which allows nothing.
    pub(super) fn nothing() -> Self {
        Self { statements: Vec::new() }
    }

    /// Decides about `action` (`s3:PutObject`) on `resource` (an ARN), with condition keys from `context`.
    pub(super) fn decide(&self, action: &str, resource: &str, context: &[(&str, &str)]) -> Decision {
        let mut decision = Decision::Silent;
        for statement in &self.statements {
            if statement.actions.covers(action, true)
                && statement.resources.covers(resource, false)
                && statement.conditions.iter().all(|condition| condition.met(statement.allow, context))
            {
                if !statement.allow {
                    return Decision::Deny;
                }
                decision = Decision::Allow;
            }
        }
        decision
    }
}

fn statement(value: &Value) -> Result<Statement, Malformed> {
    let allow = match value.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        Some(_) | None => return Err(Malformed),
    };
    let mut conditions = Vec::new();
    if let Some(all) = value.get("Condition") {
        for (operator, keys) in all.as_object().ok_or(Malformed)? {
            for (key, patterns) in keys.as_object().ok_or(Malformed)? {
                let patterns = texts(patterns)?;
                conditions.push(Condition { key: key.clone(), patterns, operator: Operator::from_name(operator) });
            }
        }
    }
    Ok(Statement { allow, actions: matcher(value, "Action")?, resources: matcher(value, "Resource")?, conditions })
}

fn matcher(value: &Value, name: &str) -> Result<Matcher, Malformed> {
    match (value.get(name), value.get(format!("Not{name}"))) {
        (Some(list), None) => Ok(Matcher { patterns: texts(list)?, negated: false }),
        (None, Some(list)) => Ok(Matcher { patterns: texts(list)?, negated: true }),
        (Some(_), Some(_)) | (None, None) => Err(Malformed),
    }
}

fn texts(value: &Value) -> Result<Vec<String>, Malformed> {
    match value {
        Value::String(one) => Ok(vec![one.clone()]),
        Value::Array(list) => {
            list.iter().map(|item| item.as_str().map(str::to_owned).ok_or(Malformed)).collect::<Result<Vec<_>, _>>()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Err(Malformed),
    }
}

impl Matcher {
    fn covers(&self, text: &str, any_case: bool) -> bool {
        let hit = self.patterns.iter().any(|pattern| {
            if any_case { wild(&pattern.to_lowercase(), &text.to_lowercase()) } else { wild(pattern, text) }
        });
        hit != self.negated
    }
}

impl Condition {
    fn met(&self, allow: bool, context: &[(&str, &str)]) -> bool {
        let Some(operator) = self.operator else { return !allow };
        let mut values = context.iter().filter(|(key, _)| key.eq_ignore_ascii_case(&self.key)).peekable();
        if values.peek().is_none() {
            return operator == Operator::Null
                && self.patterns.iter().any(|wanted| wanted.eq_ignore_ascii_case("true"));
        }
        values.any(|(_, value)| self.patterns.iter().any(|wanted| operator.holds(value, wanted)))
    }
}

/// An element of a pattern: `*`, `?` or a literal character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wild {
    Run,
    One,
    Char(char),
}

/// Parses a pattern, in which `${*}`, `${?}` and `${$}` are literal characters (IAM User Guide, "IAM policy elements:
/// variables and tags").
fn pattern_of(text: &str) -> Vec<Wild> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escaped = rest.strip_prefix("${").and_then(|after| {
            let c = after.chars().next().filter(|c| matches!(c, '*' | '?' | '$'))?;
            Some((c, after[1..].strip_prefix('}')?))
        });
        let (one, after) = match (escaped, c) {
            (Some((c, after)), _) => (Wild::Char(c), after),
            (None, '*') => (Wild::Run, &rest[1..]),
            (None, '?') => (Wild::One, &rest[1..]),
            (None, c) => (Wild::Char(c), &rest[c.len_utf8()..]),
        };
        out.push(one);
        rest = after;
    }
    out
}

/// Whether `text` matches `pattern`, in which `*` is any number of characters and `?` any one.
fn wild(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<Wild>, Vec<char>) = (pattern_of(pattern), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Wild::Run) => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some(Wild::One) => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some(Wild::Char(c)) if *c == text[t] => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some(Wild::Char(_)) | None => {}
        }
        let Some((at, from)) = star else { return false };
        p = at + 1;
        t = from + 1;
        star = Some((at, from + 1));
    }
    pattern[p..].iter().all(|one| *one == Wild::Run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbbc", true),
            ("a*c", "abbb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("arn:aws:s3:::b/p*", "arn:aws:s3:::b/p/x*y", true),
            ("arn:aws:s3:::b/p*", "arn:aws:s3:::b/q", false),
            ("*a*b", "xaaab", true),
            ("a${*}b${?}${$}{c}*", "a*b?${c}d", true),
            ("a${*}b", "axb", false),
            ("a$b${x}*", "a$b${x}", true),
        ] {
            assert_eq!(wild(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_deny_wins_and_an_unknown_condition_never_applies() {
        let policy = Policy::parse(
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
                {"Effect":"Deny","Action":"S3:getobject","Resource":"*"},
                {"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringLike":{"kms:ViaService":"s3.*.amazonaws.com"}}},
                {"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"x"}}},
                {"Effect":"Allow","Action":"sts:*","Resource":"*"},
                {"Effect":"Deny","Action":"sts:TagSession","Resource":"*","Condition":{"StringNotLike":{"aws:PrincipalArn":"x"}}}]}"#,
        )
        .expect("a policy");
        let via = [("kms:ViaService", "s3.eu-west-1.amazonaws.com")];
        assert_eq!(policy.decide("s3:PutObject", "x", &[]), Decision::Allow);
        assert_eq!(policy.decide("s3:GetObject", "x", &[]), Decision::Deny);
        assert_eq!(policy.decide("kms:Decrypt", "x", &[]), Decision::Silent);
        assert_eq!(policy.decide("kms:Decrypt", "x", &via), Decision::Allow);
        assert_eq!(policy.decide("iam:GetUser", "x", &[]), Decision::Silent);
        assert_eq!(policy.decide("sts:TagSession", "x", &[]), Decision::Deny);
    }

    #[test]
    fn conditions_compare_as_iam_does() {
        for (condition, context, applies) in [
            (r#"{"Null":{"s3:if-none-match":"true"}}"#, &[][..], true),
            (r#"{"Null":{"s3:if-none-match":"true"}}"#, &[("s3:if-none-match", "*")][..], false),
            (r#"{"Null":{"s3:if-none-match":"false"}}"#, &[("s3:if-none-match", "*")][..], true),
            (r#"{"Null":{"s3:if-none-match":"false"}}"#, &[][..], false),
            (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[("aws:SecureTransport", "false")][..], true),
            (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[("aws:SecureTransport", "true")][..], false),
            (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[][..], false),
            (r#"{"StringEquals":{"k":"a*"}}"#, &[("k", "ab")][..], false),
            (r#"{"StringLike":{"k":["x","a*"]}}"#, &[("K", "ab")][..], true),
            (r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24"]}}"#, &[("aws:SourceIp", "203.0.113.9")][..], true),
            (r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24"]}}"#, &[("aws:SourceIp", "203.0.114.9")][..], false),
            (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, &[("aws:SourceIp", "2001:db8:1::2")][..], true),
            (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, &[("aws:SourceIp", "203.0.113.9")][..], false),
            (
                r#"{"DateLessThan":{"aws:CurrentTime":"2026-12-15T09:00:00Z"}}"#,
                &[("aws:CurrentTime", "2026-12-15T08:59:59Z")][..],
                true,
            ),
            (
                r#"{"DateLessThan":{"aws:CurrentTime":"2026-12-15T09:00:00Z"}}"#,
                &[("aws:CurrentTime", "2026-12-15T09:00:00Z")][..],
                false,
            ),
            (
                r#"{"DateGreaterThanEquals":{"aws:CurrentTime":"2026-12-15T09:00:00Z"}}"#,
                &[("aws:CurrentTime", "2026-12-15T09:00:00Z")][..],
                true,
            ),
        ] {
            let text =
                format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}}}"#);
            let expected = if applies { Decision::Allow } else { Decision::Silent };
            let policy = Policy::parse(&text).expect("a policy");
            assert_eq!(policy.decide("s3:PutObject", "x", context), expected, "{condition} {context:?}");
        }
    }

    #[test]
    fn invalid_policies_are_refused() {
        for text in ["", "{}", "not json", r#"{"Statement":{"Effect":"Maybe","Action":"a","Resource":"*"}}"#] {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
    }
}
