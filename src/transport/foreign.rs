//! Two foreign formats of SNMP evidence: `.snmprec` (snmpsim) and `snmpwalk -On` output.
use arpenteur_wire::snmp::{Oid, Value, VarBind};
use std::borrow::Cow;
use thiserror::Error;

/// Most objects taken from one file.
const MOST_OBJECTS: usize = 2_000_000;

/// A file that is neither.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("neither a recording, a .snmprec file nor `snmpwalk -On` output: no line could be read")]
pub struct ForeignError;

/// The objects of a file, and how many of its lines could not be read.
///
/// # Errors
/// Where no line at all can be read.
pub fn read_foreign(bytes: &[u8]) -> Result<(Vec<VarBind>, usize), ForeignError> {
    let mut objects = Vec::new();
    let mut unread = 0;
    for line in logical_lines(bytes).into_iter().take(MOST_OBJECTS) {
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        match snmprec_line(&line).or_else(|| walk_line(&line)) {
            Some(varbind) => objects.push(varbind),
            None => unread += 1,
        }
    }
    if objects.is_empty() {
        Err(ForeignError)
    } else {
        Ok((objects, unread))
    }
}

/// Lines, with the continuation lines of multi-line `snmpwalk` values joined.
fn logical_lines(bytes: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let mut lines: Vec<Cow<'_, [u8]>> = Vec::new();
    // Only a value of `snmpwalk`, quoted or hexadecimal, goes on over several lines.
    let mut open = false;
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let walk = || line.windows(3).any(|window| window == b" = ");
        let starts = line.first().is_none_or(|first| match first {
            b'#' => true,
            b'.' | b'0'..=b'9' => line.contains(&b'|') || walk(),
            _ => false,
        });
        match lines.last_mut() {
            Some(last) if !starts && open => {
                let last = last.to_mut();
                last.push(b'\n');
                last.extend_from_slice(line);
            }
            _ => {
                open = walk();
                lines.push(Cow::Borrowed(line));
            }
        }
    }
    lines
}

/// `OID|TAG|VALUE`: the tag is the ASN.1 tag's number, `x` for hexadecimal, `e` for escapes.
fn snmprec_line(line: &[u8]) -> Option<VarBind> {
    let mut parts = line.splitn(3, |byte| *byte == b'|');
    let oid: Oid = std::str::from_utf8(parts.next()?)
        .ok()?
        .trim()
        .parse()
        .ok()?;
    let tag = std::str::from_utf8(parts.next()?).ok()?.trim();
    let raw = parts.next().unwrap_or_default();
    let (number, form) = match tag.strip_suffix('x') {
        Some(number) => (number, Form::Hex),
        None => match tag.strip_suffix('e') {
            Some(number) => (number, Form::Escaped),
            None => (tag, Form::Text),
        },
    };
    let number: u32 = number.parse().ok()?;
    let bytes = match form {
        Form::Hex => unhex(raw)?,
        Form::Escaped => unescape(raw),
        Form::Text => raw.to_vec(),
    };
    let text = || std::str::from_utf8(&bytes).ok().map(str::trim);
    let value = match number {
        2 => Value::Integer(text()?.parse::<i64>().ok()?.try_into().ok()?),
        4 => Value::OctetString(bytes),
        5 => Value::Null,
        6 => Value::ObjectIdentifier(text()?.parse().ok()?),
        64 if form == Form::Text => {
            Value::IpAddress(text()?.parse::<std::net::Ipv4Addr>().ok()?.octets())
        }
        64 => Value::IpAddress(bytes.as_slice().try_into().ok()?),
        65 => Value::Counter32(wrapping(text()?)?),
        66 => Value::Gauge32(wrapping(text()?)?),
        67 => Value::TimeTicks(wrapping(text()?)?),
        68 => Value::Opaque(bytes),
        70 => Value::Counter64(text()?.parse().ok()?),
        _ => return None,
    };
    Some(VarBind { oid, value })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Hex,
    Escaped,
}

/// A 32-bit counter as some recorders write it: signed, or wider than it is.
fn wrapping(text: &str) -> Option<u32> {
    let wide: i128 = text.parse().ok()?;
    u32::try_from(wide & 0xffff_ffff).ok()
}

