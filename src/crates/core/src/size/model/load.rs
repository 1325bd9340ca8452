//! Reading and checking of the model file; what was changed against the built-in one.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Aging, ClassCoefficients, Coefficient, CoverageHours, CrossChecks, Figure, FullTime,
    Governance, IntervalModel, LevelProfiles, OnCallModel, Rates, Reaudit, RemediationModel,
    ScopeModel, ServiceTerms, Sites, SizingModel, Splits, ThirdParties, TransitionModel, Users,
};
use crate::data::{Diagnostics, Limits, Source, Spanned, sha256_hex, suggest};
use crate::model::class::{ClassId, ClassTable, Criticality, SizingLine};
use crate::model::estimate::ModelChange;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    full_time: FullTime,
    rates: Rates,
    levels: LevelProfiles,
    splits: Splits,
    aging: Aging,
    classes: Spanned<BTreeMap<String, Spanned<Entry>>>,
    users: Users,
    sites: Sites,
    third_parties: ThirdParties,
    reaudit: Reaudit,
    governance: Governance,
    on_call: OnCallModel,
    transition: TransitionModel,
    remediation: RemediationModel,
    service_levels: ServiceTerms,
    end_of_support_cap: Criticality,
    coverage: CoverageHours,
    interval: IntervalModel,
    scopes: Vec<ScopeModel>,
    endpoint_classes: Vec<Spanned<String>>,
    cross_checks: CrossChecks,
}

/// A class's coefficients, or the class that it takes them from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    like: Option<Spanned<String>>,
    preventive: Option<Spanned<Coefficient>>,
    reactive: Option<Spanned<Coefficient>>,
    transition: Option<TransitionHours>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransitionHours {
    hours: Figure,
    // Read so that it must stand there: a figure without origin is no use to its reader.
    #[serde(rename = "source")]
    _source: String,
}

impl SizingModel {
    /// Reads `models/sizing.yaml` and checks it against the classes.
    ///
    /// # Errors
    /// Every error found, with its place: unknown, duplicate or missing keys, figures out of
    /// range, bounds out of order, shares that do not sum to 1, a class without coefficients,
    /// coefficients of a class that is none.
    pub fn load(path: &str, bytes: &[u8], classes: &ClassTable) -> Result<Self, Diagnostics> {
        let source = Source::new(path, bytes, Limits::default())?;
        let file: File = source.parse()?;
        let mut check = Checker {
            source: &source,
            errors: Diagnostics::default(),
        };
        check.file(&file, classes);
        let coefficients = check.coefficients(&file.classes.value);
        let mut values = BTreeMap::new();
        flatten(&source.parse()?, String::new(), &mut values);
        let sha256 = sha256_hex(bytes);
        let errors = check.errors;
        errors.into_result(file.into_model(sha256, coefficients, values))
    }

    /// Values that differ from those of `default`, sorted by path.
    #[must_use]
    pub fn changes(&self, default: &Self) -> Vec<ModelChange> {
        let mut paths: Vec<_> = self.values.keys().chain(default.values.keys()).collect();
        paths.sort_unstable();
        paths.dedup();
        let change = |path: &String| {
            let (old, new) = (default.values.get(path), self.values.get(path));
            (old != new).then(|| ModelChange {
                path: path.clone(),
                default: old.cloned(),
                value: new.cloned(),
            })
        };
        paths.into_iter().filter_map(change).collect()
    }
}

impl File {
    fn into_model(
        self,
        sha256: String,
        classes: BTreeMap<ClassId, ClassCoefficients>,
        values: BTreeMap<String, String>,
    ) -> SizingModel {
        SizingModel {
            sha256,
            full_time: self.full_time,
            rates: self.rates,
            levels: self.levels,
            splits: self.splits,
            aging: self.aging,
            classes,
            users: self.users,
            sites: self.sites,
            third_parties: self.third_parties,
            reaudit: self.reaudit,
            governance: self.governance,
            on_call: self.on_call,
            transition: self.transition,
            remediation: self.remediation,
            service_levels: self.service_levels,
            end_of_support_cap: self.end_of_support_cap,
            coverage: self.coverage,
            interval: self.interval,
            scopes: self.scopes,
            endpoint_classes: self
                .endpoint_classes
                .into_iter()
                .map(|id| ClassId(id.value))
                .collect(),
            cross_checks: self.cross_checks,
            values,
        }
    }
}

struct Checker<'s> {
    source: &'s Source<'s>,
    errors: Diagnostics,
}

