//! Expressions: compiled once, evaluated within a budget. The only file that knows which
//! engine does it.
use std::sync::{Arc, LazyLock};

use cel::common::ast::{CallExpr, EntryExpr, Expr as Node, IdedExpr};
use cel::common::types::{CelBool, CelInt, CelNull, INT_TYPE, LIST_TYPE, MAP_TYPE, STRING_TYPE};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::analyse::{self, Names, Problem, Read, Uses};
use super::facts::{Bound, FactTable};
use super::functions::{self, MAX_STEPS, charge, days_until, matches, plain, remember};
use super::value::{Boxed, Shape, from_json};
use crate::model::FactPath;

/// Longest expression, in bytes.
const MAX_LENGTH: usize = 4096;

const CHARGE: &str = "@charge";
const MATCHES: &str = "@matches";
const DAYS_UNTIL: &str = "@days_until";
const NOW_SECOND: &str = "@now";

/// Prefixes of the names that stand for one value each: a fact of the asset, a field of the
/// item, a parameter. No name that can be written begins so.
const FACT: &str = "@f";
const FIELD: &str = "@i";
const PARAM: &str = "@p";

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Expr {
    source: String,
    tree: IdedExpr,
    uses: Uses,
    /// Facts that it reads, in the order of the names `@f0`, `@f1`, …
    facts: Vec<FactPath>,
    /// Their numbers in the catalogue's table.
    numbers: Vec<usize>,
    /// Fields of the item that it reads, in the order of `@i0`, `@i1`, …
    fields: Vec<Vec<String>>,
}

/// Why an evaluation gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EvalError {
    /// A value of the device is not what its fact promises.
    Data(String),
    /// The check is wrong, or takes too long.
    Check(String),
}

/// What an expression says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// `null`: what is known does not tell.
    CannotTell,
}

/// What names stand for during the evaluations of one check on one asset.
pub(super) struct Scope<'s, 'a> {
    pub(super) bound: &'s Bound<'a>,
    /// Parameters in the order of their names.
    pub(super) params: &'s [Boxed<'s>],
    pub(super) item: Option<&'s Json>,
    /// How the item is bound as a whole.
    pub(super) shape: Option<&'s Shape>,
    pub(super) now: &'s Now,
}

/// One expression's view of a scope.
struct View<'v, 's, 'a> {
    expr: &'v Expr,
    scope: &'v Scope<'s, 'a>,
}

/// The judgement date.
#[derive(Debug)]
pub(super) struct Now {
    timestamp: Box<dyn Val>,
    second: CelInt,
}

impl Now {
    /// The date as expressions see it.
    pub(super) fn new(at: Timestamp) -> Self {
        let second = CelInt::from(at.as_second());
        // The engine's own conversion: its timestamps are of a crate that we do not use.
        let source = format!("timestamp({})", at.as_second());
        let value = ENV.compile(&source).ok().and_then(|program| {
            let value = program.execute(&Context::with_env(Arc::clone(&ENV))).ok()?;
            Box::<dyn Val>::try_from(value).ok()
        });
        Self {
            timestamp: value.unwrap_or_else(|| Box::new(CelNull)),
            second,
        }
    }
}

impl VariableResolver for View<'_, '_, '_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let scope = self.scope;
        let number = |prefix: &str| variable.strip_prefix(prefix)?.parse::<usize>().ok();
        if let Some(number) = number(FACT) {
            let fact = *self.expr.numbers.get(number)?;
            return Some(CowVal::Borrowed(scope.bound.value(fact)?));
        }
        if let Some(number) = number(FIELD) {
            let names = self.expr.fields.get(number)?.iter();
            let value = names.fold(scope.item, |node, name| node?.get(name));
            return Some(CowVal::Owned(from_json(value.unwrap_or(&Json::Null))));
        }
        if let Some(number) = number(PARAM) {
            return Some(CowVal::Borrowed(scope.params.get(number)?.as_ref()));
        }
        match variable {
            "item" => Some(CowVal::Owned(scope.shape?.bind(scope.item?))),
            "now" => Some(CowVal::Borrowed(scope.now.timestamp.as_ref())),
            NOW_SECOND => Some(CowVal::Borrowed(&scope.now.second)),
            _ => None,
        }
    }
}

