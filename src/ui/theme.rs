//! The look: every color, size and font of the window, light and dark.

pub mod gap;
pub mod icon_size;
pub mod padding;
pub mod size;

use egui::epaint::text::{FontData, FontDefinitions};
use egui::{Color32, CornerRadius, FontFamily, FontId, Id, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals};
use std::sync::Arc;

/// The colors of one appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    pub bg: Color32,
    /// Cards, the table, the pass.
    pub surface: Color32,
    /// Tracks of bars, and what the pointer is over.
    pub sunken: Color32,
    /// Borders and row lines.
    pub line: Color32,
    pub ink: Color32,
    pub muted: Color32,
    /// Folders beside names.
    pub faint: Color32,
    /// The one main action, links, progress.
    pub accent: Color32,
    pub accent_soft: Color32,
    /// Text on it.
    pub on_accent: Color32,
    pub ok: Color32,
    pub ok_soft: Color32,
    /// Needs a look, ends soon.
    pub warn: Color32,
    pub warn_soft: Color32,
    pub bad: Color32,
    pub bad_soft: Color32,
    /// What lies over the window while a dialog is open.
    pub veil: Color32,
}

#[expect(clippy::disallowed_methods, reason = "this is the one place where colors are written down")]
const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// The light appearance.
pub const LIGHT: Tokens = Tokens {
    bg: rgb(0x00F4_F5F8),
    surface: rgb(0x00FF_FFFF),
    sunken: rgb(0x00EC_EEF3),
    line: rgb(0x00DD_E1E9),
    ink: rgb(0x0016_1A22),
    muted: rgb(0x0059_6273),
    faint: rgb(0x0068_7184),
    accent: rgb(0x0033_55D8),
    accent_soft: rgb(0x00E8_EDFD),
    on_accent: rgb(0x00FF_FFFF),
    ok: rgb(0x0012_734A),
    ok_soft: rgb(0x00E2_F4EA),
    warn: rgb(0x008F_4B00),
    warn_soft: rgb(0x00FD_F0DC),
    bad: rgb(0x00B3_233F),
    bad_soft: rgb(0x00FC_E8EC),
    veil: Color32::from_black_alpha(90),
};

/// The dark appearance.
pub const DARK: Tokens = Tokens {
    bg: rgb(0x0012_151B),
    surface: rgb(0x001A_1E26),
    sunken: rgb(0x0023_2833),
    line: rgb(0x0032_3947),
    ink: rgb(0x00EE_F1F6),
    muted: rgb(0x00A4_AEBF),
    faint: rgb(0x008E_98AA),
    accent: rgb(0x008F_A6FF),
    accent_soft: rgb(0x0025_2E4E),
    on_accent: rgb(0x0010_131A),
    ok: rgb(0x005C_D39A),
    ok_soft: rgb(0x0017_3528),
    warn: rgb(0x00F2_B35E),
    warn_soft: rgb(0x003A_2A12),
    bad: rgb(0x00FF_8FA3),
    bad_soft: rgb(0x0043_202A),
    veil: Color32::from_black_alpha(150),
};

/// The colors that tell customers apart, light and dark, beside their names.
const CUSTOMERS: [(Color32, Color32); 8] = [
    (rgb(0x002F_6FDE), rgb(0x006F_A4FF)),
    (rgb(0x00B4_5309), rgb(0x00F0_A04B)),
    (rgb(0x000F_8A5F), rgb(0x004C_CB99)),
    (rgb(0x00A2_3BB8), rgb(0x00D7_83EA)),
    (rgb(0x00C0_3A5B), rgb(0x00FF_8AA6)),
    (rgb(0x000E_7F97), rgb(0x004F_C4DC)),
    (rgb(0x007A_6A00), rgb(0x00D6_C24A)),
    (rgb(0x0061_4BC3), rgb(0x00A7_96FF)),
];

/// Which color each account has, as handed out so far.
type GivenColors = Arc<Vec<(Box<str>, usize)>>;

