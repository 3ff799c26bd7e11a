//! Receipts of several deliveries in one file.

use super::{Format, Receipt, VERSION, csv, html, put, text};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// Receipts of one or several deliveries, in order. A single receipt is rendered as the receipt itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipts(pub Vec<Receipt>);

/// The JSON form of several receipts.
#[derive(Serialize, Deserialize)]
pub(super) struct Several {
    pub daypass_receipts: u32,
    pub receipts: Vec<Receipt>,
}

impl Receipts {
    /// Renders all receipts in one of the formats.
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

    /// Returns the messages to the customers, one per destination: deliveries to the same destination are merged.
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

    /// Writes all receipts to one file, as [`Receipt::save`] does.
    ///
    /// # Errors
    ///
    /// The system's error if the file can't be written.
    pub fn save(&self, path: &Path, format: Format) -> io::Result<()> {
        put(&self.render(format), path)
    }
}

impl Receipt {
    /// Merges another delivery's files into this receipt.
    pub(super) fn take_in(&mut self, other: &Self) {
        self.delivered.extend(other.delivered.iter().cloned());
        self.not_delivered.extend(other.not_delivered.iter().cloned());
    }
}