impl Expr {
    /// Parses and checks an expression.
    pub(super) fn compile(source: &str, names: Names<'_>) -> Result<Self, Vec<Problem>> {
        let problem = |place, message| Problem {
            place,
            message,
            help: None,
        };
        if source.len() > MAX_LENGTH {
            let message = format!("expression longer than {MAX_LENGTH} bytes");
            return Err(vec![problem(0, message)]);
        }
        let program = ENV.compile(source).map_err(|errors| {
            // What follows the first error is mostly its consequence.
            let first = errors.errors.iter().min_by_key(|error| error.pos);
            let (pos, message) = first.map_or(((1, 1), ""), |error| (error.pos, &error.msg));
            let message = format!("syntax error: {}", plain(message));
            vec![problem(offset_of(source, pos), message)]
        })?;
        let offset = |node: u64| {
            let range = program.source_info().offset_for(node);
            let start = range.map_or(0, |(start, _)| usize::try_from(start).unwrap_or(0));
            name_before(source, start)
        };
        let (uses, mut errors) = analyse::analyse(program.expression(), names, &offset);
        for (pattern, place) in &uses.patterns {
            if let Err(message) = remember(pattern) {
                errors.push(problem(*place, message));
            }
        }
        if !errors.is_empty() {
            errors.dedup();
            return Err(errors);
        }
        let mut rewriting = Rewriting {
            uses: &uses,
            params: names.params,
            facts: Vec::new(),
            fields: Vec::new(),
        };
        let mut tree = program.expression().clone();
        rewriting.node(&mut tree);
        let (facts, fields) = (rewriting.facts, rewriting.fields);
        Ok(Self {
            source: source.to_owned(),
            tree,
            uses,
            facts,
            numbers: Vec::new(),
            fields,
        })
    }

    /// Learns the numbers of its facts; before that it cannot be evaluated.
    pub(super) fn number(&mut self, table: &mut FactTable) {
        self.numbers = self.facts.iter().map(|fact| table.number(fact)).collect();
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// What it uses.
    pub(super) fn uses(&self) -> &Uses {
        &self.uses
    }

    /// Names down to each field of the item that it reads; `None` where it reads the item whole.
    pub(super) fn item_fields(&self) -> Option<&[Vec<String>]> {
        let mut uses = self.uses.facts.iter();
        let whole = uses.any(|(path, _)| path.to_string().ends_with("[]"));
        (!whole).then_some(&self.fields)
    }

    /// Whether it reads that listed fact, or something below it.
    pub(super) fn reads(&self, listed: &FactPath) -> bool {
        self.uses
            .facts
            .iter()
            .any(|(used, _)| used.starts_with(listed))
    }

    /// Evaluates, adding to the steps taken since [`functions::start_budget`].
    pub(super) fn evaluate(&self, scope: &Scope<'_, '_>) -> Result<Truth, EvalError> {
        let view = View { expr: self, scope };
        let mut context = Context::with_env(Arc::clone(&ENV));
        context.set_variable_resolver(&view);
        let result = cel::Value::resolve_val(&self.tree, &context);
        // The engine's `&&` and `||` can swallow the error that stops a loop.
        if functions::over_budget() {
            let message = format!("stopped after {MAX_STEPS} steps");
            return Err(EvalError::Check(message));
        }
        let value = result.map_err(|error| match &error {
            ExecutionError::FunctionError { .. } => EvalError::Data(error.to_string()),
            _ => EvalError::Check(error.to_string()),
        })?;
        if let Some(flag) = value.downcast_ref::<CelBool>() {
            return Ok(if *flag.inner() { Truth::Yes } else { Truth::No });
        }
        if value.downcast_ref::<CelNull>().is_some() {
            return Ok(Truth::CannotTell);
        }
        let kind = value.get_type().name().to_owned();
        Err(EvalError::Check(format!(
            "`{}` gives {kind}, not a boolean",
            self.source
        )))
    }
}

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let added = [
        env.add_extension(cel::extensions::strings),
        env.add_overload(CHARGE, "charge_list", vec![LIST_TYPE], charge),
        env.add_overload(CHARGE, "charge_map", vec![MAP_TYPE], charge),
        env.add_overload(MATCHES, "matches", vec![STRING_TYPE, STRING_TYPE], matches),
        env.add_overload(
            DAYS_UNTIL,
            "days_until",
            vec![INT_TYPE, STRING_TYPE],
            days_until,
        ),
    ];
    debug_assert!(added.iter().all(Result::is_ok), "{added:?}");
    Arc::new(env)
});

