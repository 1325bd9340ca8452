//! The functions that we add to the expression language, and the budget of its loops.
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use cel::ExecutionError;
use cel::common::types::{CelBool, CelInt, CelString};
use cel::common::value::CowVal;
use jiff::Timestamp;
use jiff::civil::Date;
use regex::{Regex, RegexBuilder};

/// Elements that the comprehensions of one check may visit on one asset: about a second.
pub(super) const MAX_STEPS: u64 = 100_000;
/// Memory of one compiled pattern, in bytes.
const MAX_PATTERN: usize = 1 << 20;

thread_local! {
    // An evaluation never leaves its thread, and the engine's functions carry no state.
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Starts counting steps anew: once per check and asset.
pub(super) fn start_budget() {
    STEPS.set(0);
}

/// Whether the steps taken since [`start_budget`] are too many.
pub(super) fn over_budget() -> bool {
    STEPS.get() > MAX_STEPS
}

/// Compiled patterns; only literals of loaded checks come in.
static PATTERNS: LazyLock<RwLock<HashMap<String, Regex>>> = LazyLock::new(RwLock::default);

/// Compiles a pattern of `matches`, once.
pub(super) fn remember(pattern: &str) -> Result<(), String> {
    let regex = RegexBuilder::new(pattern)
        .size_limit(MAX_PATTERN)
        .build()
        .map_err(|error| format!("pattern of `matches`: {}", plain(&error.to_string())))?;
    if let Ok(mut patterns) = PATTERNS.write() {
        patterns.insert(pattern.to_owned(), regex);
    }
    Ok(())
}

/// Hands a list or map on to a comprehension, once its length is paid for.
pub(super) fn charge<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let range = args
        .into_iter()
        .next()
        .ok_or_else(ExecutionError::missing_argument_or_target)?;
    let length = range.as_sizer().map_or(0, |sizer| *sizer.size().inner());
    let steps = STEPS
        .get()
        .saturating_add(1 + u64::try_from(length).unwrap_or(0));
    STEPS.set(steps);
    if steps > MAX_STEPS {
        return Err(ExecutionError::InternalError("too many steps".to_owned()));
    }
    Ok(range)
}

fn text<'b>(args: &'b [CowVal<'_, '_>], index: usize) -> Result<&'b str, ExecutionError> {
    args.get(index)
        .and_then(|arg| arg.downcast_ref::<CelString<'_>>())
        .map(|text| text.inner())
        .ok_or_else(ExecutionError::missing_argument_or_target)
}

/// Whether a text matches a pattern compiled at load.
pub(super) fn matches<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let (subject, pattern) = (text(&args, 0)?, text(&args, 1)?);
    let found = PATTERNS
        .read()
        .ok()
        .and_then(|patterns| patterns.get(pattern).map(|regex| regex.is_match(subject)))
        .ok_or_else(|| {
            ExecutionError::InternalError(format!("pattern `{pattern}` is not compiled"))
        })?;
    Ok(CowVal::owned(CelBool::from(found)))
}

/// Whole days from the judgement date to a date, rounded down: negative once it has passed.
/// A date without a time lasts until its last second (UTC).
pub(super) fn days_until<'b, 'v>(
    args: Vec<CowVal<'b, 'v>>,
) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let now = args
        .first()
        .and_then(|arg| arg.downcast_ref::<CelInt>())
        .map(|now| *now.inner())
        .ok_or_else(ExecutionError::missing_argument_or_target)?;
    let until = text(&args, 1)?;
    let second = match until.parse::<Timestamp>() {
        Ok(at) => at.as_second(),
        Err(_) => until
            .parse::<Date>()
            .ok()
            .filter(|_| until.len() == "2026-01-31".len())
            .and_then(|date| {
                date.at(23, 59, 59, 0)
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .ok()
            })
            .map(|at| at.timestamp().as_second())
            .ok_or_else(|| ExecutionError::function_error("days_until", "not an RFC 3339 date"))?,
    };
    let days = second.saturating_sub(now).div_euclid(86_400);
    Ok(CowVal::owned(CelInt::from(days)))
}

/// One line of a foreign message, without what a reader of a check cannot use.
pub(super) fn plain(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message).trim();
    let line = line.strip_prefix("Syntax error: ").unwrap_or(line);
    // The parser lists every token that it would have taken.
    line.split(" expecting {").next().unwrap_or(line).to_owned()
}
