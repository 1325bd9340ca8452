//! Checks a family file against the fact schema and the device classes.
use super::{AskEntry, Condition, Family, File, From, Read, ReadEntry, Rule, RuleEntry, Wish};
use crate::data::{Diagnostics, Source, Spanned, suggest};
use crate::family::pattern::Pattern;
use crate::model::class::ClassTable;
use crate::model::{Confidence, FactPath, FactSchema, FactType};
use arpenteur_wire::snmp::Oid;
use serde_json::Value;
use std::collections::BTreeMap;

/// Largest weight of one rule, either way.
const LARGEST_WEIGHT: i32 = 1000;

pub(super) struct Checker<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) classes: &'s ClassTable,
    pub(super) errors: Diagnostics,
}

impl Checker<'_> {
    fn error<T>(&mut self, at: &Spanned<T>, message: impl Into<String>, help: Option<String>) {
        let error = self.source.error(at, message);
        self.errors.push(match help {
            Some(help) => error.help(help),
            None => error,
        });
    }

    pub(super) fn family(&mut self, file: File) -> Family {
        if file.version.value != 1 {
            let message = format!("version {} is not known", file.version.value);
            self.error(
                &file.version,
                message,
                Some("this program reads version 1".to_owned()),
            );
        }
        self.id(&file.id);
        if file.examples.value.is_empty() {
            let help = "give evidence of our own making and the facts expected of it";
            self.error(
                &file.examples,
                "a family without an example",
                Some(help.to_owned()),
            );
        }
        let rules = file
            .recognise
            .iter()
            .filter_map(|rule| self.rule(rule))
            .collect();
        let asks = file.ask.iter().filter_map(|ask| self.ask(ask)).collect();
        let reads = file
            .read
            .iter()
            .filter_map(|read| self.read(read))
            .collect();
        let set = file
            .set
            .iter()
            .filter_map(|(path, value)| self.constant(path, value))
            .collect();
        Family {
            id: file.id.value,
            title: file.title,
            basis: file.basis,
            extends: file.extends.map(|id| id.value),
            fallback: file.fallback,
            rules,
            asks,
            reads,
            set,
            examples: file.examples.value,
        }
    }

    /// The id is the file's place, so that it is found and cannot stand twice.
    fn id(&mut self, id: &Spanned<String>) {
        let word = |part: &str| {
            let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !part.is_empty() && part.chars().all(letter)
        };
        let well_formed = id.value.split('/').count() == 2 && id.value.split('/').all(word);
        if !well_formed {
            let help = "write `vendor/name` in lower-case letters, digits and `-`";
            self.error(
                id,
                format!("`{}` is not a family id", id.value),
                Some(help.to_owned()),
            );
        } else if !self
            .source
            .path()
            .replace('\\', "/")
            .ends_with(&format!("{}.yaml", id.value))
        {
            let help = format!("name the file `{}.yaml`", id.value);
            self.error(id, "id and file name differ", Some(help));
        }
    }

    fn oid(&mut self, text: &Spanned<String>) -> Option<Oid> {
        match text.value.parse::<Oid>() {
            Ok(oid) => Some(oid),
            Err(error) => {
                self.error(text, format!("`{}`: {error}", text.value), None);
                None
            }
        }
    }

    fn pattern(&mut self, text: &Spanned<String>) -> Option<Pattern> {
        match Pattern::new(&text.value) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                self.error(text, format!("not a pattern: {reason}"), None);
                None
            }
        }
    }

    fn rule(&mut self, entry: &Spanned<RuleEntry>) -> Option<Rule> {
        let rule = &entry.value;
        if rule.weight.value == 0 || rule.weight.value.abs() > LARGEST_WEIGHT {
            let message = format!("a weight is from -{LARGEST_WEIGHT} to {LARGEST_WEIGHT}, not 0");
            self.error(&rule.weight, message, None);
        }
        let given = [
            rule.sys_object_id.is_some(),
            rule.has.is_some(),
            rule.oid.is_some(),
            rule.text.is_some(),
            rule.command.is_some(),
            rule.answers.is_some(),
        ];
        let wants_pattern = rule.oid.is_some() || rule.text.is_some() || rule.command.is_some();
        if given.iter().filter(|given| **given).count() != 1
            || wants_pattern != rule.matches.is_some()
        {
            let help = "one of `sys_object_id`, `has`, `answers`; or one of `in`, `oid`, `command` with `matches`";
            self.error(
                entry,
                "a rule has exactly one condition",
                Some(help.to_owned()),
            );
            return None;
        }
        let pattern = match &rule.matches {
            Some(text) => Some(self.pattern(text)?),
            None => None,
        };
        let condition = self.condition(rule, pattern)?;
        Some(Rule {
            weight: rule.weight.value,
            required: rule.required,
            condition,
        })
    }

    fn condition(&mut self, rule: &RuleEntry, pattern: Option<Pattern>) -> Option<Condition> {
        Some(match (rule, pattern) {
            (
                RuleEntry {
                    sys_object_id: Some(oid),
                    ..
                },
                _,
            ) => Condition::ObjectId(self.oid(oid)?),
            (RuleEntry { has: Some(oid), .. }, _) => Condition::Has(self.oid(oid)?),
            (
                RuleEntry {
                    answers: Some(service),
                    ..
                },
                _,
            ) => Condition::Answers(*service),
            (
                RuleEntry {
                    text: Some(text), ..
                },
                Some(pattern),
            ) => Condition::Text(*text, pattern),
            (RuleEntry { oid: Some(oid), .. }, Some(pattern)) => {
                Condition::Scalar(self.oid(oid)?, pattern)
            }
            (
                RuleEntry {
                    command: Some(command),
                    ..
                },
                Some(pattern),
            ) => Condition::Command(command.clone(), pattern),
            _ => return None,
        })
    }

    fn ask(&mut self, entry: &Spanned<AskEntry>) -> Option<Wish> {
        match &entry.value {
            AskEntry {
                get: Some(oids),
                walk: None,
                command: None,
                sudo: false,
            } => {
                let oids: Option<Vec<Oid>> = oids.iter().map(|oid| self.oid(oid)).collect();
                Some(Wish::Get(oids?))
            }
            AskEntry {
                get: None,
                walk: Some(root),
                command: None,
                sudo: false,
            } => Some(Wish::Walk(self.oid(root)?)),
            AskEntry {
                get: None,
                walk: None,
                command: Some(command),
                sudo,
            } => Some(Wish::Command {
                command: command.clone(),
                sudo: *sudo,
            }),
            _ => {
                let help = "one of `get`, `walk` and `command`; `sudo` goes with `command`";
                self.error(entry, "not one question", Some(help.to_owned()));
                None
            }
        }
    }

    fn read(&mut self, entry: &Spanned<ReadEntry>) -> Option<Read> {
        let read = &entry.value;
        let from = match (&read.text, &read.oid, &read.column, &read.command) {
            (Some(text), None, None, None) => From::Text(*text),
            (None, Some(oid), None, None) => From::Scalar(self.oid(oid)?),
            (None, None, Some(oid), None) => From::Column(self.oid(oid)?),
            (None, None, None, Some(command)) => From::Command(command.clone()),
            _ => {
                let help = "one of `in`, `oid`, `column` and `command`";
                self.error(
                    entry,
                    "a read rule has exactly one source",
                    Some(help.to_owned()),
                );
                return None;
            }
        };
        let pattern = match &read.pattern {
            Some(text) => Some(self.pattern(text)?),
            None => None,
        };
        let mut names: Vec<&str> = vec!["value"];
        if let Some(pattern) = &pattern {
            names.extend(pattern.names().iter().map(String::as_str));
        }
        let mut with = BTreeMap::new();
        for (name, oid) in &read.with {
            names.push(name);
            if let Some(oid) = self.oid(oid) {
                with.insert(name.clone(), oid);
            }
        }
        for (name, map) in &read.map {
            if !names.contains(&name.as_str()) {
                self.error(map, format!("nothing is captured as `{name}`"), None);
            }
        }
        let mut set = Vec::new();
        for (path, template) in &read.set {
            if let Some((path, kind)) = self.template(path, template, &names, &read.map) {
                set.push((path, kind, template.value.clone()));
            }
        }
        // A text made for people is weaker than an object made for the value.
        let usual = match from {
            From::Text(_) => Confidence::Likely,
            _ => Confidence::Certain,
        };
        Some(Read {
            from,
            pattern,
            with,
            map: read
                .map
                .iter()
                .map(|(name, map)| (name.clone(), map.value.clone()))
                .collect(),
            set,
            confidence: read.confidence.unwrap_or(usual),
        })
    }

    fn template(
        &mut self,
        path: &str,
        template: &Spanned<String>,
        names: &[&str],
        maps: &BTreeMap<String, Spanned<BTreeMap<String, String>>>,
    ) -> Option<(FactPath, FactType)> {
        let (path, kind) = self.path(path, template)?;
        for name in crate::family::rules::placeholders(&template.value) {
            if !names.contains(&name) {
                self.error(
                    template,
                    format!("nothing is captured as `{name}`"),
                    suggest(name, names.iter().copied()),
                );
            }
        }
        if path.to_string() == "device.class" {
            let mapped = crate::family::rules::placeholders(&template.value)
                .first()
                .and_then(|name| maps.get(*name));
            match mapped {
                Some(map) => {
                    for class in map.value.values() {
                        self.class(class, map);
                    }
                }
                None => self.class(&template.value, template),
            }
        }
        Some((path, kind))
    }

    fn class<T>(&mut self, class: &str, at: &Spanned<T>) {
        if self.classes.get(class).is_none() {
            self.error(
                at,
                format!("no class `{class}`"),
                suggest(class, self.classes.ids()),
            );
        }
    }

    /// A path that a family may set: one plain value, outside lists.
    fn path<T>(&mut self, text: &str, at: &Spanned<T>) -> Option<(FactPath, FactType)> {
        let path: FactPath = match text.parse() {
            Ok(path) => path,
            Err(error) => {
                self.error(at, format!("{error}"), None);
                return None;
            }
        };
        let schema = FactSchema::get();
        let plain = |kind| {
            matches!(
                kind,
                FactType::String | FactType::Integer | FactType::Boolean
            )
        };
        match schema.spec(&path) {
            Some(spec) if plain(spec.r#type) && !text.contains('[') => Some((path, spec.r#type)),
            Some(_) => {
                self.error(at, format!("`{text}` is not one plain value"), None);
                None
            }
            None => {
                let known: Vec<String> = schema.paths().map(|(path, _)| path.to_string()).collect();
                let help = suggest(text, known.iter().map(String::as_str));
                self.error(at, format!("no fact `{text}`"), help);
                None
            }
        }
    }

    fn constant(&mut self, path: &str, value: &Spanned<Value>) -> Option<(FactPath, Value)> {
        let (path, kind) = self.path(path, value)?;
        let fits = match kind {
            FactType::Boolean => value.value.is_boolean(),
            FactType::Integer => value.value.is_u64() || value.value.is_i64(),
            _ => value.value.is_string(),
        };
        if !fits {
            self.error(value, format!("`{path}` takes another type of value"), None);
            return None;
        }
        if path.to_string() == "device.class"
            && let Some(class) = value.value.as_str()
        {
            self.class(class, value);
        }
        Some((path, value.value.clone()))
    }
}
