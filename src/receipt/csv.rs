//! The receipt as a table after RFC 4180 that no spreadsheet takes for a program.

use super::text::{visible, write};
use super::words;
use super::{Delivered, Details, NotDelivered, Receipt};

/// What Excel and LibreOffice take for the beginning of a formula, in both widths (OWASP, "CSV Injection"); and the mark
/// itself that takes it away, so that it can be told from a name's own.
const FORMULA: [char; 9] = ['\'', '=', '+', '-', '@', '＝', '＋', '－', '＠'];

pub(super) fn table(receipts: &[Receipt]) -> String {
    let mut table = String::from("\u{feff}");
    row(&mut table, &words::CSV_COLUMNS.map(cell));
    for receipt in receipts {
        for file in &receipt.delivered {
            row(&mut table, &delivered(receipt, file));
        }
        for file in &receipt.not_delivered {
            row(&mut table, &missing(receipt, file));
        }
    }
    table
}

fn delivered(receipt: &Receipt, file: &Delivered) -> Vec<String> {
    let mut cells: Vec<String> = [words::DELIVERED, &file.name, &file.key].map(cell).into();
    cells.push(file.size.to_string());
    cells.extend(
        [
            file.sha256.as_deref().unwrap_or_default(),
            &file.crc64nvme,
            &words::proof_in_full(file.confirmed, receipt.by()),
            &file.etag,
            file.version_id.as_deref().unwrap_or_default(),
            &file.request_id,
            &write(file.at),
            "",
        ]
        .map(cell),
    );
    cells.extend(common(receipt));
    cells.push(cell(""));
    cells
}

fn missing(receipt: &Receipt, file: &NotDelivered) -> Vec<String> {
    let mut cells: Vec<String> = [words::NOT_DELIVERED, &file.name, &file.key].map(cell).into();
    cells.push(file.size.to_string());
    cells.extend(["", "", words::NOT_CONFIRMED, "", "", "", "", &file.why].map(cell));
    cells.extend(common(receipt));
    cells.push(cell(&file.details.as_ref().map(Details::line).unwrap_or_default()));
    cells
}

fn common(receipt: &Receipt) -> [String; 6] {
    let Receipt { destination, bucket, account, role, session, who, .. } = receipt;
    // Written as it is, a spreadsheet takes an account for a number and drops the zeros it begins with.
    let account = crate::words::format::account(account);
    [destination, bucket, &account, role, session, who].map(|text| cell(text))
}

fn row(table: &mut String, cells: &[String]) {
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// A cell in quotes. Tabs and line ends at its beginning can't be a formula's: they are written as `\u{…}`. Where lists are
/// written with `;`, Excel takes the comma for text and begins a cell after each `;`, whatever stands in quotes around it.
fn cell(text: &str) -> String {
    let mut cell = String::from("\"");
    for (at, part) in visible(text).split(';').enumerate() {
        if at > 0 {
            cell.push(';');
        }
        let begins = part.trim_start_matches(|c: char| c.is_whitespace() || at > 0 && c == '"');
        if begins.starts_with(FORMULA) {
            cell.push('\'');
        }
        cell.push_str(&part.replace('"', "\"\""));
    }
    cell.push('"');
    cell
}
