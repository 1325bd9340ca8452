//! Until when makers mend their products: `models/lifecycle.yaml`.
use super::around::{by_inventory, path};
use super::keys::text;
use crate::data::{Diagnostics, Limits, Source, Spanned};
use crate::model::{Asset, Provenance, UnreadReason};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use regex::Regex;
use serde::Deserialize;
use serde_json::json;

/// The list of dates.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    reviewed: Date,
    stale_after_days: u32,
    products: Vec<Product>,
}

#[derive(Debug, Clone)]
struct Product {
    name: String,
    kind: Kind,
    os_name: Option<Regex>,
    model: Option<Regex>,
    cycles: Vec<Cycle>,
}

/// Which facts a product's dates answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// `lifecycle.os_end`.
    Os,
    /// `lifecycle.firmware_end`, and `lifecycle.os_end`: a network device runs nothing else.
    Firmware,
}

#[derive(Debug, Clone)]
struct Cycle {
    version: String,
    ends: Date,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LifecycleFile {
    version: Spanned<u32>,
    reviewed: Spanned<String>,
    stale_after_days: u32,
    products: Vec<Spanned<ProductFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductFile {
    name: String,
    kind: Kind,
    #[serde(default)]
    os_name: Option<Spanned<String>>,
    #[serde(default)]
    model: Option<Spanned<String>>,
    /// Whether extended support is everybody's, without a contract (Debian LTS).
    #[serde(default)]
    extended_for_all: bool,
    /// Where the dates were read: for those who look them through.
    #[serde(rename = "source")]
    _source: String,
    cycles: Vec<Spanned<CycleFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CycleFile {
    version: String,
    ends: Spanned<String>,
    /// End of long-term support by contract or by a community: not what a product has by itself.
    #[serde(default)]
    extended: Option<Spanned<String>>,
}

impl Lifecycle {
    /// Reads the list.
    ///
    /// # Errors
    /// Every mistake, at its place.
    pub fn load(file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let source = Source::new(file, bytes, Limits::default())?;
        let raw: LifecycleFile = source.parse()?;
        let mut errors = Diagnostics::default();
        let mut date = |text: &Spanned<String>| match text.value.parse::<Date>() {
            Ok(date) => date,
            Err(_) => {
                let message = format!("`{}` is not a date", text.value);
                errors.push(
                    source
                        .error(text, message)
                        .help("year, month, day: 2027-03-31"),
                );
                Date::default()
            }
        };
        let reviewed = date(&raw.reviewed);
        let mut cycles = Vec::new();
        for product in &raw.products {
            let read = product.value.cycles.iter().map(|cycle| {
                let ends = date(&cycle.value.ends);
                let extended = cycle.value.extended.as_ref().map(&mut date);
                Cycle {
                    version: cycle.value.version.clone(),
                    ends: extended
                        .filter(|_| product.value.extended_for_all)
                        .unwrap_or(ends),
                }
            });
            cycles.push(read.collect::<Vec<_>>());
        }
        if raw.version.value != 1 {
            errors.push(source.error(&raw.version, "the version of this format is 1"));
        }
        let mut pattern = |text: &Option<Spanned<String>>| {
            let text = text.as_ref()?;
            match Regex::new(&text.value) {
                Ok(regex) => Some(regex),
                Err(error) => {
                    errors.push(source.error(text, error.to_string()));
                    None
                }
            }
        };
        let products = raw.products.iter().zip(cycles);
        let products = products
            .map(|(product, cycles)| Product {
                name: product.value.name.clone(),
                kind: product.value.kind,
                os_name: pattern(&product.value.os_name),
                model: pattern(&product.value.model),
                cycles,
            })
            .collect();
        errors.into_result(Self {
            reviewed,
            stale_after_days: raw.stale_after_days,
            products,
        })
    }

    /// Whether the list is too old to be believed.
    fn is_stale(&self, as_of: Timestamp) -> bool {
        let today = as_of.to_zoned(TimeZone::UTC).date();
        let age = today.since(self.reviewed).map(|span| span.get_days());
        age.is_ok_and(|days| i64::from(days) > i64::from(self.stale_after_days))
    }

    /// Writes the dates of an asset's products, or why there are none.
    pub(super) fn tell(&self, asset: &mut Asset, as_of: Timestamp) {
        let name = text(&asset.sheet, &path("os.name"));
        let model = text(&asset.sheet, &path("hardware.model_name"));
        let version = text(&asset.sheet, &path("os.version"));
        for (firmware, fact) in [
            (false, "lifecycle.os_end"),
            (true, "lifecycle.firmware_end"),
        ] {
            let at = path(fact);
            let fits = |product: &&Product| {
                (product.kind == Kind::Firmware || !firmware)
                    && product.fits(name.as_deref(), model.as_deref())
            };
            let found = self.products.iter().filter(fits).find_map(|product| {
                let cycle = product.cycle(version.as_deref()?)?;
                Some((product, cycle))
            });
            let evidence = asset.sheet.provenance(&path("os.version")).cloned();
            match found {
                _ if self.is_stale(as_of) => {
                    asset
                        .sheet
                        .set_unread(&at, UnreadReason::Stale, Provenance::default());
                }
                Some((product, cycle)) => {
                    let from = Provenance {
                        by: "lifecycle".to_owned(),
                        ..evidence.unwrap_or_default()
                    };
                    asset.sheet.set(&at, json!(cycle.ends.to_string()), from);
                    let label = format!("{} {}", product.name, cycle.version);
                    let at = path("lifecycle.product");
                    asset.sheet.set(&at, json!(label), by_inventory());
                }
                None => {
                    let unread = asset.sheet.unread(&path("os.version"));
                    let reason = unread.unwrap_or(UnreadReason::Unsupported);
                    asset.sheet.set_unread(&at, reason, Provenance::default());
                }
            }
        }
    }
}

impl Product {
    fn fits(&self, name: Option<&str>, model: Option<&str>) -> bool {
        let fits = |pattern: &Option<Regex>, value: Option<&str>| {
            pattern
                .as_ref()
                .is_none_or(|pattern| value.is_some_and(|value| pattern.is_match(value)))
        };
        (self.os_name.is_some() || self.model.is_some())
            && fits(&self.os_name, name)
            && fits(&self.model, model)
    }

    /// The cycle with the longest version that the given one begins with, at a boundary.
    fn cycle(&self, version: &str) -> Option<&Cycle> {
        let begins = |cycle: &&Cycle| {
            let rest = version.strip_prefix(cycle.version.as_str());
            rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        let cycles = self.cycles.iter().filter(begins);
        cycles.max_by_key(|cycle| cycle.version.len())
    }
}
