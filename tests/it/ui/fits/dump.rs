//! Dumps what is painted.
use super::measure::each;
use super::shown::*;
use egui::Shape;
use std::fmt::Write as _;

#[test]
fn dump() {
    let mut all = String::new();
    let mut looks = vec![AT_100, AT_200];
    looks.push(Look { name: "wide", size: (960.0, 680.0), ..AT_100 });
    looks.push(Look { name: "widest", size: (1400.0, 900.0), ..AT_100 });
    for screen in screens() {
        for look in &looks {
            let shown = draw(&screen, *look);
            writeln!(all, "== {} {}", screen.name, look.name).unwrap();
            for shape in &shown.output().shapes {
                let c = shape.clip_rect;
                each(&shape.shape, &mut |s| match s {
                    Shape::Text(t) => { let r = t.galley.rect.translate(t.pos.to_vec2()); writeln!(all, "{c:?}]] T {:.2} {:.2} {:.2} {:.2} {:?} {:?}", r.left(), r.top(), r.right(), r.bottom(), t.fallback_color, t.galley.text()).unwrap() },
                    Shape::Rect(r) => writeln!(all, "{c:?}]] R {:.2} {:.2} {:.2} {:.2} {:?} {:?}", r.rect.left(), r.rect.top(), r.rect.right(), r.rect.bottom(), r.fill, r.stroke).unwrap(),
                    Shape::Noop => {}
                    other => { let r = other.visual_bounding_rect(); writeln!(all, "{c:?}]] S {:.2} {:.2} {:.2} {:.2}", r.left(), r.top(), r.right(), r.bottom()).unwrap() },
                });
            }
        }
    }
    std::fs::write(std::env::var("DUMP").unwrap(), all).unwrap();
}
