//! What Daypass promises, held against the library from outside.

mod grant;
mod grant_texts;
