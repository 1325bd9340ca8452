//! Checks a family file against the fact schema and the device classes.
use super::{
    AskEntry, Condition, Family, File, From, Read, ReadEntry, Rows, Rule, RuleEntry, Wish,
};
use crate::data::{Diagnostics, Source, Spanned, suggest};
use crate::family::example::ExamplesText;
use crate::family::fill::{FILTERS, placeholders};
use crate::family::pattern::Pattern;
use crate::family::tabular::Tabular;
use crate::model::class::ClassTable;
use crate::model::{Confidence, FactPath, FactSchema, FactType, only_shows};
use arpenteur_wire::snmp::Oid;
use serde_json::Value;
use std::collections::BTreeMap;

/// Largest weight of one rule, either way.
const LARGEST_WEIGHT: i32 = 1000;

pub(super) struct Checker<'s> {
    pub(super) source: &'s Source<'s>,
    pub(super) classes: &'s ClassTable,
    pub(super) templates: &'s BTreeMap<String, Tabular>,
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

    pub(super) fn family(&mut self, file: File, examples: ExamplesText) -> Family {
        if file.version.value != 1 {
            let message = format!("version {} is not known", file.version.value);
            self.error(
                &file.version,
                message,
                Some("this program reads version 1".to_owned()),
            );
        }
        self.id(&file.id);
        if examples.is_empty() {
            let error = self.source.file_error("missing key `examples`");
            let help = "give evidence of our own making and the facts expected of it";
            self.errors.push(error.help(help));
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
            examples,
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
                shell: None,
                sudo: false,
            } => {
                let oids: Option<Vec<Oid>> = oids.iter().map(|oid| self.oid(oid)).collect();
                Some(Wish::Get(oids?))
            }
            AskEntry {
                get: None,
                walk: Some(root),
                command: None,
                shell: None,
                sudo: false,
            } => Some(Wish::Walk(self.oid(root)?)),
            AskEntry {
                get: None,
                walk: None,
                command: Some(command),
                shell: None,
                sudo,
            } => Some(Wish::Command {
                command: command.clone(),
                sudo: *sudo,
            }),
            AskEntry {
                get: None,
                walk: None,
                command: None,
                shell: Some(command),
                sudo: false,
            } => {
                if !only_shows(command) {
                    let message = format!("`{command}` is not known to change nothing");
                    let help = "a device's command line is asked with `show`, `display`, a few \
                                `get` and `diagnose`, and RouterOS paths that end in `print`";
                    self.error(entry, message, Some(help.to_owned()));
                }
                Some(Wish::Shell(command.clone()))
            }
            _ => {
                let help =
                    "one of `get`, `walk`, `command` and `shell`; `sudo` goes with `command`";
                self.error(entry, "not one question", Some(help.to_owned()));
                None
            }
        }
    }

    fn read(&mut self, entry: &Spanned<ReadEntry>) -> Option<Read> {
        let read = &entry.value;
        let from = self.source(entry)?;
        let pattern = match &read.pattern {
            Some(text) => Some(self.pattern(text)?),
            None => None,
        };
        let row_names = match &from {
            From::Tabular(_, template) => template.names(),
            _ => Vec::new(),
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
        names.extend(row_names.iter().map(String::as_str));
        let open = matches!(from, From::Table(_));
        for (name, map) in &read.map {
            if !open && !names.contains(&name.as_str()) {
                self.error(map, format!("nothing is captured as `{name}`"), None);
            }
        }
        for template in read.set.values() {
            self.placeholders(template, (!open).then_some(&names));
        }
        let rows = match &read.rows {
            Some(rows) => Some(self.rows(rows, read)?),
            None => None,
        };
        let mut set = Vec::new();
        for (path, template) in read.set.iter().filter(|_| rows.is_none()) {
            if let Some((path, kind)) = self.template(path, template, &read.map) {
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
            has: read.has.iter().filter_map(|oid| self.oid(oid)).collect(),
            with,
            map: read
                .map
                .iter()
                .map(|(name, map)| (name.clone(), map.value.clone()))
                .collect(),
            set,
            rows,
            confidence: read.confidence.unwrap_or(usual),
        })
    }

    /// Where a read rule takes its texts.
    fn source(&mut self, entry: &Spanned<ReadEntry>) -> Option<From> {
        let read = &entry.value;
        let given = (
            &read.text,
            &read.oid,
            &read.column,
            &read.command,
            &read.table,
        );
        let from = match given {
            (Some(text), None, None, None, None) => From::Text(*text),
            (None, Some(oid), None, None, None) => From::Scalar(self.oid(oid)?),
            (None, None, Some(oid), None, None) => From::Column(self.oid(oid)?),
            (None, None, None, None, Some(oid)) => From::Table(self.oid(oid)?),
            (None, None, None, Some(command), None) => match &read.template {
                None => From::Command(command.clone()),
                Some(name) => {
                    let Some(template) = self.templates.get(&self.sibling(&name.value)) else {
                        let message =
                            format!("no template `{}.textfsm` beside this file", name.value);
                        self.error(name, message, None);
                        return None;
                    };
                    From::Tabular(command.clone(), template.clone())
                }
            },
            _ => {
                let help = "one of `in`, `oid`, `column`, `table` and `command`";
                self.error(
                    entry,
                    "a read rule has exactly one source",
                    Some(help.to_owned()),
                );
                return None;
            }
        };
        let makes_rows = matches!(from, From::Table(_) | From::Tabular(..));
        if let Some(rows) = &read.rows
            && !makes_rows
        {
            self.error(rows, "`rows` goes with `table` or `template`", None);
            return None;
        }
        if let Some(pattern) = &read.pattern
            && makes_rows
        {
            self.error(pattern, "a table has no pattern", None);
            return None;
        }
        Some(from)
    }

    /// Path of a template that lies beside this family.
    fn sibling(&self, name: &str) -> String {
        let path = self.source.path().replace('\\', "/");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{name}.textfsm")
    }

    /// The list that a rule fills.
    fn rows(&mut self, rows: &Spanned<String>, read: &ReadEntry) -> Option<Rows> {
        let schema = FactSchema::get();
        let path: Option<FactPath> = rows.value.parse().ok();
        let key = path
            .as_ref()
            .and_then(|path| schema.spec(path)?.key.clone());
        let (Some(path), Some(key)) = (path, key) else {
            let help = "lists of `arpenteur schema facts` with `x-key`, such as `interfaces`";
            let message = format!("no list `{}`", rows.value);
            self.error(rows, message, Some(help.to_owned()));
            return None;
        };
        let mut fields = Vec::new();
        for (field, template) in &read.set {
            let spec = schema.spec(&path.item("").field(field));
            let plain = |kind| !matches!(kind, FactType::Items | FactType::Map | FactType::Group);
            match spec.filter(|spec| plain(spec.r#type)) {
                Some(spec) => fields.push((field.clone(), spec.r#type, template.value.clone())),
                None => {
                    let message = format!("`{}` has no plain field `{field}`", rows.value);
                    self.error(template, message, None);
                }
            }
        }
        // A number that nothing tells is given by order.
        let counted = schema
            .spec(&path.item("").field(&key))
            .is_some_and(|spec| matches!(spec.r#type, FactType::Integer));
        if !read.set.contains_key(&key) && !counted {
            let message = format!("items of `{}` are named by `{key}`", rows.value);
            self.error(rows, message, Some(format!("set `{key}`")));
        }
        Some(Rows { path, key, fields })
    }

    /// Whether a template names only what is captured, and filters that exist.
    fn placeholders(&mut self, template: &Spanned<String>, names: Option<&Vec<&str>>) {
        for (name, filter) in placeholders(&template.value) {
            if let Some(names) = names
                && !names.contains(&name)
            {
                let help = suggest(name, names.iter().copied());
                self.error(template, format!("nothing is captured as `{name}`"), help);
            }
            if let Some(filter) = filter.filter(|filter| !FILTERS.contains(filter)) {
                let help = suggest(filter, FILTERS);
                self.error(template, format!("no filter `{filter}`"), help);
            }
        }
    }

    fn template(
        &mut self,
        path: &str,
        template: &Spanned<String>,
        maps: &BTreeMap<String, Spanned<BTreeMap<String, String>>>,
    ) -> Option<(FactPath, FactType)> {
        let (path, kind) = self.path(path, template)?;
        if path.to_string() == "device.class" {
            let mapped = placeholders(&template.value)
                .first()
                .and_then(|(name, _)| maps.get(*name));
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
