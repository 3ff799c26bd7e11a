//! Every text of the window can be read on its ground: WCAG AA, computed from the tokens.

use daypass::ui::theme::{DARK, LIGHT, Tokens};
use egui::Color32;

#[test]
fn text_can_be_read_on_its_ground() {
    for (name, t) in [("light", &LIGHT), ("dark", &DARK)] {
        for (what, ink, ground) in pairs(t) {
            let ratio = contrast(ink, ground);
            assert!(ratio >= 4.5, "{name}: {what} has {ratio:.2}");
        }
    }
}

fn pairs(t: &Tokens) -> Vec<(&'static str, Color32, Color32)> {
    let mut pairs = vec![
        ("on accent", t.on_accent, t.accent),
        ("accent on accent soft", t.accent, t.accent_soft),
        ("ok on ok soft", t.ok, t.ok_soft),
        ("warn on warn soft", t.warn, t.warn_soft),
        ("bad on bad soft", t.bad, t.bad_soft),
        ("ink on sunken", t.ink, t.sunken),
        ("faint", t.faint, t.surface),
    ];
    for soft in [t.accent_soft, t.ok_soft, t.warn_soft, t.bad_soft] {
        pairs.push(("ink on soft", t.ink, soft));
        pairs.push(("muted on soft", t.muted, soft));
    }
    for ground in [t.surface, t.bg] {
        for (what, ink) in
            [("ink", t.ink), ("muted", t.muted), ("accent", t.accent), ("ok", t.ok), ("warn", t.warn), ("bad", t.bad)]
        {
            pairs.push((what, ink, ground));
        }
    }
    pairs
}

/// WCAG 2.1, contrast ratio.
fn contrast(a: Color32, b: Color32) -> f64 {
    let light = |color: Color32| {
        let [r, g, b] = [color.r(), color.g(), color.b()].map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
