//! Formats and parses times as AWS writes them.

use jiff::Timestamp;

fn format(seconds: i64, form: &str) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().strftime(form).to_string()
}

/// Formats a time as in a Date header (RFC 9110, 5.6.7): `Thu, 01 Jan 1970 00:00:00 GMT`.
pub(super) fn http_time(seconds: i64) -> String {
    format(seconds, "%a, %d %b %Y %H:%M:%S GMT")
}

/// Formats a time as in Expiration: `1970-01-01T00:00:00Z`.
pub(super) fn iso_time(seconds: i64) -> String {
    format(seconds, "%Y-%m-%dT%H:%M:%SZ")
}

/// Formats a time as in x-amz-date: `19700101T000000Z`.
pub(super) fn amz_time(seconds: i64) -> String {
    format(seconds, "%Y%m%dT%H%M%SZ")
}

/// Parses an x-amz-date into seconds since 1970.
pub(super) fn from_amz_time(text: &str) -> Option<i64> {
    let read = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(read.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_the_formats_of_aws() {
        let at = 1_440_938_160;
        assert_eq!(http_time(at), "Sun, 30 Aug 2015 12:36:00 GMT");
        assert_eq!(iso_time(at), "2015-08-30T12:36:00Z");
        assert_eq!(amz_time(at), "20150830T123600Z");
        assert_eq!(from_amz_time("20150830T123600Z"), Some(at));
        assert_eq!(from_amz_time("2015-08-30"), None);
    }
}