/// Hands a color out to each of these accounts that has none yet. Each keeps its own as long as the window is open, and no
/// two have the same while there are as many colors as accounts.
pub fn give_colors<'a>(ctx: &egui::Context, accounts: impl Iterator<Item = &'a str>) {
    let given = given(ctx);
    let mut new: Vec<&str> = accounts.filter(|account| given.iter().all(|(of, _)| **of != **account)).collect();
    if new.is_empty() {
        return;
    }
    // In the order of their numbers, so that the same customers have the same colors the next time.
    new.sort_unstable();
    new.dedup();
    let mut all = given.to_vec();
    for account in new {
        let color = free(&all, account);
        all.push((account.into(), color));
    }
    ctx.data_mut(|data| data.insert_temp(Id::unique("colors of customers"), Arc::new(all)));
}

fn given(ctx: &egui::Context) -> GivenColors {
    ctx.data(|data| data.get_temp(Id::unique("colors of customers"))).unwrap_or_default()
}

/// Returns the color this account would choose, or the next one that nobody has.
fn free(given: &[(Box<str>, usize)], account: &str) -> usize {
    // FNV-1a: the same on every computer and in every version.
    let hash = account.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let first = usize::try_from(hash % 8).unwrap_or(0);
    let mut choice = (0..CUSTOMERS.len()).map(|step| (first + step) % CUSTOMERS.len());
    choice.find(|color| given.iter().all(|(_, taken)| taken != color)).unwrap_or(first)
}

/// Returns the color of the customer with this account: one that no customer in view has but this one.
#[must_use]
pub fn customer(ui: &egui::Ui, account: &str) -> Color32 {
    let given = given(ui.ctx());
    let own = given.iter().find(|(of, _)| **of == *account).map(|(_, color)| *color);
    let (light, dark) = CUSTOMERS[own.unwrap_or_else(|| free(&given, account))];
    if ui.visuals().dark_mode { dark } else { light }
}

/// Returns the colors of the appearance this part of the window is drawn in.
#[must_use]
pub fn of(ui: &egui::Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The kinds of text there are: a font, a size and the height of a line, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Body,
    /// Text that carries the sentence, 14/20 semibold.
    Strong,
    /// Second text, 12.5/18.
    Small,
    /// Second text that names something, 12.5/18 semibold.
    SmallStrong,
    /// Names, 16/22 semibold.
    Name,
    /// Headings, 22/28 semibold.
    Heading,
    /// The title of the first screen, 28/34 semibold.
    Title,
    /// ARNs and ids, 12.5/20 monospace.
    Mono,
    /// ARNs and ids in second text, 12.5/18 monospace.
    MonoSmall,
    /// The time left, 26/30 semibold.
    Clock,
}

impl Face {
    /// Returns the font and its size.
    #[must_use]
    pub fn font(self) -> FontId {
        match self {
            Self::Body => FontId::new(14.0, FontFamily::Proportional),
            Self::Small => FontId::new(12.5, FontFamily::Proportional),
            Self::Strong => FontId::new(14.0, semibold()),
            Self::SmallStrong => FontId::new(12.5, semibold()),
            Self::Name => FontId::new(16.0, semibold()),
            Self::Heading => FontId::new(22.0, semibold()),
            Self::Title => FontId::new(28.0, semibold()),
            Self::Clock => FontId::new(26.0, semibold()),
            Self::Mono | Self::MonoSmall => FontId::new(12.5, FontFamily::Monospace),
        }
    }

    /// Returns what is added between letters: large text stands closer.
    #[must_use]
    pub const fn spacing(self) -> f32 {
        match self {
            Self::Heading => -0.22,
            Self::Title => -0.28,
            Self::Body
            | Self::Strong
            | Self::Small
            | Self::SmallStrong
            | Self::Name
            | Self::Mono
            | Self::MonoSmall
            | Self::Clock => 0.0,
        }
    }

