//! Rounding and print of figures: half-up, in French or in English.

use crate::model::Language;
use rust_decimal::{Decimal, RoundingStrategy};

/// Narrow no-break space, the French separator of thousands and of units.
const NARROW: char = '\u{202f}';
/// U+2212, so that a negative figure does not break at the sign.
const MINUS: char = '\u{2212}';

/// `value` rounded half-up (away from zero) to `decimals` digits after the point.
#[must_use]
pub fn round(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// A figure with exactly `decimals` digits after the point, thousands separated.
#[must_use]
pub fn number(value: Decimal, decimals: u32, language: Language) -> String {
    let rounded = round(value, decimals);
    let digits = format!("{:.*}", decimals as usize, rounded.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let (separator, point) = match language {
        Language::Fr => (NARROW, ','),
        Language::En => (',', '.'),
    };
    let mut out = String::new();
    if rounded.is_sign_negative() && !rounded.is_zero() {
        out.push(MINUS);
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// An amount in euros to the cent.
#[must_use]
pub fn euros(value: Decimal, language: Language) -> String {
    currency(value, 2, language)
}

/// An amount in whole euros.
#[must_use]
pub fn whole_euros(value: Decimal, language: Language) -> String {
    currency(value, 0, language)
}

fn currency(value: Decimal, decimals: u32, language: Language) -> String {
    let figure = number(value, decimals, language);
    match language {
        Language::Fr => format!("{figure}{NARROW}€"),
        Language::En => match figure.strip_prefix(MINUS) {
            Some(figure) => format!("{MINUS}€{figure}"),
            None => format!("€{figure}"),
        },
    }
}

/// Hours with two digits after the point, and their unit.
#[must_use]
pub fn hours(value: Decimal, language: Language) -> String {
    let space = match language {
        Language::Fr => NARROW,
        Language::En => '\u{a0}',
    };
    format!("{}{space}h", number(value, 2, language))
}

/// A share of one as a percentage.
#[must_use]
pub fn percent(value: Decimal, decimals: u32, language: Language) -> String {
    let figure = number(value * Decimal::ONE_HUNDRED, decimals, language);
    match language {
        Language::Fr => format!("{figure}{NARROW}%"),
        Language::En => format!("{figure}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language::{En as English, Fr as French};

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn euros_follow_the_language() {
        let value = d("6247.746");
        assert_eq!(euros(value, French), "6\u{202f}247,75\u{202f}€");
        assert_eq!(euros(value, English), "€6,247.75");
        assert_eq!(
            whole_euros(d("1234567.5"), French),
            "1\u{202f}234\u{202f}568\u{202f}€"
        );
        assert_eq!(euros(d("-12.345"), English), "−€12.35");
        assert_eq!(euros(d("0"), French), "0,00\u{202f}€");
    }

    #[test]
    fn halves_go_up_not_to_even() {
        assert_eq!(number(d("0.125"), 2, English), "0.13");
        assert_eq!(number(d("2.5"), 0, English), "3");
        assert_eq!(number(d("12774.7875"), 2, English), "12,774.79");
    }

    #[test]
    fn digits_and_groups_at_the_edges() {
        assert_eq!(number(d("999.999"), 2, English), "1,000.00");
        assert_eq!(number(d("100"), 2, French), "100,00");
        assert_eq!(number(d("-0.001"), 2, French), "0,00");
        assert_eq!(hours(d("86.854"), French), "86,85\u{202f}h");
        assert_eq!(percent(d("0.999"), 1, French), "99,9\u{202f}%");
    }
}
