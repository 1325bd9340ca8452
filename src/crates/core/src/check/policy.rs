//! What a client's own file changes of the catalogue: which checks judge, their parameters and
//! severities, and the exceptions that were approved (`profile.yaml` of the audit folder).
use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::{Catalogue, Check, Looser, Param};
use crate::data::{Diagnostics, Limits, Source, Spanned, suggest};
use crate::model::Severity;

/// The client's choices. The default one changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// Its name.
    pub profile: Option<String>,
    /// Patterns of the checks that judge; all of them where there is none.
    pub select: Vec<String>,
    /// Patterns of checks that do not judge.
    pub exclude: Vec<String>,
    /// Changes by check id.
    pub overrides: BTreeMap<String, Override>,
    /// Approved exceptions, in the order of the file.
    pub waivers: Vec<Waiver>,
}

/// A change of one check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Override {
    /// Parameters and their values.
    pub params: BTreeMap<String, Json>,
    /// Severity in place of the check's own.
    pub severity: Option<Severity>,
    /// Whether every parameter is at least as strict as the check's references need.
    pub supports_references: bool,
    /// Why.
    pub reason: String,
}

/// An approved exception: it never changes an outcome, it is written beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Check id.
    pub check: String,
    /// Devices by name or address, `*` for any text; every device where absent.
    pub device: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Items by key, `*` for any text; every item where absent.
    pub item: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for the risk.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// First day (UTC, inclusive).
    pub from: Option<Date>,
    /// Last day (UTC, inclusive).
    pub until: Date,
}

/// `profile.yaml`, as its reader writes it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Profile")]
pub struct ProfileFile {
    /// Its name, for the report.
    profile: String,
    /// Families (`SSH`) or ids (`LIN-00*`) of the checks that judge; all of them where absent.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    select: Vec<Spanned<String>>,
    /// Families or ids of checks that do not judge.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    exclude: Vec<Spanned<String>>,
    /// Changes by check id.
    #[serde(default, rename = "override")]
    #[schemars(with = "BTreeMap<String, OverrideFile>")]
    overrides: BTreeMap<String, Spanned<OverrideFile>>,
    /// Approved exceptions.
    #[serde(default)]
    #[schemars(with = "Vec<WaiverFile>")]
    waivers: Vec<Spanned<WaiverFile>>,
}

/// A change of one check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OverrideFile {
    /// Parameters and their values.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Json>")]
    params: BTreeMap<String, Spanned<Json>>,
    /// Severity in place of the check's own.
    severity: Option<Severity>,
    /// Why: it is printed in the report.
    #[schemars(with = "String")]
    reason: Spanned<String>,
}

/// An approved exception.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WaiverFile {
    /// Check id.
    #[schemars(with = "String")]
    check: Spanned<String>,
    /// What it is limited to.
    #[serde(default)]
    scope: WaiverScope,
    /// Why the risk is accepted.
    #[schemars(with = "String")]
    reason: Spanned<String>,
    /// Who answers for the risk.
    #[schemars(with = "String")]
    owner: Spanned<String>,
    /// Who approved it.
    #[schemars(with = "String")]
    approved_by: Spanned<String>,
    /// First day (UTC, inclusive).
    #[schemars(with = "Option<String>")]
    from: Option<Spanned<String>>,
    /// Last day (UTC, inclusive).
    #[schemars(with = "String")]
    until: Spanned<String>,
}

/// What a waiver is limited to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct WaiverScope {
    /// Device by name or address; `*` stands for any text.
    device: Option<String>,
    /// Site.
    site: Option<String>,
    /// Item by key; `*` stands for any text.
    item: Option<String>,
}

impl Policy {
    /// Reads a profile against the catalogue that it changes.
    ///
    /// # Errors
    /// Every mistake, at its place.
    pub fn load(path: &str, bytes: &[u8], catalogue: &Catalogue) -> Result<Self, Diagnostics> {
        let source = Source::new(path, bytes, Limits::default())?;
        let file: ProfileFile = source.parse()?;
        let mut reader = Reader {
            source: &source,
            catalogue,
            errors: Diagnostics::default(),
        };
        let policy = Self {
            profile: Some(file.profile),
            select: reader.patterns(&file.select),
            exclude: reader.patterns(&file.exclude),
            overrides: reader.overrides(&file.overrides),
            waivers: file
                .waivers
                .iter()
                .filter_map(|waiver| reader.waiver(&waiver.value))
                .collect(),
        };
        reader.errors.into_result(policy)
    }

    /// Whether a check judges.
    pub fn is_active(&self, check: &Check) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| names(pattern, check));
        (self.select.is_empty() || named(&self.select)) && !named(&self.exclude)
    }

    /// Whether a check's parameters are as strict as its references need.
    pub fn supports_references(&self, check: &str) -> bool {
        self.overrides
            .get(check)
            .is_none_or(|change| change.supports_references)
    }
}

/// Whether a pattern names a check: its family, or its id with `*` for any text.
fn names(pattern: &str, check: &Check) -> bool {
    pattern.eq_ignore_ascii_case(&check.family)
        || glob(pattern, &check.id)
        || check.aliases.iter().any(|alias| glob(pattern, alias))
}

/// Whether a text is what a pattern with `*` for any text describes, upper and lower case alike.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.split_once(middle) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

struct Reader<'a> {
    source: &'a Source<'a>,
    catalogue: &'a Catalogue,
    errors: Diagnostics,
}

