//! What a line of the log may show: types that cannot hold a secret, and names cut so short that they tell nobody anything.

use super::text::{clean_words, file_name, head, is_code, is_request_id};
use crate::engine::classify::Operation;
use crate::model::names::{AccountId, Bucket, Partition, Region, RoleArn};
use crate::model::problem::Kind;
use crate::model::upload::{DestinationId, UploadId};
use crate::time::Utc;
use std::fmt::{self, Formatter};
use std::path::Path;
use std::time::Duration;

/// A value that may stand in a line of the log. No type that carries text as it came from outside implements it: neither
/// `String` nor a `&str` that lives shorter than the program.
///
/// ```compile_fail
/// fn shown(_: &impl daypass::engine::log::Shown) {}
/// let secret = String::from("wJalrXUtnFEMI");
/// shown(&secret);
/// ```
///
/// ```compile_fail
/// fn shown(_: &impl daypass::engine::log::Shown) {}
/// let secret = String::from("wJalrXUtnFEMI");
/// shown(&secret.as_str());
/// ```
///
/// ```
/// fn shown(_: &impl daypass::engine::log::Shown) {}
/// shown(&"text of the source");
/// shown(&7_u64);
/// ```
pub trait Shown {
    /// Writes it as the value of a field.
    ///
    /// # Errors
    /// As the formatter's.
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result;
}

/// A value as `tracing` takes it.
pub(in crate::engine) struct LogField<'a, T: Shown>(pub &'a T);

impl<T: Shown> fmt::Display for LogField<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

macro_rules! plain {
    ($($type:ty),*) => {
        $(impl Shown for $type {
            fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        })*
    };
}
plain!(bool, u8, u16, u32, u64, usize, i64);

impl Shown for &'static str {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        text(f, self)
    }
}

impl<T: Shown> Shown for Option<T> {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.show(f),
            None => f.write_str("-"),
        }
    }
}

impl Shown for Duration {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}s", self.as_secs(), self.subsec_millis())
    }
}

impl Shown for Utc {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// Its fields are numbers and enums.
impl Shown for Kind {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Shown for Operation {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Shown for Region {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Shown for Partition {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Shown for UploadId {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Shown for DestinationId {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Of an account, the last four of its twelve digits.
impl Shown for AccountId {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "…{}", self.as_str().get(8..).unwrap_or_default())
    }
}

/// Of a role, its partition, the end of its account and the beginning of its name.
impl Shown for RoleArn {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "arn:{}:iam::{}:role/{}",
            self.partition().as_str(),
            LogField(&self.account()),
            head(self.role_name())
        )
    }
}

/// Of a bucket, the beginning of its name.
impl Shown for Bucket {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&head(self.as_str()))
    }
}

/// Of a file, the first two characters of its name and its ending.
#[derive(Clone, Copy)]
pub struct FileName<'a>(pub &'a str);

impl<'a> FileName<'a> {
    /// The name at the end of a path.
    #[must_use]
    pub fn of(path: &'a Path) -> Self {
        Self(path.file_name().and_then(std::ffi::OsStr::to_str).unwrap_or_default())
    }
}

impl Shown for FileName<'_> {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        text(f, &file_name(self.0))
    }
}

/// Of a profile, the beginning of its name; `default`, which everybody has, whole.
#[derive(Clone, Copy)]
pub struct ProfileName<'a>(pub &'a str);

impl Shown for ProfileName<'_> {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == "default" { f.write_str(self.0) } else { f.write_str(&head(self.0)) }
    }
}

/// A code of an answer, or the name of a call, as far as it has the form of one.
#[derive(Clone, Copy)]
pub struct ErrorCode<'a>(pub &'a str);

impl Shown for ErrorCode<'_> {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "-"
        } else if is_code(self.0) {
            self.0
        } else {
            "odd"
        })
    }
}

/// The id under which AWS can look a request up, as far as it has the form of one.
#[derive(Clone, Copy)]
pub struct AwsRequestId<'a>(pub &'a str);

impl Shown for AwsRequestId<'_> {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "-"
        } else if is_request_id(self.0) {
            self.0
        } else {
            "odd"
        })
    }
}

/// Of what a server or the system said, the words of the vocabulary.
#[derive(Clone, Copy)]
pub struct Words<'a>(pub &'a str);

impl Shown for Words<'_> {
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        text(f, &clean_words(self.0))
    }
}

/// Writes text that has no character of control in quotes where it has blanks.
fn text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    if text.is_empty() {
        f.write_str("-")
    } else if text.contains(' ') {
        write!(f, "\"{text}\"")
    } else {
        f.write_str(text)
    }
}
