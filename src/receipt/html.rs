//! Writes the receipt as a self-contained page that prints on A4 and Letter.

use super::text::escape_html as safe;
use super::words;
use super::{Delivered, Receipt};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

pub(super) fn page(receipts: &[Receipt]) -> String {
    let lines = |receipt: &Receipt| receipt.delivered.len() * 900 + receipt.not_delivered.len() * 300;
    let mut page = String::with_capacity(8192 + receipts.iter().map(lines).sum::<usize>());
    // Writing to a String can't fail.
    let _ = write(&mut page, receipts);
    page
}

fn write(page: &mut String, receipts: &[Receipt]) -> std::fmt::Result {
    let title = match receipts {
        [one] => format!("{}: {}", words::TITLE, one.destination),
        several => words::several(several.len()),
    };
    write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        safe(&title)
    )?;
    for receipt in receipts {
        page.push_str("<article>\n");
        head(page, receipt)?;
        if !receipt.not_delivered.is_empty() {
            missing(page, receipt)?;
        }
        if !receipt.delivered.is_empty() {
            delivered(page, receipt)?;
        }
        page.push_str("</article>\n");
    }
    write!(page, "<section class=\"meaning\">\n<h2>{}</h2>\n", safe(words::MEANING))?;
    let amazon = receipts.iter().all(|receipt| receipt.by() == words::By::Amazon);
    for paragraph in words::explanation(amazon) {
        writeln!(page, "<p>{}</p>", safe(&paragraph))?;
    }
    page.push_str("</section>\n</body>\n</html>\n");
    Ok(())
}

fn head(page: &mut String, receipt: &Receipt) -> std::fmt::Result {
    let all = receipt.not_delivered.is_empty() && !receipt.delivered.is_empty() && receipt.by() == words::By::Amazon;
    let sum = words::summary(receipt.delivered.len(), receipt.not_delivered.len());
    let proofs = receipt.proofs();
    if let Some(note) = words::not_amazon(receipt.by()) {
        writeln!(page, "<p class=\"practice\">{}</p>", safe(&note))?;
    }
    write!(
        page,
        "<header>\n<p class=\"over\">{}</p>\n<h1>{}</h1>\n<p class=\"sum {}\">{} · {}. {}</p>\n</header>\n<dl>\n",
        safe(words::TITLE),
        safe(&receipt.destination),
        if all && proofs.none == 0 { "ok" } else { "warn" },
        safe(&sum),
        safe(&words::size(receipt.bytes())),
        safe(&words::confirmed(proofs, receipt.by())),
    )?;
    let or_none = |text: &str| if text.is_empty() { words::NONE.to_owned() } else { text.to_owned() };
    let region = receipt.region.as_ref().map_or_else(String::new, |region| format!(" ({region})"));
    let facts = [
        format!("{}{region}", receipt.bucket),
        receipt.role.clone(),
        or_none(&receipt.prefix),
        or_none(&receipt.account),
        or_none(&receipt.session),
        or_none(&receipt.who),
        words::moment(receipt.began),
        receipt.ended.map_or_else(|| words::GOING_ON.to_owned(), words::moment),
        format!("Daypass {}", receipt.app),
    ];
    for (at, (label, fact)) in words::FACTS.iter().zip(&facts).enumerate() {
        // The bucket's name and the role's ARN need the whole line.
        let wide = if at < 2 { " class=\"wide\"" } else { "" };
        writeln!(page, "<div{wide}><dt>{}</dt><dd>{}</dd></div>", safe(label), safe(fact))?;
    }
    page.push_str("</dl>\n");
    Ok(())
}

fn missing(page: &mut String, receipt: &Receipt) -> std::fmt::Result {
    let [file, size, ..] = words::COLUMNS;
    write!(
        page,
        "<section>\n<h2 class=\"warn\">{} ({})</h2>\n<table>\n<thead><tr><th>{}</th><th class=\"size\">{}</th><th class=\"why\">{}</th></tr>\
         </thead>\n<tbody>\n",
        safe(words::NOT_DELIVERED),
        words::grouped(receipt.not_delivered.len() as u64),
        safe(file),
        safe(size),
        safe(words::WHY),
    )?;
    for file in &receipt.not_delivered {
        write!(
            page,
            "<tr><td><bdi>{}</bdi></td><td class=\"size\">{}</td><td>{}",
            safe(&file.name),
            bytes(file.size),
            safe(&file.why)
        )?;
        if let Some(details) = &file.details {
            write!(page, "<br><small>{}: {}</small>", safe(words::DETAILS), safe(&details.line()))?;
        }
        page.push_str("</td></tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
    Ok(())
}

fn delivered(page: &mut String, receipt: &Receipt) -> std::fmt::Result {
    let count = words::grouped(receipt.delivered.len() as u64);
    let [file, size, time, confirmed] = words::COLUMNS;
    write!(
        page,
        "<section>\n<h2>{} ({count})</h2>\n<table class=\"files\">\n<thead><tr><th>{}</th><th class=\"size\">{}</th><th>{}</th>\
         <th>{}</th></tr></thead>\n",
        safe(words::DELIVERED),
        safe(file),
        safe(size),
        safe(time),
        safe(confirmed),
    )?;
    for file in &receipt.delivered {
        one(page, file)?;
    }
    page.push_str("</table>\n</section>\n");
    Ok(())
}

fn one(page: &mut String, file: &Delivered) -> std::fmt::Result {
    write!(
        page,
        "<tbody><tr><td class=\"name\"><bdi>{}</bdi></td><td class=\"size\">{}</td><td class=\"time\">{}</td>\
         <td class=\"proof\">{}</td></tr>\n<tr class=\"facts\"><td colspan=\"4\">",
        safe(&file.name),
        bytes(file.size),
        words::moment_short(file.at),
        safe(words::proof(file.confirmed)),
    )?;
    let facts = [
        file.key.as_str(),
        file.sha256.as_deref().unwrap_or(words::NONE),
        &file.crc64nvme,
        &file.etag,
        file.version_id.as_deref().unwrap_or(words::NONE),
        &file.request_id,
    ];
    for (label, fact) in words::FILE_FACTS.iter().zip(facts) {
        write!(page, "<span><i>{}</i> <code>{}</code></span> ", safe(label), safe(fact))?;
    }
    page.push_str("</td></tr></tbody>\n");
    Ok(())
}

/// Returns the rounded size, with the exact number of bytes below it.
fn bytes(size: u64) -> String {
    if size < 1000 {
        return safe(&words::size(size));
    }
    format!("{}<br><small>{}</small>", safe(&words::size(size)), words::grouped(size))
}
