//! What templates can call. Each helper gives text, which the template escapes.

use super::messages::{MessageValue, Messages};
use super::typography;
use crate::model::Language;
use crate::size::format;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, PathAndJson, RenderContext, RenderError,
    RenderErrorReason, ScopedJson,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::Value;
use std::sync::Arc;

type Work = fn(&Messages, &Call<'_>) -> Option<String>;

/// A helper's arguments.
struct Call<'a> {
    params: Vec<&'a Value>,
    named: Vec<(&'a str, &'a Value)>,
}

struct Words {
    name: &'static str,
    messages: Arc<Messages>,
    work: Work,
}

impl HelperDef for Words {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let call = Call {
            params: helper.params().iter().map(PathAndJson::value).collect(),
            named: helper
                .hash()
                .iter()
                .map(|(name, value)| (*name, value.value()))
                .collect(),
        };
        let text = (self.work)(&self.messages, &call).ok_or_else(|| {
            let shown: Vec<String> = call.params.iter().map(ToString::to_string).collect();
            let message = format!("helper `{}` cannot print {}", self.name, shown.join(" "));
            RenderErrorReason::Other(message)
        })?;
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

/// Adds every helper (docs/writing-a-template.md lists them).
pub(super) fn register(templates: &mut Handlebars<'static>, messages: &Arc<Messages>) {
    let all: [(&'static str, Work); 13] = [
        ("t", translate),
        ("word", word),
        ("known", |m, call| word(m, call).or_else(|| call.text(1))),
        ("text", both),
        ("number", |m, call| {
            let decimals = call.params.get(1).and_then(|value| value.as_u64());
            let decimals = u32::try_from(decimals.unwrap_or(0)).ok()?;
            Some(format::number(call.decimal()?, decimals, m.figures()))
        }),
        ("euros", |m, call| {
            Some(format::euros(call.decimal()?, m.figures()))
        }),
        ("whole_euros", |m, call| {
            Some(format::whole_euros(call.decimal()?, m.figures()))
        }),
        ("hours", |m, call| {
            Some(format::hours(call.decimal()?, m.figures()))
        }),
        ("percent", |m, call| {
            Some(format::percent(call.decimal()?, 1, m.figures()))
        }),
        ("bytes", |m, call| bytes(m, call.decimal()?)),
        ("date", |m, call| {
            // A date that a device or a file spells in its own way is shown as it is.
            let text = call.text(0)?;
            text.parse().map_or(Some(text), |day| date(m, day))
        }),
        ("datetime", |m, call| {
            datetime(m, call.text(0)?.parse().ok()?, &call.text(1)?)
        }),
        ("utc", |_, call| {
            let moment: Timestamp = call.text(0)?.parse().ok()?;
            Some(moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
        }),
    ];
    for (name, work) in all {
        let messages = Arc::clone(messages);
        let helper = Words {
            name,
            messages,
            work,
        };
        templates.register_helper(name, Box::new(helper));
    }
}

impl Call<'_> {
    /// A text, or a number as its digits.
    fn text(&self, index: usize) -> Option<String> {
        match self.params.get(index)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        self.text(0)?.parse().ok()
    }
}

fn translate(messages: &Messages, call: &Call<'_>) -> Option<String> {
    let value = |value: &Value| match value {
        Value::Number(number) => number.as_u64().map(MessageValue::Count),
        _ => None,
    };
    let mut args = Vec::with_capacity(call.named.len());
    for (name, json) in &call.named {
        let arg = match json {
            Value::String(text) => MessageValue::Text(text),
            json => value(json)?,
        };
        args.push((*name, arg));
    }
    messages.try_text(&call.text(0)?, &args)
}

fn word(messages: &Messages, call: &Call<'_>) -> Option<String> {
    messages.word(&call.text(0)?, &call.text(1)?)
}

/// A text of the catalogue, in the page's language.
fn both(messages: &Messages, call: &Call<'_>) -> Option<String> {
    let language = messages.language();
    let text = call.params.first()?.get(language.code())?.as_str()?;
    Some(match language {
        Language::Fr => typography::french(text).into_owned(),
        Language::En => text.to_owned(),
    })
}

fn bytes(messages: &Messages, value: Decimal) -> Option<String> {
    let step = Decimal::from(1024);
    let mut value = value;
    let mut unit = "unit-b";
    for next in ["unit-kib", "unit-mib", "unit-gib", "unit-tib"] {
        if value < step {
            break;
        }
        value = value.checked_div(step)?;
        unit = next;
    }
    let figure = format::number(value, u32::from(unit != "unit-b"), messages.figures());
    messages.try_text(unit, &[("value", (&figure).into())])
}

/// A day, in words.
pub(super) fn date(messages: &Messages, day: Date) -> Option<String> {
    let month = messages.word("month", &day.month().to_string())?;
    let year = day.year().to_string();
    let number = u64::from(day.day().unsigned_abs());
    messages.try_text(
        "date",
        &[
            ("day", number.into()),
            ("month", (&month).into()),
            ("year", (&year).into()),
        ],
    )
}

/// A moment in a named time zone; in UTC where the zone is not known.
fn datetime(messages: &Messages, moment: Timestamp, zone: &str) -> Option<String> {
    let known = TimeZone::get(zone).ok();
    let name = if known.is_some() { zone } else { "UTC" };
    let local = moment.to_zoned(known.unwrap_or(TimeZone::UTC));
    let day = date(messages, local.date())?;
    let time = local.strftime("%H:%M").to_string();
    messages.try_text(
        "datetime",
        &[
            ("date", (&day).into()),
            ("time", (&time).into()),
            ("zone", name.into()),
        ],
    )
}
