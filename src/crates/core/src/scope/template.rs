//! The commented `audit.yaml` that `arpenteur init` writes.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A language of the product.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French, the product's first language.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// `fr` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

/// The file's text, with the audit's id and a mandate of three months from `today`.
/// `template` is `templates/audit.LANG.yaml`.
pub fn audit_template(template: &str, id: Uuid, today: jiff::civil::Date) -> String {
    let until = today
        .checked_add(jiff::Span::new().months(3))
        .unwrap_or(today);
    template
        .replace("@ID@", &id.to_string())
        .replace("@FROM@", &today.to_string())
        .replace("@TO@", &until.to_string())
}
