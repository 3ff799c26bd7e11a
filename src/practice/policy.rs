//! A small evaluator of IAM policies: effects, actions, resources and a few conditions.
//!
//! It knows as much of the language as a role that may only put, its session policy and the tests need:
//! `Effect`, `Action`/`NotAction`, `Resource`/`NotResource`, and `StringEquals`/`StringLike` conditions. A statement with
//! any other condition never applies, so that nothing is allowed by a rule that was not understood.

use serde_json::Value;

/// What one policy says about one action on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A statement allows it and none denies it.
    Allow,
    /// A statement denies it, whatever else allows it.
    Deny,
    /// No statement speaks of it.
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
    /// False for an operator this evaluator does not know: the condition is then never met.
    known: bool,
}

/// A parsed policy document.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    statements: Vec<Statement>,
}

/// The document is not a policy: STS calls it MalformedPolicyDocument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Policy {
    /// Reads a policy document.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let document: Value = serde_json::from_str(text).map_err(|_json| Malformed)?;
        let statements = match document.get("Statement").ok_or(Malformed)? {
            Value::Array(list) => list.iter().map(statement).collect::<Result<Vec<_>, _>>()?,
            one @ Value::Object(_) => vec![statement(one)?],
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(Malformed),
        };
        Ok(Self { statements })
    }

    /// A policy without statements, which allows nothing.
    pub(super) fn nothing() -> Self {
        Self { statements: Vec::new() }
    }

    /// Decides on `action` (`s3:PutObject`) on `resource` (an ARN), with condition keys from `context`.
    pub(super) fn decide(&self, action: &str, resource: &str, context: &[(&str, &str)]) -> Decision {
        let mut decision = Decision::Silent;
        for statement in &self.statements {
            if statement.actions.covers(action, true)
                && statement.resources.covers(resource, false)
                && statement.conditions.iter().all(|condition| condition.met(context))
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
                let known = matches!(operator.as_str(), "StringLike" | "StringEquals");
                conditions.push(Condition { key: key.clone(), patterns, known });
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
    fn met(&self, context: &[(&str, &str)]) -> bool {
        self.known
            && context
                .iter()
                .filter(|(key, _)| key.eq_ignore_ascii_case(&self.key))
                .any(|(_, value)| self.patterns.iter().any(|pattern| wild(pattern, value)))
    }
}

/// Whether `text` matches `pattern`, where `*` stands for any run of characters and `?` for any one.
fn wild(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
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
        ] {
            assert_eq!(wild(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_denial_wins_and_an_unknown_condition_never_applies() {
        let policy = Policy::parse(
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
                {"Effect":"Deny","Action":"S3:getobject","Resource":"*"},
                {"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringLike":{"kms:ViaService":"s3.*.amazonaws.com"}}},
                {"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2027"}}}]}"#,
        )
        .expect("a policy");
        let via = [("kms:ViaService", "s3.eu-west-1.amazonaws.com")];
        assert_eq!(policy.decide("s3:PutObject", "x", &[]), Decision::Allow);
        assert_eq!(policy.decide("s3:GetObject", "x", &[]), Decision::Deny);
        assert_eq!(policy.decide("kms:Decrypt", "x", &[]), Decision::Silent);
        assert_eq!(policy.decide("kms:Decrypt", "x", &via), Decision::Allow);
        assert_eq!(policy.decide("iam:GetUser", "x", &[]), Decision::Silent);
    }

    #[test]
    fn what_is_not_a_policy_is_refused() {
        for text in ["", "{}", "not json", r#"{"Statement":{"Effect":"Maybe","Action":"a","Resource":"*"}}"#] {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
    }
}
