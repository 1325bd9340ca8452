//! The facts of a check: listed, used, absent, shown.
use std::collections::{BTreeMap, BTreeSet};

use super::Loader;
use crate::check::ForEach;
use crate::check::analyse::unknown_fact_help;
use crate::check::expr::Expr;
use crate::check::format::{AbsentRule, File};
use crate::check::path::ItemField;
use crate::check::value::Shape;
use crate::data::Spanned;
use crate::model::{FactPath, FactSchema, FactSpec, FactType};

impl Loader<'_> {
    fn path(&mut self, text: &Spanned<String>) -> Option<(FactPath, &'static FactSpec)> {
        let path: FactPath = match text.value.parse() {
            Ok(path) => path,
            Err(error) => {
                let error: crate::model::PathError = error;
                self.at(text, error.to_string(), None);
                return None;
            }
        };
        match FactSchema::get().spec(&path) {
            Some(spec) => Some((path, spec)),
            None => {
                self.at(
                    text,
                    format!("unknown fact `{path}`"),
                    unknown_fact_help(&path),
                );
                None
            }
        }
    }

    pub(super) fn for_each(&mut self, text: &Spanned<String>) -> Option<ForEach> {
        let (list, spec) = self.path(text)?;
        let Some(key) = spec.key.clone().filter(|_| spec.r#type == FactType::Items) else {
            let lists = FactSchema::get()
                .paths()
                .filter(|(_, spec)| spec.key.is_some());
            let lists: Vec<_> = lists.map(|(path, _)| format!("`{path}`")).collect();
            let help = format!("lists of items: {}", lists.join(", "));
            self.at(text, format!("`{list}` is not a list of items"), Some(help));
            return None;
        };
        let shape = Shape::of(&list.item(""));
        Some(ForEach {
            list,
            number: 0,
            key,
            shape,
            key_masked: false,
            looked_at: None,
        })
    }

    pub(super) fn facts(&mut self, file: &File, for_each: Option<&ForEach>) -> Vec<FactPath> {
        let mut facts: Vec<FactPath> = Vec::new();
        for text in &file.facts.value {
            let Some((path, spec)) = self.path(text) else {
                continue;
            };
            if spec.r#type == FactType::Group {
                let below = FactSchema::get()
                    .paths()
                    .filter(|(below, _)| below.parent() == path);
                let below: Vec<_> = below.map(|(below, _)| format!("`{below}`")).collect();
                let help = format!("list its facts: {}", below.join(", "));
                self.at(text, format!("`{path}` is a group of facts"), Some(help));
            }
            let foreign = ItemField::of(&path)
                .is_some_and(|field| for_each.is_none_or(|each| each.list != field.list));
            if foreign {
                let help = "list the whole list, or judge it with `for_each`";
                self.at(
                    text,
                    format!("`{path}` is not below the `for_each` list"),
                    Some(help.to_owned()),
                );
            }
            if facts.contains(&path) {
                self.at(text, format!("`{path}` is listed twice"), None);
            }
            facts.push(path);
        }
        if let (Some(each), Some(text)) = (for_each, &file.for_each)
            && !facts.contains(&each.list)
        {
            let help = format!("add `{}` to `facts`", each.list);
            self.at(
                text,
                format!("`{}` is not a listed fact", each.list),
                Some(help),
            );
        }
        if facts.is_empty() && file.facts.value.is_empty() {
            let help = "a check judges facts: name those it needs";
            self.at(&file.facts, "no facts", Some(help.to_owned()));
        }
        facts
    }

    pub(super) fn absent(
        &mut self,
        file: &File,
        facts: &[FactPath],
    ) -> BTreeMap<FactPath, AbsentRule> {
        let mut rules = BTreeMap::new();
        for (text, rule) in &file.absent {
            let listed = facts.iter().find(|path| path.to_string() == *text);
            let Some(path) = listed else {
                let known: Vec<String> = facts.iter().map(ToString::to_string).collect();
                let help = crate::data::suggest(text, known.iter().map(String::as_str));
                self.at(rule, format!("`{text}` is not a listed fact"), help);
                continue;
            };
            if !absentable(path) && ItemField::of(path).is_none() {
                let help = "remove the rule: the schema says that this fact is never absent";
                self.at(
                    rule,
                    format!("`{path}` cannot be absent"),
                    Some(help.to_owned()),
                );
            }
            rules.insert(path.clone(), rule.value);
        }
        for (index, path) in facts.iter().enumerate() {
            if absentable(path) && !rules.contains_key(path) {
                let help = format!(
                    "add to `absent:` the line `{path}: pass|fail|not_applicable|evaluate`"
                );
                let place = file.facts.value.get(index);
                let message = format!(
                    "a device may have no `{path}`, and the check does not say what that means"
                );
                match place {
                    Some(place) => self.at(place, message, Some(help)),
                    None => self.at(&file.facts, message, Some(help)),
                }
            }
        }
        rules
    }

    /// Every fact that an expression uses must be listed, so that its presence is known
    /// before anything is evaluated.
    pub(super) fn declared(
        &mut self,
        file: &File,
        expressions: &[(&Spanned<String>, &Option<Expr>)],
        facts: &[FactPath],
        for_each: Option<&ForEach>,
    ) {
        let mut used_facts: BTreeSet<FactPath> = BTreeSet::new();
        let mut used_params: BTreeSet<String> = BTreeSet::new();
        let mut complete = true;
        for (text, expression) in expressions.iter().copied() {
            let Some(expression) = expression else {
                complete = false;
                continue;
            };
            used_params.extend(expression.uses().params.iter().cloned());
            for (used, place) in &expression.uses().facts {
                let covering = facts.iter().find(|listed| covers(listed, used, for_each));
                let own_key = for_each.is_some_and(|each| {
                    *used == each.list.item("").field(&each.key) || *used == each.list.item("")
                });
                match covering {
                    Some(listed) => {
                        used_facts.insert(listed.clone());
                    }
                    None if own_key => {}
                    None => {
                        let message = format!("`{used}` is used and not listed");
                        let error = self.inside(text, *place, message);
                        self.errors
                            .push(error.help(format!("add `{used}` to `facts`")));
                    }
                }
            }
        }
        if !complete {
            return;
        }
        self.unused(file, &used_facts, &used_params, for_each);
    }

    /// What is listed or given and that no expression uses.
    fn unused(
        &mut self,
        file: &File,
        used_facts: &BTreeSet<FactPath>,
        used_params: &BTreeSet<String>,
        for_each: Option<&ForEach>,
    ) {
        for text in &file.facts.value {
            let Ok(listed) = text.value.parse::<FactPath>() else {
                continue;
            };
            let list = for_each.is_some_and(|each| listed == each.list);
            if !list && !used_facts.contains(&listed) && FactSchema::get().spec(&listed).is_some() {
                let help = "remove it: an unread fact that is not used would hide the verdict";
                self.at(
                    text,
                    format!("`{}` is listed and no expression uses it", text.value),
                    Some(help.to_owned()),
                );
            }
        }
        for (name, param) in &file.params {
            if !used_params.contains(name) {
                self.at(param, format!("parameter `{name}` is not used"), None);
            }
        }
    }

    pub(super) fn evidence(
        &mut self,
        raw: &[Spanned<String>],
        for_each: Option<&ForEach>,
    ) -> Vec<FactPath> {
        let mut paths = Vec::new();
        for text in raw {
            let full = match (text.value.strip_prefix("item."), for_each) {
                (Some(field), Some(each)) => format!("{}[].{field}", each.list),
                (Some(_), None) => {
                    let help = "`item` is bound by `for_each`";
                    self.at(text, "`item` without `for_each`", Some(help.to_owned()));
                    continue;
                }
                (None, _) => text.value.clone(),
            };
            let spanned = Spanned::new(full, text.referenced, text.defined);
            if let Some((path, _)) = self.path(&spanned) {
                paths.push(path);
            }
        }
        paths
    }
}

/// Whether listing `listed` makes `used` safe to read. Below `for_each`, the fields of an
/// item are listed one by one, because each may be unread or absent by itself.
fn covers(listed: &FactPath, used: &FactPath, for_each: Option<&ForEach>) -> bool {
    let whole_list = for_each.is_some_and(|each| *listed == each.list && used != listed);
    used.starts_with(listed) && !whole_list
}

/// Whether a device may rightly have none. Any name of a map may be missing.
fn absentable(path: &FactPath) -> bool {
    let schema = FactSchema::get();
    let below_map = schema
        .spec(&path.parent())
        .is_some_and(|parent| parent.r#type == FactType::Map);
    below_map || schema.spec(path).is_some_and(|spec| spec.absentable)
}