impl Reader<'_> {
    fn at<T>(&mut self, value: &Spanned<T>, message: impl Into<String>, help: Option<String>) {
        let error = self.source.error(value, message);
        self.errors.push(match help {
            Some(help) => error.help(help),
            None => error,
        });
    }

    fn patterns(&mut self, patterns: &[Spanned<String>]) -> Vec<String> {
        for pattern in patterns {
            let mut checks = self.catalogue.checks().iter();
            if !checks.any(|check| names(&pattern.value, check)) {
                let help = "a family (SSH), an id (SSH-006), or an id with `*` (LIN-00*)";
                let message = format!("`{}` names no check", pattern.value);
                self.at(pattern, message, Some(help.to_owned()));
            }
        }
        patterns
            .iter()
            .map(|pattern| pattern.value.clone())
            .collect()
    }

    /// The check of an id, former ids included.
    fn check<T>(&mut self, id: &str, place: &Spanned<T>) -> Option<&Check> {
        if self.catalogue.get(id).is_none() {
            let known = self
                .catalogue
                .checks()
                .iter()
                .map(|check| check.id.as_str());
            let help = suggest(id, known);
            self.at(place, format!("no check `{id}`"), help);
        }
        self.catalogue.get(id)
    }

    fn overrides(
        &mut self,
        raw: &BTreeMap<String, Spanned<OverrideFile>>,
    ) -> BTreeMap<String, Override> {
        let mut overrides = BTreeMap::new();
        for (id, change) in raw {
            let catalogue = self.catalogue;
            if self.check(id, change).is_none() {
                continue;
            }
            let Some(check) = catalogue.get(id) else {
                continue;
            };
            self.not_empty("reason", &change.value.reason);
            let mut params = BTreeMap::new();
            let mut strict = true;
            for (name, value) in &change.value.params {
                let Some(param) = check.params.get(name) else {
                    let help = suggest(name, check.params.keys().map(String::as_str));
                    let message = format!("check `{}` has no parameter `{name}`", check.id);
                    self.at(value, message, help);
                    continue;
                };
                if kind(&value.value) != kind(&param.default) {
                    let message = format!(
                        "parameter `{name}` of `{}` is {}, not {}",
                        check.id,
                        kind(&param.default),
                        kind(&value.value)
                    );
                    self.at(
                        value,
                        message,
                        Some(format!("its default is {}", param.default)),
                    );
                    continue;
                }
                strict &= at_least_as_strict(param, &value.value);
                params.insert(name.clone(), value.value.clone());
            }
            let change = Override {
                params,
                severity: change.value.severity,
                supports_references: strict,
                reason: change.value.reason.value.clone(),
            };
            overrides.insert(check.id.clone(), change);
        }
        overrides
    }

    fn not_empty(&mut self, key: &str, text: &Spanned<String>) {
        if text.value.trim().is_empty() {
            self.at(text, format!("`{key}` is empty"), None);
        }
    }

    fn date(&mut self, text: &Spanned<String>) -> Option<Date> {
        let date = text.value.parse().ok();
        if date.is_none() {
            let help = "year, month, day: 2027-03-31, inclusive, in UTC";
            let message = format!("`{}` is not a date", text.value);
            self.at(text, message, Some(help.to_owned()));
        }
        date
    }

    fn waiver(&mut self, raw: &WaiverFile) -> Option<Waiver> {
        for (key, text) in [
            ("reason", &raw.reason),
            ("owner", &raw.owner),
            ("approved_by", &raw.approved_by),
        ] {
            self.not_empty(key, text);
        }
        let check = self.check(&raw.check.value, &raw.check)?.id.clone();
        let from = raw.from.as_ref().and_then(|text| self.date(text));
        let until = self.date(&raw.until)?;
        if from.is_some_and(|from| from > until) {
            self.at(&raw.until, "`until` lies before `from`", None);
        }
        Some(Waiver {
            check,
            device: raw.scope.device.clone(),
            site: raw.scope.site.clone(),
            item: raw.scope.item.clone(),
            reason: raw.reason.value.clone(),
            owner: raw.owner.value.clone(),
            approved_by: raw.approved_by.value.clone(),
            from,
            until,
        })
    }
}

/// What kind of value a parameter is.
fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a mapping",
    }
}

/// Whether a value is no looser than the loosest that still supports the references. Where the
/// check does not say which way is looser, only that very value is known to be strict enough.
fn at_least_as_strict(param: &Param, value: &Json) -> bool {
    if *value == param.strictest {
        return true;
    }
    let number = |value: &Json| value.as_f64().unwrap_or(f64::NAN);
    let within = |part: &Json, whole: &Json| {
        let whole = whole.as_array().into_iter().flatten();
        let whole: Vec<&Json> = whole.collect();
        part.as_array()
            .into_iter()
            .flatten()
            .all(|value| whole.contains(&value))
    };
    match param.looser {
        Some(Looser::Higher) => number(value) <= number(&param.strictest),
        Some(Looser::Lower) => number(value) >= number(&param.strictest),
        Some(Looser::More) => within(value, &param.strictest),
        Some(Looser::Fewer) => within(&param.strictest, value),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(glob("LIN-00*", "LIN-001") && glob("*", "x") && glob("sw-*-02", "SW-atelier-02"));
        assert!(glob("Gi1/0/12", "gi1/0/12") && glob("a*b*c", "a1b2c"));
        assert!(!glob("LIN-00*", "LIN-010") && !glob("sw", "sw1") && !glob("a*b*c", "acb"));
        assert!(!glob("ab*ba", "aba"), "parts do not overlap");
    }
}
