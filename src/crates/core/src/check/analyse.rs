//! What an expression uses, and what is wrong with it, found by walking its syntax tree.
//!
//! The expression language has no type checker: this stands in for one. Every name must be a
//! fact of the schema, a parameter, `item`, `now`, a loop variable or a known function.
use std::collections::{BTreeSet, HashMap};

use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators,
};

use super::path::ItemField;
use crate::data::suggest;
use crate::model::{FactPath, FactSchema, FactType};

/// Deepest nesting of comprehensions (`all`, `exists`, `map`, `filter`).
pub(super) const MAX_NESTING: usize = 2;

/// Functions that an expression may call; operators have names that cannot be written.
pub(super) const FUNCTIONS: [&str; 24] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "lowerAscii",
    "upperAscii",
    "trim",
    "split",
    "replace",
    "substring",
    "indexOf",
    "lastIndexOf",
    "join",
    "charAt",
    "int",
    "double",
    "string",
    "timestamp",
    "duration",
    "getFullYear",
    "getMonth",
    "getDate",
    "days_until",
];

/// What an expression may name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    /// Names of the parameters.
    pub(super) params: &'a [&'a str],
    /// The list whose items `item` stands for.
    pub(super) for_each: Option<&'a FactPath>,
}

/// Something wrong, at a character of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) place: usize,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Where the value of a fact comes from during an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// The asset's facts.
    Asset,
    /// The item of `for_each`.
    Item,
    /// A loop variable, or an element chosen by its index.
    Local,
}

/// A part of the tree that reads one value, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Read {
    /// A fact of the asset.
    Fact(FactPath),
    /// Names from the item of `for_each` down to a field.
    Field(Vec<String>),
    /// A parameter.
    Param(String),
}

/// What an expression uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    /// Nodes of the tree, by id, that read one value.
    pub(super) reads: HashMap<u64, Read>,
    /// Facts by schema path, and the character of the text where each stands; `item` is the
    /// list's path with `[]`.
    pub(super) facts: Vec<(FactPath, usize)>,
    /// Parameters.
    pub(super) params: BTreeSet<String>,
    /// Patterns of `matches`, and where they stand.
    pub(super) patterns: Vec<(String, usize)>,
}

/// What a sub-expression stands for, as far as the schema tells.
#[derive(Debug, Clone)]
enum Shape {
    Fact(FactPath, Base),
    Params,
    /// A computed value, of which nothing is known.
    Value,
}

/// Walks a tree; `place` is the character of the text where a node stands.
pub(super) fn analyse(
    root: &IdedExpr,
    names: Names<'_>,
    place: &dyn Fn(u64) -> usize,
) -> (Uses, Vec<Problem>) {
    let mut walk = Walk {
        names,
        place,
        uses: Uses::default(),
        problems: Vec::new(),
        scope: Vec::new(),
    };
    walk.value(root);
    if nesting(root) > MAX_NESTING {
        let message = format!("more than {MAX_NESTING} comprehensions inside each other");
        walk.problem(
            root.id,
            message,
            Some("use `for_each`, or split the check".to_owned()),
        );
    }
    (walk.uses, walk.problems)
}

struct Walk<'a> {
    names: Names<'a>,
    place: &'a dyn Fn(u64) -> usize,
    uses: Uses,
    problems: Vec<Problem>,
    scope: Vec<(String, Shape)>,
}

