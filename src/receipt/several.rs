//! Receipts of several deliveries in one file.

use super::{Format, Receipt, VERSION, csv, html, put, text};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// Receipts of one or several deliveries, in their order. Of one, every form is that of the receipt itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipts(pub Vec<Receipt>);

/// The JSON form of several.
#[derive(Serialize, Deserialize)]
pub(super) struct Several {
    pub daypass_receipts: u32,
    pub receipts: Vec<Receipt>,
}

impl Receipts {
    /// In one of the forms.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match (format, self.0.as_slice()) {
            (Format::Html, receipts) => html::page(receipts),
            (Format::Csv, receipts) => csv::table(receipts),
            (Format::Json, [one]) => one.json(),
            (Format::Json, several) => {
                let several = Several { daypass_receipts: VERSION, receipts: several.to_vec() };
                // Strings, numbers and lists always serialize.
                text::escape_json(&serde_json::to_string_pretty(&several).unwrap_or_default())
            }
        }
    }

    /// The messages to the customers, one for each destination: deliveries to the same one are told together.
    #[must_use]
    pub fn message(&self) -> String {
        let mut told: Vec<Receipt> = Vec::new();
        for receipt in &self.0 {
            let same = |other: &&mut Receipt| {
                (&other.bucket, &other.prefix, &other.account, &other.who, other.by())
                    == (&receipt.bucket, &receipt.prefix, &receipt.account, &receipt.who, receipt.by())
            };
            match told.iter_mut().find(same) {
                Some(other) => other.take_in(receipt),
                None => told.push(receipt.clone()),
            }
        }
        told.iter().map(Receipt::message).collect::<Vec<_>>().join("\n———\n\n")
    }

    /// Writes them as [`Receipt::save`] does.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn save(&self, path: &Path, format: Format) -> io::Result<()> {
        put(&self.render(format), path)
    }
}

impl Receipt {
    /// Counts another delivery's files among this one's.
    pub(super) fn take_in(&mut self, other: &Self) {
        self.delivered.extend(other.delivered.iter().cloned());
        self.not_delivered.extend(other.not_delivered.iter().cloned());
    }
}