impl Checker<'_> {
    fn error<T>(&mut self, value: &Spanned<T>, message: impl Into<String>, help: Option<String>) {
        let error = self.source.error(value, message);
        self.errors.push(match help {
            Some(help) => error.help(help),
            None => error,
        });
    }

    fn file(&mut self, file: &File, classes: &ClassTable) {
        if file.version.value != 1 {
            let message = format!("version {} is not known", file.version.value);
            self.error(
                &file.version,
                message,
                Some("this program reads version 1".to_owned()),
            );
        }
        self.positive(&file.full_time.month_hours);
        self.positive(&file.full_time.utilisation);
        if file.aging.factor.value.0 < Decimal::ONE {
            self.error(
                &file.aging.factor,
                "an old device cannot cost less than a recent one",
                None,
            );
        }
        self.shares(file);
        self.spreads(file);
        self.fractions(file);
        self.class_names(file, classes);
        for (index, scope) in file.scopes.iter().enumerate() {
            if file
                .scopes
                .iter()
                .take(index)
                .any(|other| other.id.value == scope.id.value)
            {
                self.error(
                    &scope.id,
                    format!("scope `{}` stands twice", scope.id.value),
                    None,
                );
            }
        }
    }

    fn positive(&mut self, figure: &Spanned<Figure>) {
        if figure.value.0.is_zero() {
            self.error(figure, "must be above 0", None);
        }
    }

    fn sum_to_one<'f>(
        &mut self,
        place: &Spanned<impl Sized>,
        figures: impl Iterator<Item = &'f Figure>,
    ) {
        let sum: Decimal = figures.map(|figure| figure.0).sum();
        if sum != Decimal::ONE {
            self.error(
                place,
                format!("shares sum to {}, not to 1", sum.normalize()),
                None,
            );
        }
    }

    fn shares(&mut self, file: &File) {
        let (levels, once) = (&file.levels, &file.transition);
        let efforts = &file.remediation.efforts;
        for profiles in [
            &levels.n1,
            &levels.n2,
            &levels.n3,
            &levels.governance,
            &levels.on_call,
            &once.user.profiles,
            &once.site.profiles,
            &once.third_party.profiles,
            &once.shadowing.profiles,
            &once.briefing.profiles,
            &once.infrastructure,
            &once.peripheral,
            &once.management.profiles,
            &efforts.s.profiles,
            &efforts.m.profiles,
            &efforts.l.profiles,
            &efforts.xl.profiles,
        ] {
            self.sum_to_one(profiles, profiles.value.values());
        }
        for split in [&file.splits.peripheral, &file.splits.infrastructure] {
            self.sum_to_one(split, split.value.values());
        }
        let tiers = &file.users.shares.value;
        self.sum_to_one(
            &file.users.shares,
            [&tiers.n1, &tiers.n2, &tiers.n3].into_iter(),
        );
    }

    fn ordered(&mut self, coefficient: &Spanned<Coefficient>) {
        let spread = coefficient.value.spread();
        if spread.low > spread.likely || spread.likely > spread.high {
            let help = Some("low ≤ likely ≤ high".to_owned());
            self.error(coefficient, "bounds out of order", help);
        }
    }

    fn spreads(&mut self, file: &File) {
        for coefficient in [
            &file.users.tickets,
            &file.sites.visits,
            &file.third_parties.n2,
            &file.reaudit.n2,
            &file.reaudit.n3,
            &file.on_call.call_outs,
        ] {
            self.ordered(coefficient);
        }
        for entry in file.classes.value.values() {
            for coefficient in [&entry.value.preventive, &entry.value.reactive]
                .into_iter()
                .flatten()
            {
                self.ordered(coefficient);
            }
        }
        let factors = [
            (
                "governance",
                &file.governance.low_factor,
                &file.governance.high_factor,
            ),
            (
                "transition",
                &file.transition.low_factor,
                &file.transition.high_factor,
            ),
            (
                "remediation",
                &file.remediation.low_factor,
                &file.remediation.high_factor,
            ),
        ];
        for (section, low, high) in factors {
            if low.0 > Decimal::ONE || high.0 < Decimal::ONE {
                let message =
                    format!("`{section}`: low_factor must be at most 1, high_factor at least 1");
                self.errors.push(self.source.file_error(message));
            }
        }
    }

    /// Values that are parts of one.
    fn fractions(&mut self, file: &File) {
        let terms = &file.service_levels;
        for terms in [&terms.a, &terms.b, &terms.c, &terms.d] {
            if let Some(availability) = &terms.availability
                && availability.value.0 > Decimal::ONE
            {
                let help = Some("write 0.999 for 99.9 %".to_owned());
                self.error(availability, "an availability is at most 1", help);
            }
        }
        let weights = &file.interval.weights;
        let Some(largest) = [
            weights.value.authenticated,
            weights.value.unauthenticated,
            weights.value.declared,
            weights.value.unknown,
        ]
        .into_iter()
        .map(|weight| weight.0)
        .max() else {
            return;
        };
        if largest > Decimal::ONE {
            self.error(weights, "a weight is at most 1", None);
        }
    }

    fn class_names(&mut self, file: &File, classes: &ClassTable) {
        for class in classes
            .iter()
            .filter(|class| class.line != SizingLine::None)
        {
            if !file.classes.value.contains_key(class.id.as_str()) {
                let message = format!("class `{}` has no coefficients", class.id);
                let help = Some(format!(
                    "add `{}:` here, or `{}: {{like: …}}`",
                    class.id, class.id
                ));
                self.error(&file.classes, message, help);
            }
        }
        for (id, entry) in &file.classes.value {
            if classes
                .get(id)
                .is_none_or(|class| class.line == SizingLine::None)
            {
                let message = format!("coefficients of `{id}`, which is no sized class");
                self.error(entry, message, suggest(id, classes.ids()));
            }
        }
        for id in &file.endpoint_classes {
            if !file.classes.value.contains_key(&id.value) {
                let message = format!("`{}` is no sized class", id.value);
                self.error(id, message, suggest(&id.value, classes.ids()));
            }
        }
    }

    /// Coefficients of every class, those taken from another class included.
    fn coefficients(
        &mut self,
        entries: &BTreeMap<String, Spanned<Entry>>,
    ) -> BTreeMap<ClassId, ClassCoefficients> {
        let mut own = BTreeMap::new();
        for (id, entry) in entries {
            let Entry {
                like,
                preventive,
                reactive,
                transition,
            } = &entry.value;
            match (like, preventive, reactive, transition) {
                (Some(_), None, None, None) => {}
                (None, Some(preventive), Some(reactive), Some(transition)) => {
                    let coefficients = ClassCoefficients {
                        preventive: preventive.value.clone(),
                        reactive: reactive.value.clone(),
                        transition: transition.hours.0,
                    };
                    own.insert(ClassId(id.clone()), coefficients);
                }
                _ => self.error(
                    entry,
                    format!("class `{id}` needs `preventive`, `reactive` and `transition`"),
                    Some("or `like` alone, naming a class that has them".to_owned()),
                ),
            }
        }
        let mut all = own.clone();
        for (id, entry) in entries {
            let Some(like) = &entry.value.like else {
                continue;
            };
            match own.get(&ClassId(like.value.clone())) {
                Some(coefficients) => {
                    all.insert(ClassId(id.clone()), coefficients.clone());
                }
                None => {
                    let message = format!("`{}` has no coefficients of its own", like.value);
                    let help = suggest(&like.value, own.keys().map(ClassId::as_str));
                    self.error(like, message, help);
                }
            }
        }
        all
    }
}