fn unhex(bytes: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'0') => out.push(0),
            Some(b'x') => {
                let pair: Vec<u8> = rest.by_ref().take(2).collect();
                out.extend(unhex(&pair).unwrap_or_default());
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// `.1.3.6.1.2.1.1.5.0 = STRING: "name"`, as `snmpwalk -On` prints it.
fn walk_line(line: &[u8]) -> Option<VarBind> {
    let text = String::from_utf8_lossy(line);
    let (oid, rest) = text.split_once(" = ")?;
    let oid: Oid = oid.trim().parse().ok()?;
    let rest = rest.trim_end();
    if rest == "\"\"" {
        return Some(VarBind {
            oid,
            value: Value::OctetString(Vec::new()),
        });
    }
    let (kind, value) = rest
        .split_once(": ")
        .or_else(|| rest.strip_suffix(':').map(|kind| (kind, "")))?;
    let value = match kind {
        "STRING" => Value::OctetString(unescape(unquote(value).as_bytes())),
        "Hex-STRING" => Value::OctetString(unhex(value.as_bytes())?),
        "INTEGER" => Value::Integer(number(value)?.try_into().ok()?),
        "OID" => Value::ObjectIdentifier(value.trim().parse().ok()?),
        "IpAddress" => Value::IpAddress(value.trim().parse::<std::net::Ipv4Addr>().ok()?.octets()),
        "Network Address" => Value::IpAddress(
            unhex(value.replace(':', "").as_bytes())?
                .as_slice()
                .try_into()
                .ok()?,
        ),
        "Counter32" => Value::Counter32(wrapping(value.trim())?),
        "Gauge32" | "Unsigned32" => Value::Gauge32(u32::try_from(number(value)?).ok()?),
        "Timeticks" => Value::TimeTicks(
            value
                .trim_start_matches('(')
                .split(')')
                .next()?
                .parse()
                .ok()?,
        ),
        "Counter64" => Value::Counter64(value.trim().parse().ok()?),
        _ => return None,
    };
    Some(VarBind { oid, value })
}

fn unquote(value: &str) -> &str {
    value
        .strip_prefix('"')
        .map_or(value, |value| value.strip_suffix('"').unwrap_or(value))
}

/// `up(1)`, `1` or `1500 octets`.
fn number(value: &str) -> Option<i64> {
    let inner = value
        .rsplit_once('(')
        .and_then(|(_, rest)| rest.split_once(')'))
        .map_or(value, |(number, _)| number);
    inner.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<Value> {
        read_foreign(text.as_bytes())
            .unwrap()
            .0
            .into_iter()
            .map(|varbind| varbind.value)
            .collect()
    }

    #[test]
    fn snmprec() {
        let text = "1.3.6.1.2.1.1.1.0|4|a|b\r\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9\n1.3.6.1.2.1.4.20.1.1.10.0.0.1|64x|0a000001\n1.3.6.1.2.1.2.2.1.10.1|65|-1\n1.3.6.1.2.1.1.6.0|4e|a\\nb";
        assert_eq!(
            values(text),
            [
                Value::OctetString(b"a|b".to_vec()),
                Value::ObjectIdentifier("1.3.6.1.4.1.9".parse().unwrap()),
                Value::IpAddress([10, 0, 0, 1]),
                Value::Counter32(u32::MAX),
                Value::OctetString(b"a\nb".to_vec()),
            ]
        );
    }

    #[test]
    fn snmpwalk_with_continuation_lines() {
        let text = ".1.3.6.1.2.1.1.1.0 = STRING: \"Cisco IOS\nVersion 15\"\n.1.3.6.1.2.1.1.3.0 = Timeticks: (4200) 0:00:42.00\n.1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1A \n2B 00 00 01\n.1.3.6.1.2.1.2.2.1.8.1 = INTEGER: up(1)\n";
        let found = values(text);
        assert_eq!(
            found[0],
            Value::OctetString(b"Cisco IOS\nVersion 15".to_vec())
        );
        assert_eq!(found[1], Value::TimeTicks(4200));
        assert_eq!(found[3], Value::Integer(1));
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        assert_eq!(read_foreign(b"hello\nworld\n"), Err(ForeignError));
        assert_eq!(read_foreign(b""), Err(ForeignError));
    }
}