/// Puts our own names and functions in place: one name for each value that is read, `matches`
/// with patterns compiled at load, `days_until` with the judgement date, and a toll before every
/// comprehension.
struct Rewriting<'a> {
    uses: &'a Uses,
    params: &'a [&'a str],
    facts: Vec<FactPath>,
    fields: Vec<Vec<String>>,
}

impl Rewriting<'_> {
    fn node(&mut self, node: &mut IdedExpr) {
        if let Some(name) = self.name(node.id) {
            node.expr = Node::Ident(name);
            return;
        }
        match &mut node.expr {
            Node::Call(call) => {
                for part in call.target.as_deref_mut().into_iter().chain(&mut call.args) {
                    self.node(part);
                }
                own_function(call, node.id);
            }
            Node::Comprehension(loops) => {
                let parts = [
                    &mut loops.iter_range,
                    &mut loops.accu_init,
                    &mut loops.loop_cond,
                    &mut loops.loop_step,
                    &mut loops.result,
                ];
                parts.into_iter().for_each(|part| self.node(part));
                let range = std::mem::take(&mut loops.iter_range);
                loops.iter_range = toll(range);
            }
            Node::List(list) => list.elements.iter_mut().for_each(|part| self.node(part)),
            Node::Map(map) => {
                for entry in &mut map.entries {
                    if let EntryExpr::MapEntry(entry) = &mut entry.expr {
                        self.node(&mut entry.key);
                        self.node(&mut entry.value);
                    }
                }
            }
            Node::Select(select) => self.node(&mut select.operand),
            Node::Struct(_) | Node::Ident(_) | Node::Literal(_) | Node::Unspecified => {}
        }
    }

    /// The name of the value that a node reads.
    fn name(&mut self, node: u64) -> Option<String> {
        Some(match self.uses.reads.get(&node)? {
            Read::Fact(path) => format!("{FACT}{}", place(&mut self.facts, path)),
            Read::Field(names) => format!("{FIELD}{}", place(&mut self.fields, names)),
            Read::Param(name) => {
                let number = self.params.iter().position(|known| known == name)?;
                format!("{PARAM}{number}")
            }
        })
    }
}

/// The place of a value in a list, at its end where it is new.
fn place<T: PartialEq + Clone>(list: &mut Vec<T>, value: &T) -> usize {
    list.iter()
        .position(|known| known == value)
        .unwrap_or_else(|| {
            list.push(value.clone());
            list.len() - 1
        })
}

fn own_function(call: &mut CallExpr, id: u64) {
    let ours = match call.func_name.as_str() {
        "matches" => MATCHES,
        "days_until" => DAYS_UNTIL,
        _ => return,
    };
    call.func_name = ours.to_owned();
    if let Some(target) = call.target.take() {
        call.args.insert(0, *target);
    }
    if ours == DAYS_UNTIL {
        let expr = Node::Ident(NOW_SECOND.to_owned());
        call.args.insert(0, IdedExpr { id, expr });
    }
}

fn toll(range: IdedExpr) -> IdedExpr {
    let id = range.id;
    let call = CallExpr {
        func_name: CHARGE.to_owned(),
        target: None,
        args: vec![range],
    };
    IdedExpr {
        id,
        expr: Node::Call(call),
    }
}

/// The parser places a call at its parenthesis and a field at its dot: a reader looks for the
/// name, and for the beginning of the path.
fn name_before(source: &str, offset: usize) -> usize {
    let before: Vec<char> = source.chars().take(offset + 1).collect();
    let path = match before.last() {
        Some('(') => false,
        Some('.') => true,
        _ => return offset,
    };
    let name = before.iter().rev().skip(1);
    let within = |c: &&char| c.is_alphanumeric() || **c == '_' || (path && **c == '.');
    offset - name.take_while(within).count()
}

/// Characters before a parser's position (line and column, both from 1).
fn offset_of(source: &str, (line, column): (isize, isize)) -> usize {
    let lines = usize::try_from(line - 1).unwrap_or(0);
    let before: usize = source
        .split_inclusive('\n')
        .take(lines)
        .map(|line| line.chars().count())
        .sum();
    before + usize::try_from(column - 1).unwrap_or(0)
}
