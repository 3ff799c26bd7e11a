//! An error's body that the SDK could not read: it is not quite XML, or an S3 fault stands where an STS fault should be.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

/// Returns the text of the first element with this name, empty if there is none that ends.
pub(super) fn element(xml: &[u8], name: &str) -> String {
    let xml = String::from_utf8_lossy(xml);
    let mut reader = Reader::from_str(&xml);
    reader.config_mut().check_end_names = false;
    let mut text: Option<String> = None;
    loop {
        let Ok(event) = reader.read_event() else { return String::new() };
        match (event, &mut text) {
            (Event::Eof, _) => return String::new(),
            (Event::Start(start), None) if start.local_name().as_ref() == name.as_bytes() => text = Some(String::new()),
            (Event::Text(part), Some(text)) => text.push_str(&part.decode().unwrap_or_default()),
            (Event::CData(part), Some(text)) => text.push_str(&part.decode().unwrap_or_default()),
            (Event::GeneralRef(part), Some(text)) => text.push_str(&referenced(&part)),
            (Event::End(_), Some(text)) => return std::mem::take(text),
            _ => {}
        }
    }
}

/// What `&name;` or `&#number;` stands for; one that XML does not know stays as it is.
fn referenced(part: &BytesRef<'_>) -> String {
    if let Ok(Some(char)) = part.resolve_char_ref() {
        return char.to_string();
    }
    let name = part.decode().unwrap_or_default();
    resolve_predefined_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn the_text_of_an_element_is_found() {
        for (xml, code) in [
            ("<Error><Code>AccessDenied</Code></Error>", "AccessDenied"),
            ("<?xml version=\"1.0\"?>\n<e:Error xmlns:e=\"x\"><e:Code a=\"b\">A</e:Code></e:Error>", "A"),
            ("<ErrorResponse><Error><Type>Sender</Type><Code>B</Code></Error></ErrorResponse>", "B"),
            (
                "<Code>a &lt;b&gt; &quot;c&quot; &apos;d&apos; &amp; &#101;&#x66; &eacute;</Code>",
                "a <b> \"c\" 'd' & ef &eacute;",
            ),
            ("<Code><![CDATA[a<b]]></Code>", "a<b"),
            ("<Code>a &amp;lt;</Code>", "a &lt;"),
            ("<html><br><p>no end<Code>A</Code>", "A"),
            ("<Code>first</Code><Code>second</Code>", "first"),
            ("<Code/>", ""),
            ("<Code>cut of", ""),
            ("<Encoded>A</Encoded>", ""),
            ("no XML at all & < >", ""),
            ("", ""),
        ] {
            assert_eq!(element(xml.as_bytes(), "Code"), code, "{xml}");
        }
        assert_eq!(element(b"<Code>\xff</Code>", "Code"), "\u{fffd}");
    }
}