/// Every scalar of a document by its path, such as `classes.server.preventive.likely`.
fn flatten(value: &serde_json::Value, path: String, values: &mut BTreeMap<String, String>) {
    use serde_json::Value;
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                flatten(value, below(key), values);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(value, below(&index.to_string()), values);
            }
        }
        Value::String(text) => {
            values.insert(path, text.clone());
        }
        // 1 and 1.0 are the same figure.
        Value::Number(number) => {
            let text = number.to_string();
            let figure = text
                .parse::<Decimal>()
                .map(|figure| figure.normalize().to_string());
            values.insert(path, figure.unwrap_or(text));
        }
        other => {
            values.insert(path, other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: &[u8] = include_bytes!("../../../../../../models/classes.yaml");
    const MODEL: &str = include_str!("../../../../../../models/sizing.yaml");

    fn classes() -> ClassTable {
        ClassTable::load("models/classes.yaml", CLASSES).unwrap()
    }

    fn load(text: &str) -> Result<SizingModel, Diagnostics> {
        SizingModel::load("m.yaml", text.as_bytes(), &classes())
    }

    /// The errors after replacing `from`, which must stand in the file.
    #[track_caller]
    fn refused(from: &str, to: &str) -> Diagnostics {
        assert!(MODEL.contains(from), "{from}");
        load(&MODEL.replacen(from, to, 1)).unwrap_err()
    }

    /// Line and column of the first occurrence of `needle` in the file, from 1.
    fn place(needle: &str) -> (usize, usize) {
        let (index, line) = MODEL
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(needle))
            .unwrap();
        (index + 1, line.find(needle).unwrap() + 1)
    }

    #[test]
    fn hash_is_that_of_the_bytes() {
        assert_eq!(load(MODEL).unwrap().sha256, sha256_hex(MODEL.as_bytes()));
    }

    #[test]
    fn unknown_and_missing_keys_are_shown_where_they_stand() {
        let errors = refused("utilisation:", "utilization:");
        let (line, column) = place("utilisation:");
        assert_eq!((errors.0[0].line, errors.0[0].column), (line, column));
        assert_eq!(
            errors.0[0].help.as_deref(),
            Some("did you mean `utilisation`?")
        );

        let errors = refused("  fee: 450\n", "");
        assert!(errors.to_string().contains("missing key `fee`"), "{errors}");
        let errors = refused("version: 1", "version: 2");
        assert!(errors.to_string().contains("version 2"), "{errors}");
    }

    #[test]
    fn every_sized_class_needs_its_coefficients() {
        let errors = refused("  plc: {like: unknown}\n", "");
        assert!(
            errors
                .to_string()
                .contains("class `plc` has no coefficients"),
            "{errors}"
        );
        let errors = refused("  plc: {like", "  plcs: {like");
        assert_eq!(errors.0.len(), 2, "{errors}");
        assert_eq!(errors.0[1].help.as_deref(), Some("did you mean `plc`?"));
        // A class of its own with one figure missing.
        let errors = refused(
            "    transition: {hours: 0.75, source: \"assumption\"}\n",
            "",
        );
        assert!(
            errors.to_string().contains("class `switch` needs"),
            "{errors}"
        );
        // A chain of `like` would hide where a figure comes from.
        let errors = refused("like: unknown", "like: iot");
        assert!(
            errors
                .to_string()
                .contains("`iot` has no coefficients of its own"),
            "{errors}"
        );
    }

    #[test]
    fn figures_out_of_range_are_refused() {
        for (from, to, message) in [
            ("technician: 55", "technician: -55", "not between 0 and"),
            ("technician: 55", "technician: 1e30", "m.yaml"),
            (
                "technician: 55",
                "technician: 55.123456789",
                "digits after the point",
            ),
            (
                "fee: 450",
                "fee: 99999999999999999999999999999999",
                "m.yaml",
            ),
            ("utilisation: 0.75", "utilisation: 0", "above 0"),
            ("factor: 1.3", "factor: 0.9", "cannot cost less"),
            (
                "{n2: 0.8, n3: 0.2}",
                "{n2: 0.8, n3: 0.3}",
                "shares sum to 1.1",
            ),
            (
                "{n1: 0.7, n2: 0.25, n3: 0.05}",
                "{n1: 0.7, n2: 0.25, n3: 0.5}",
                "shares sum to",
            ),
            (
                "{engineer: 0.75, architect: 0.25}",
                "{engineer: 0.75}",
                "shares sum to 0.75",
            ),
            (
                "low: 0.5, likely: 0.8",
                "low: 0.9, likely: 0.8",
                "bounds out of order",
            ),
            ("availability: 0.999", "availability: 99.9", "at most 1"),
            ("high_factor: 1.5", "high_factor: 0.5", "`transition`"),
            (
                "- {id: support",
                "- {id: globale",
                "scope `globale` stands twice",
            ),
            (
                "endpoint_classes: [server",
                "endpoint_classes: [sever",
                "no sized class",
            ),
            (
                "authenticated: 1,",
                "authenticated: 1.5,",
                "a weight is at most 1",
            ),
        ] {
            let errors = refused(from, to).to_string();
            assert!(errors.contains(message), "{to}: {errors}");
        }
    }

    #[test]
    fn what_was_changed_is_listed_and_nothing_else() {
        let default = load(MODEL).unwrap();
        // Another notation of the same figure, and a comment, change nothing.
        let same = MODEL.replacen("fee: 450", "fee: 450.0 # dearer than it looks", 1);
        assert_eq!(load(&same).unwrap().changes(&default), []);
        let changed = MODEL
            .replacen("technician: 55", "technician: 58.5", 1)
            .replacen("  plc: {like: unknown}", "  plc: {like: camera}", 1);
        let change = |path: &str, default: &str, value: &str| ModelChange {
            path: path.to_owned(),
            default: Some(default.to_owned()),
            value: Some(value.to_owned()),
        };
        assert_eq!(
            load(&changed).unwrap().changes(&default),
            [
                change("classes.plc.like", "unknown", "camera"),
                change("rates.technician", "55", "58.5")
            ]
        );
    }
}
