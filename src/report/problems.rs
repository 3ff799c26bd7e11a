//! The last problems, as the log's warnings tell of them: what is alike is told once.

use crate::model::problem::Kind;
use crate::words::{problem, report as words};

/// The most problems that are told.
const MOST: usize = 12;

/// A problem in the log, and how often it was met.
#[derive(Debug)]
struct Met<'a> {
    kind: &'a str,
    call: &'a str,
    code: &'a str,
    status: &'a str,
    request_id: &'a str,
    said: &'a str,
    first: &'a str,
    last: &'a str,
    count: u64,
}

/// Returns lines about the problems that these lines of the log tell of, the latest first.
pub(super) fn last<'a>(log: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<Met<'_>> = Vec::new();
    for met in log.filter_map(read) {
        let same = |known: &Met<'_>| (known.kind, known.call, known.code) == (met.kind, met.call, met.code);
        match all.iter_mut().find(|known| same(known)) {
            Some(known) => {
                let count = known.count + met.count;
                *known = Met { first: known.first, count, ..met };
            }
            None => all.push(met),
        }
    }
    all.sort_by(|one, other| other.last.cmp(one.last));
    all.iter().take(MOST).flat_map(lines).collect()
}

fn lines(met: &Met<'_>) -> Vec<String> {
    let title = kind(met.kind).map_or_else(|| met.kind.to_owned(), |kind| problem::said(kind).title);
    let title = title.trim_end_matches('.');
    let mut lines =
        vec![format!("{}  {title} ({}), {}", met.last, met.kind, words::times(met.count.max(1), met.first))];
    let fields = [
        ("call", met.call),
        ("code", met.code),
        ("status", met.status),
        ("request id", met.request_id),
        ("said", met.said),
    ];
    let told: Vec<String> = fields
        .into_iter()
        .filter(|(_, value)| !matches!(*value, "" | "-" | "0"))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    if !told.is_empty() {
        lines.push(format!("    {}", told.join(", ")));
    }
    lines
}

/// A warning that names a kind. Lines that tell of the same once more (the session that was denied, the queue that is held)
/// have no count of their own.
fn read(line: &str) -> Option<Met<'_>> {
    let (time, rest) = line.split_once(' ')?;
    let (level, rest) = rest.trim_start().split_once(' ')?;
    let kind = field(rest, "kind")?;
    if !matches!(level, "WARN" | "ERROR") {
        return None;
    }
    let again =
        ["session: denied", "the queue is held", "file stopped"].iter().any(|message| rest.starts_with(message));
    let unlogged = field(rest, "unlogged").and_then(|count| count.parse::<u64>().ok()).unwrap_or(0);
    let of = |name| field(rest, name).unwrap_or_default();
    Some(Met {
        kind,
        call: of("call"),
        code: of("code"),
        status: of("status"),
        request_id: of("request_id"),
        said: of("said"),
        first: time,
        last: time,
        count: if again { 0 } else { 1 + unlogged },
    })
}

/// The value of a field, without its quotes.
fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = line[from..].find(name).map(|at| at + from) {
        let value = line[at + name.len()..].strip_prefix('=');
        from = at + name.len();
        if !line[..at].ends_with(' ') {
            continue;
        }
        if let Some(value) = value {
            return Some(match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or_default(),
                None => value.split(' ').next().unwrap_or_default(),
            });
        }
    }
    None
}

/// The kind that a line names, as `AssumeDenied(TrustPolicy)`.
fn kind(text: &str) -> Option<Kind> {
    let json = match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((name, number)) if number.parse::<i64>().is_ok() => format!("{{\"{name}\":{number}}}"),
        Some((name, inner)) => format!("{{\"{name}\":\"{inner}\"}}"),
        None => format!("\"{text}\""),
    };
    serde_json::from_str(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::problem::DeniedBy;

    const LOG: &str = r#"2026-11-28T02:40:12.123Z  INFO Daypass begins version=0.1.0
2026-11-28T02:40:13.000Z  WARN AssumeRole gave no session destination=0 attempt=1 kind=AssumeDenied(Unknown) call=AssumeRole code=AccessDenied status=403 request_id=r-1 said="User: … is not authorized"
2026-11-28T02:40:13.001Z  WARN session: denied destination=0 kind=AssumeDenied(Unknown) call=AssumeRole code=AccessDenied status=403 request_id=r-1 said="User: …"
2026-11-28T02:40:20.000Z  WARN request did not go well request=7 call=PutObject kind=SlowDown code=SlowDown status=503 request_id=r-2 said=- unlogged=0
2026-11-28T02:41:20.000Z  WARN request did not go well request=9 call=PutObject kind=SlowDown code=SlowDown status=503 request_id=r-3 said=- unlogged=40
not a line of the log
"#;

    #[test]
    fn similar_problems_are_merged_and_listed_latest_first() {
        let lines = last(LOG.lines());
        assert_eq!(lines.len(), 4, "{lines:#?}");
        let title = problem::said(Kind::SlowDown).title;
        assert!(
            lines[0].starts_with("2026-11-28T02:41:20.000Z") && lines[0].contains(title.trim_end_matches('.')),
            "{lines:#?}"
        );
        assert!(lines[0].ends_with(&words::times(42, "2026-11-28T02:40:20.000Z")), "{lines:#?}");
        assert!(lines[1].contains("request id r-3") && !lines[1].contains("said"), "{lines:#?}");
        assert!(lines[2].ends_with(&words::times(1, "")), "the denied session has the same cause: {lines:#?}");
        assert!(lines[3].contains("said User: …"), "{lines:#?}");
    }

    #[test]
    fn kinds_are_parsed_as_the_log_writes_them() {
        for known in [
            Kind::Offline,
            Kind::ClockWrong(-720),
            Kind::GatewayRefused(413),
            Kind::AssumeDenied(DeniedBy::TrustPolicy),
        ] {
            assert_eq!(kind(&format!("{known:?}")), Some(known));
        }
        assert_eq!(kind("Later"), None);
    }
}