    /// Returns the height of a line.
    #[must_use]
    pub const fn line(self) -> f32 {
        match self {
            Self::Body | Self::Strong | Self::Mono => 20.0,
            Self::Small | Self::SmallStrong | Self::MonoSmall => 18.0,
            Self::Name => 22.0,
            Self::Heading => 28.0,
            Self::Title => 34.0,
            Self::Clock => 30.0,
        }
    }
}

/// Returns the semibold family.
#[must_use]
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Returns the family of outlined icons.
#[must_use]
pub fn icons() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// Returns the family of filled icons.
#[must_use]
pub fn icons_filled() -> FontFamily {
    FontFamily::Name("icons-filled".into())
}

/// Fonts: Inter for text, Phosphor for icons, egui's own behind them for what they lack.
#[must_use]
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut add = |name: &str, bytes: &'static [u8]| {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    };
    add("Inter", include_bytes!("../../assets/fonts/Inter-Regular.otf"));
    add("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf"));
    add("Phosphor", include_bytes!("../../assets/fonts/Phosphor.ttf"));
    add("Phosphor Fill", include_bytes!("../../assets/fonts/Phosphor-Fill.ttf"));
    let behind = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let with = |first: &str| [vec![first.to_owned()], behind.clone()].concat();
    fonts.families.insert(FontFamily::Proportional, with("Inter"));
    fonts.families.insert(semibold(), with("Inter SemiBold"));
    fonts.families.insert(icons(), vec!["Phosphor".to_owned()]);
    fonts.families.insert(icons_filled(), vec!["Phosphor Fill".to_owned()]);
    fonts
}

/// Gives the window its look. Called once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.options_mut(|options| options.fallback_theme = Theme::Light);
    for (theme, tokens) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| dress(style, tokens));
    }
}

fn dress(style: &mut Style, t: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, Face::Small.font()),
        (TextStyle::Body, Face::Body.font()),
        (TextStyle::Button, Face::Body.font()),
        (TextStyle::Heading, Face::Heading.font()),
        (TextStyle::Monospace, Face::Mono.font()),
    ]
    .into();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.spacing.item_spacing = egui::vec2(8.0, 8.0);
    style.spacing.button_padding = egui::vec2(10.0, 7.0);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.window_margin = Margin::same(20);
    style.spacing.interact_size.y = 32.0;
    style.spacing.icon_width = 18.0;
    style.spacing.icon_width_inner = 10.0;
    style.spacing.scroll = egui::style::ScrollStyle {
        floating_width: 4.0,
        dormant_handle_opacity: 0.2,
        active_handle_opacity: 0.35,
        interact_handle_opacity: 0.6,
        ..egui::style::ScrollStyle::floating()
    };
    let v: &mut Visuals = &mut style.visuals;
    v.panel_fill = t.bg;
    v.window_fill = t.surface;
    v.window_stroke = Stroke::new(1.0, t.line);
    v.extreme_bg_color = t.surface;
    v.text_edit_bg_color = Some(t.surface);
    v.faint_bg_color = t.surface;
    v.code_bg_color = t.sunken;
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.warn;
    v.error_fg_color = t.bad;
    v.weak_text_color = Some(t.muted);
    v.window_corner_radius = CornerRadius::same(size::CARD);
    v.menu_corner_radius = CornerRadius::same(size::RADIUS + 2);
    v.window_shadow = Shadow::NONE;
    v.popup_shadow = Shadow::NONE;
    v.selection.bg_fill = t.accent_soft;
    v.selection.stroke = Stroke::new(1.0, t.ink);
    v.text_cursor.stroke = Stroke::new(1.5, t.accent);
    v.text_cursor.blink = false;
    let corner_radius = CornerRadius::same(size::RADIUS);
    let of = |fill: Color32, line: Color32| egui::style::WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius,
        fg_stroke: Stroke::new(1.0, t.ink),
        expansion: 0.0,
    };
    v.widgets.noninteractive = of(t.surface, t.line);
    v.widgets.inactive = of(t.surface, t.line);
    v.widgets.hovered = of(t.sunken, t.line);
    v.widgets.active = of(t.sunken, t.accent);
    v.widgets.open = of(t.sunken, t.line);
}
