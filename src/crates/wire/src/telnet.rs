//! Telnet option negotiation (RFC 854, RFC 855).

use crate::text::printable;

const IAC: u8 = 255;
const SUBNEGOTIATION: u8 = 250;
const SUBNEGOTIATION_END: u8 = 240;
const MAX_OPTIONS: usize = 64;
const MAX_TEXT: usize = 4096;

/// What one side says about an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verb {
    /// It would use the option itself.
    Will = 251,
    /// It will not use it.
    Wont = 252,
    /// It asks the other side to use it.
    Do = 253,
    /// It asks the other side not to use it.
    Dont = 254,
}

/// What a peer sent on connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telnet {
    /// Options in the order in which they were named, at most 64.
    pub options: Vec<(Verb, u8)>,
    /// Whether any Telnet command was seen: without one this is some other
    /// service on the port.
    pub negotiated: bool,
    /// What is left to read, as a login prompt: printable, line ends as `\n`.
    pub text: String,
}

/// Reads what a peer sent so far. A command that is cut at the end is left out.
#[must_use]
pub fn parse(bytes: &[u8]) -> Telnet {
    let mut options = Vec::new();
    let mut negotiated = false;
    let mut data = Vec::new();
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] | [IAC] => break,
            [IAC, IAC, tail @ ..] => {
                data.push(IAC);
                tail
            }
            [IAC, SUBNEGOTIATION, tail @ ..] => {
                negotiated = true;
                after_subnegotiation(tail)
            }
            [IAC, 251..=254] => break,
            [IAC, verb @ 251..=254, option, tail @ ..] => {
                negotiated = true;
                if options.len() < MAX_OPTIONS {
                    options.push((named(*verb), *option));
                }
                tail
            }
            // Commands without an option begin at 240; what is below is no Telnet.
            [IAC, command, tail @ ..] => {
                negotiated |= *command >= SUBNEGOTIATION_END;
                tail
            }
            [byte, tail @ ..] => {
                data.push(*byte);
                tail
            }
        };
    }
    let lines: Vec<String> = data
        .get(..MAX_TEXT)
        .unwrap_or(&data)
        .split(|byte| *byte == b'\n')
        .map(|line| printable(line, MAX_TEXT))
        .collect();
    Telnet {
        options,
        negotiated,
        text: lines.join("\n"),
    }
}

fn named(verb: u8) -> Verb {
    match verb {
        251 => Verb::Will,
        252 => Verb::Wont,
        253 => Verb::Do,
        _ => Verb::Dont,
    }
}

fn after_subnegotiation(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .windows(2)
        .position(|pair| pair == [IAC, SUBNEGOTIATION_END]);
    end.and_then(|end| bytes.get(end + 2..)).unwrap_or_default()
}

/// The polite refusal of every option offered or asked for, after which a
/// server goes on to its login prompt.
#[must_use]
pub fn refuse(options: &[(Verb, u8)]) -> Vec<u8> {
    let answer = |(verb, option): &(Verb, u8)| match verb {
        Verb::Will => Some([IAC, Verb::Dont as u8, *option]),
        Verb::Do => Some([IAC, Verb::Wont as u8, *option]),
        Verb::Wont | Verb::Dont => None,
    };
    options.iter().filter_map(answer).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiation_and_prompt_are_told_apart() {
        let bytes = b"\xff\xfd\x18\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0Welcome\r\n\xff\xfflogin: ";
        let telnet = parse(bytes);
        assert!(telnet.negotiated);
        assert_eq!(telnet.options, [(Verb::Do, 24), (Verb::Will, 1)]);
        assert_eq!(telnet.text, "Welcome\n\u{fffd}login: ");
        assert_eq!(refuse(&telnet.options), b"\xff\xfc\x18\xff\xfe\x01");
    }

    #[test]
    fn another_service_does_not_negotiate() {
        let telnet = parse(b"SSH-2.0-x\r\n\xff\x01");
        assert!(!telnet.negotiated && telnet.options.is_empty());
    }

    #[test]
    fn a_cut_command_is_waited_for() {
        for bytes in [&b"\xff"[..], b"\xff\xfd"] {
            assert_eq!(parse(bytes).text, "");
            assert!(parse(bytes).options.is_empty());
        }
        // An unfinished subnegotiation swallows the rest and no more.
        assert!(parse(b"\xff\xfa\x18\x01abc").negotiated);
        assert_eq!(parse(b"\xff\xfa\x18\x01abc").text, "");
    }

    #[test]
    fn a_flood_of_options_is_bounded() {
        let flood: Vec<u8> = [IAC, 253, 1].repeat(10_000);
        assert_eq!(parse(&flood).options.len(), MAX_OPTIONS);
    }
}