impl Walk<'_> {
    fn problem(&mut self, node: u64, message: impl Into<String>, help: Option<String>) {
        self.problems.push(Problem {
            place: (self.place)(node),
            message: message.into(),
            help,
        });
    }

    /// A sub-expression whose value is used: facts it stands for are noted.
    fn value(&mut self, node: &IdedExpr) -> Shape {
        let shape = self.shape(node);
        match &shape {
            Shape::Fact(path, base) => {
                let group = kind(path) == FactType::Group && !path.to_string().ends_with("[]");
                if group {
                    let help = FactSchema::get().paths().map(|(path, _)| path);
                    let below = help.filter(|below| below.parent() == *path);
                    let below: Vec<_> = below.map(|below| format!("`{below}`")).collect();
                    let help = format!("name one of its facts: {}", below.join(", "));
                    self.problem(node.id, format!("`{path}` is a group of facts"), Some(help));
                } else {
                    self.uses.facts.push((path.clone(), (self.place)(node.id)));
                    self.read(node.id, path, *base);
                }
            }
            Shape::Params => self.problem(
                node.id,
                "`params` is a group of parameters",
                Some("name one of them: `params.NAME`".to_owned()),
            ),
            Shape::Value => {}
        }
        shape
    }

    /// Notes that a node reads a fact, where its value can be had at once.
    fn read(&mut self, node: u64, path: &FactPath, base: Base) {
        let read = match base {
            Base::Asset => Read::Fact(path.clone()),
            Base::Item => match ItemField::of(path) {
                Some(field) if !field.names.is_empty() => Read::Field(field.names),
                _ => return,
            },
            Base::Local => return,
        };
        self.uses.reads.insert(node, read);
    }

    fn shape(&mut self, node: &IdedExpr) -> Shape {
        match &node.expr {
            Expr::Ident(name) => self.ident(name, node.id),
            Expr::Select(select) => {
                if select.test {
                    let help = "every fact has a value here; compare with null";
                    self.problem(node.id, "`has` is not accepted", Some(help.to_owned()));
                }
                let operand = self.shape(&select.operand);
                self.field(operand, &select.field, node.id)
            }
            Expr::Call(call) => self.call(call, node.id),
            Expr::Comprehension(loops) => {
                self.comprehension(loops);
                Shape::Value
            }
            Expr::List(list) => {
                for element in &list.elements {
                    self.value(element);
                }
                Shape::Value
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.value(&entry.key);
                        self.value(&entry.value);
                    }
                }
                Shape::Value
            }
            Expr::Struct(_) => {
                self.problem(node.id, "messages (`Name{…}`) are not accepted", None);
                Shape::Value
            }
            Expr::Literal(_) | Expr::Unspecified => Shape::Value,
        }
    }

    fn ident(&mut self, name: &str, node: u64) -> Shape {
        if let Some((_, shape)) = self.scope.iter().rev().find(|(known, _)| known == name) {
            return shape.clone();
        }
        match name {
            "now" => return Shape::Value,
            "params" => return Shape::Params,
            "item" => {
                if let Some(list) = self.names.for_each {
                    return Shape::Fact(list.item(""), Base::Item);
                }
                let help = "`item` is bound by `for_each`";
                self.problem(node, "`item` without `for_each`", Some(help.to_owned()));
                return Shape::Value;
            }
            name if name.starts_with('@') => return Shape::Value,
            _ => {}
        }
        let path = FactPath::root().field(name);
        if FactSchema::get().spec(&path).is_some() {
            return Shape::Fact(path, Base::Asset);
        }
        let roots = FactSchema::get()
            .paths()
            .filter(|(path, _)| path.parent() == FactPath::root());
        let mut known: Vec<String> = roots.map(|(path, _)| path.to_string()).collect();
        known.extend(["params", "now", "item"].map(str::to_owned));
        let help = suggest(name, known.iter().map(String::as_str));
        self.problem(node, format!("unknown name `{name}`"), help);
        Shape::Value
    }

    fn field(&mut self, operand: Shape, field: &str, node: u64) -> Shape {
        match operand {
            Shape::Value => Shape::Value,
            Shape::Params => {
                if self.names.params.contains(&field) {
                    self.uses.params.insert(field.to_owned());
                    self.uses.reads.insert(node, Read::Param(field.to_owned()));
                } else {
                    let help = suggest(field, self.names.params.iter().copied());
                    self.problem(node, format!("unknown parameter `{field}`"), help);
                }
                Shape::Value
            }
            Shape::Fact(path, base) => {
                let below = path.field(field);
                if FactSchema::get().spec(&below).is_some() {
                    return Shape::Fact(below, base);
                }
                let help = unknown_fact_help(&below);
                self.problem(node, format!("unknown fact `{below}`"), help);
                Shape::Value
            }
        }
    }

    fn call(&mut self, call: &CallExpr, node: u64) -> Shape {
        if call.func_name == operators::INDEX
            && let [operand, index] = call.args.as_slice()
        {
            return self.index(operand, index, node);
        }
        let written = call
            .func_name
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic());
        if written && !FUNCTIONS.contains(&call.func_name.as_str()) {
            let help = suggest(&call.func_name, FUNCTIONS);
            self.problem(node, format!("unknown function `{}`", call.func_name), help);
        }
        if call.func_name == "matches" {
            self.pattern(call, node);
        }
        for part in call.target.as_deref().into_iter().chain(&call.args) {
            self.value(part);
        }
        Shape::Value
    }

    /// Patterns are compiled once, at load: so they must be known then.
    fn pattern(&mut self, call: &CallExpr, node: u64) {
        let literal = call.args.last().and_then(|last| match &last.expr {
            Expr::Literal(LiteralValue::String(text)) => {
                Some((text.inner().to_owned(), (self.place)(last.id)))
            }
            _ => None,
        });
        match literal {
            Some(pattern) => self.uses.patterns.push(pattern),
            None => self.problem(
                node,
                "the pattern of `matches` is not a literal",
                Some("write the pattern in quotes".to_owned()),
            ),
        }
    }

    fn index(&mut self, operand: &IdedExpr, index: &IdedExpr, node: u64) -> Shape {
        self.value(index);
        let shape = self.shape(operand);
        let Shape::Fact(path, base) = &shape else {
            return match &index.expr {
                Expr::Literal(LiteralValue::String(name)) => self.field(shape, name.inner(), node),
                _ => Shape::Value,
            };
        };
        match (kind(path), &index.expr) {
            (FactType::Map, Expr::Literal(LiteralValue::String(name))) => {
                Shape::Fact(path.field(name.inner()), *base)
            }
            (FactType::Items, _) => {
                self.uses.facts.push((path.clone(), (self.place)(node)));
                self.read(operand.id, path, *base);
                Shape::Fact(path.item(""), Base::Local)
            }
            (FactType::List | FactType::Map, _) => {
                self.uses.facts.push((path.clone(), (self.place)(node)));
                self.read(operand.id, path, *base);
                Shape::Value
            }
            _ => {
                self.problem(node, format!("`{path}` is neither a list nor a map"), None);
                Shape::Value
            }
        }
    }

    fn comprehension(&mut self, loops: &ComprehensionExpr) {
        let range = self.value(&loops.iter_range);
        let variable = match range {
            Shape::Fact(path, _) if kind(&path) == FactType::Items => {
                Shape::Fact(path.item(""), Base::Local)
            }
            _ => Shape::Value,
        };
        self.value(&loops.accu_init);
        let depth = self.scope.len();
        self.scope.push((loops.iter_var.clone(), variable));
        if let Some(second) = &loops.iter_var2 {
            self.scope.push((second.clone(), Shape::Value));
        }
        for part in [&loops.loop_cond, &loops.loop_step] {
            self.value(part);
        }
        self.scope.truncate(depth);
        self.value(&loops.result);
    }
}

