//! Writes the receipt as an RFC 4180 table in which no spreadsheet finds a formula.

use super::text::{visible, write};
use super::words;
use super::{Delivered, Details, NotDelivered, Receipt};

/// Characters that Excel and LibreOffice take for the start of a formula, in both widths (OWASP, "CSV Injection"), and
/// the apostrophe that prevents it, so that an apostrophe of the name itself stays distinguishable.
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
    // A spreadsheet would read an ungrouped account as a number and drop its leading zeros.
    let account = crate::words::format::account(account);
    [destination, bucket, &account, role, session, who].map(|text| cell(text))
}

fn row(table: &mut String, cells: &[String]) {
    table.push_str(&cells.join(","));
    table.push_str("\r\n");
}

/// Returns a quoted cell that no spreadsheet evaluates as a formula. Leading tabs and line ends can't start a formula,
/// because they are written as `\u{…}`. In locales whose list separator is `;`, Excel ignores commas and starts a cell
/// after each `;`, even inside quotes, so the text after each `;` is treated as a cell of its own.
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