/// The kind of a path; an item of a list counts as a group.
fn kind(path: &FactPath) -> FactType {
    FactSchema::get()
        .spec(path)
        .map_or(FactType::Group, |spec| spec.r#type)
}

/// Help for a fact path that the schema does not have.
pub(super) fn unknown_fact_help(path: &FactPath) -> Option<String> {
    let known: Vec<String> = FactSchema::get()
        .paths()
        .map(|(path, _)| path.to_string())
        .collect();
    let text = path.schema_path().to_string();
    if let Some(near) = crate::data::did_you_mean(&text, known.iter().map(String::as_str)) {
        return Some(format!("did you mean `{near}`?"));
    }
    let parent = path.schema_path().parent();
    let beside: Vec<_> = FactSchema::get()
        .paths()
        .filter(|(known, _)| known.parent() == parent && parent != FactPath::root())
        .map(|(known, _)| format!("`{known}`"))
        .collect();
    if beside.is_empty() {
        return Some("`arpenteur schema facts` lists every fact".to_owned());
    }
    Some(format!("known here: {}", beside.join(", ")))
}

/// Deepest nesting of comprehensions; those in a range follow each other and do not nest.
fn nesting(node: &IdedExpr) -> usize {
    let deepest =
        |nodes: &mut dyn Iterator<Item = &IdedExpr>| nodes.map(nesting).max().unwrap_or(0);
    match &node.expr {
        Expr::Comprehension(loops) => {
            let inside = [
                &loops.loop_cond,
                &loops.loop_step,
                &loops.accu_init,
                &loops.result,
            ];
            let inside = 1 + deepest(&mut inside.into_iter());
            inside.max(nesting(&loops.iter_range))
        }
        Expr::Call(call) => deepest(&mut call.target.as_deref().into_iter().chain(&call.args)),
        Expr::List(list) => deepest(&mut list.elements.iter()),
        Expr::Map(map) => deepest(
            &mut map.entries.iter().filter_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => Some(&entry.value),
                EntryExpr::StructField(_) => None,
            }),
        ),
        Expr::Select(select) => nesting(&select.operand),
        _ => 0,
    }
}
