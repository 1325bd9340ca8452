//! What makers' command lines have in common: prompts, pagers, refusals.

/// Longest line that may be a prompt.
const LONGEST_PROMPT: usize = 120;
/// Most lines of a refusal: what is longer is an output that quotes one.
const LONGEST_REFUSAL: usize = 8;

/// What waits for a key between two pages, in lower case.
const PAGERS: [&str; 9] = [
    "--more--",
    "-- more --",
    "--- more ---",
    "---(more",
    "press any key to continue",
    "press space to continue",
    "press <space> to continue",
    "space n next page",
    "-- [q quit",
];

/// Words of questions that are asked before a prompt, in lower case: no key is pressed there.
const QUESTIONS: [&str; 6] = [
    "password",
    "passcode",
    "passphrase",
    "y/n",
    "yes/no",
    "(config",
];

/// How devices refuse a command, in lower case.
const REFUSALS: [&str; 26] = [
    "% invalid",
    "% incomplete",
    "% ambiguous",
    "% unknown",
    "% unrecognized",
    "% unrecognised",
    "% bad ",
    "% too many",
    "% wrong",
    "% error",
    "% permission",
    "% authorization",
    "invalid input",
    "invalid command",
    "unknown command",
    "unknown action",
    "unrecognized command",
    "incomplete command",
    "ambiguous command",
    "command not found",
    "command parse error",
    "bad command name",
    "syntax error",
    "command authorization failed",
    "permission denied",
    "error: invalid",
];

fn lower(line: &[u8]) -> String {
    String::from_utf8_lossy(line.trim_ascii()).to_lowercase()
}

/// Whether the line under the cursor is a pager that waits for a key.
pub(super) fn is_pager(line: &[u8]) -> bool {
    let line = lower(line);
    PAGERS.iter().any(|pager| line.contains(pager)) || is_line_count(&line)
}

/// `lines 1-24`, `lines 1-24/80`.
fn is_line_count(line: &str) -> bool {
    let Some((from, to)) = line
        .strip_prefix("lines ")
        .and_then(|range| range.split_once('-'))
    else {
        return false;
    };
    let to = to.split(['/', ' ', '(']).next().unwrap_or_default();
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    number(from) && number(to)
}

/// Whether the line under the cursor looks like a prompt for commands, and like no question
/// whose answer could change something (a new password).
pub(super) fn may_be_prompt(line: &[u8]) -> bool {
    let line = lower(line);
    line.len() <= LONGEST_PROMPT
        && line.ends_with(['#', '>', '$', '%'])
        && !QUESTIONS.iter().any(|question| line.contains(question))
}

/// Whether the line under the cursor asks for a password.
pub(super) fn asks_password(line: &[u8]) -> bool {
    let line = lower(line);
    line.ends_with(':') && line.contains("password")
}

/// Whether a line is the prompt, in another mode: `sw1(config)#` for `sw1#`.
pub(super) fn is_other_mode(prompt: &[u8], line: &[u8]) -> bool {
    let (prompt, line) = (prompt.trim_ascii(), line.trim_ascii());
    let (Some((_, stem)), Some((end, start))) = (prompt.split_last(), line.split_last()) else {
        return false;
    };
    let Some(mode) = start.strip_prefix(stem.trim_ascii_end()) else {
        return false;
    };
    let mode = mode.trim_ascii();
    line != prompt
        && matches!(end, b'#' | b'>' | b'$' | b'%')
        && (mode.is_empty() || (mode.starts_with(b"(") && mode.ends_with(b")")))
}

/// Whether `enable` may raise the rights behind this prompt: `sw1>`, but neither `<sw1>` nor
/// `[admin@router] >`, whose makers know no such command.
pub(super) fn may_be_raised(prompt: &[u8]) -> bool {
    let prompt = prompt.trim_ascii();
    prompt.ends_with(b">") && !prompt.starts_with(b"<") && !prompt.ends_with(b"] >")
}

/// Whether an output says that the device refused the command.
pub(super) fn is_refusal(output: &str) -> bool {
    let lines = output
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let lines: Vec<String> = lines
        .take(LONGEST_REFUSAL + 1)
        .map(str::to_lowercase)
        .collect();
    lines.len() <= LONGEST_REFUSAL
        && lines.iter().any(|line| {
            REFUSALS.iter().any(|refusal| line.contains(refusal))
                || (line.starts_with("sh:") && line.ends_with("not found"))
        })
}

/// A command's output without its echo. The first line is the prompt with what was typed
/// behind it.
pub(super) fn without_echo(shown: &str, prompt: &str, command: &str) -> String {
    let (first, rest) = shown.split_once('\n').unwrap_or((shown, ""));
    let typed = first.strip_prefix(prompt.trim_end()).unwrap_or(first);
    let typed = typed.trim();
    match typed.strip_prefix(command).unwrap_or(typed).trim() {
        "" => rest.to_owned(),
        // A device that does not echo starts right behind its prompt.
        output => format!("{output}\n{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pagers_of_every_maker_are_known() {
        for pager in [
            " --More-- ",
            "<--- More --->",
            "  ---- More ----",
            "-- MORE --, next page: Space, next line: Enter, quit: Control-C",
            "--More-- (q to quit)",
            "Press any key to continue (Q to quit)",
            "---(more)---",
            "---(more 42%)---",
            "lines 1-24",
            "lines 25-48/80",
            "-- [Q quit|D dump|down]",
        ] {
            assert!(is_pager(pager.as_bytes()), "{pager}");
        }
        for text in ["sw1#", "lines 1-x", "lines of text", "more", ""] {
            assert!(!is_pager(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_question_is_no_prompt() {
        for prompt in [
            "sw1#",
            "sw1> ",
            "<HUAWEI>",
            "admin@fw> ",
            "[admin@MikroTik] > ",
            "FGT60F # ",
            "user@host:~$ ",
            "-> ",
        ] {
            assert!(may_be_prompt(prompt.as_bytes()), "{prompt}");
        }
        for question in [
            "Password:",
            "New Password: ",
            "new password> ",
            "Change now? [Y/N]:",
            "",
            "Do you accept (yes/no)? ",
            "sw1(config)#",
            "Username: ",
        ] {
            assert!(!may_be_prompt(question.as_bytes()), "{question}");
        }
    }

    #[test]
    fn another_mode_of_the_prompt_is_told_from_output() {
        for (prompt, line) in [
            ("sw1#", "sw1(config)#"),
            ("sw1#", "sw1(config-if)# "),
            ("sw1#", "sw1>"),
            ("FGT # ", "FGT (global) # "),
        ] {
            assert!(is_other_mode(prompt.as_bytes(), line.as_bytes()), "{line}");
        }
        for line in ["sw1#", "sw1# ", "sw10#", "hostname sw1", "", "#"] {
            assert!(!is_other_mode(b"sw1#", line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn enable_is_for_makers_who_know_it() {
        assert!(may_be_raised(b"sw1>"));
        assert!(may_be_raised(b"(Cisco Controller) >"));
        for prompt in ["sw1#", "<HUAWEI>", "[admin@MikroTik] > "] {
            assert!(!may_be_raised(prompt.as_bytes()), "{prompt}");
        }
        assert!(asks_password(b"\x20Password: "));
        assert!(!asks_password(b"sw1>"));
    }

    #[test]
    fn refusals_are_told_from_outputs_that_quote_them() {
        for refusal in [
            "       ^\n% Invalid input detected at '^' marker.\n\n",
            "% Incomplete command.\n",
            "Error: Unrecognized command found at '^' position.\n",
            "Unknown command: show nonsense\n",
            "     ^\nsyntax error, expecting <command>.\n",
            "-bash: show: command not found\n",
            "sh: 1: show: not found\n",
            "command parse error before 'x'\nCommand fail. Return code -61\n",
            "bad command name show (line 1 column 1)\n",
        ] {
            assert!(is_refusal(refusal), "{refusal}");
        }
        assert!(!is_refusal("Version 15.2\n"));
        assert!(!is_refusal(""));
        let log = "Jan 1 ok\n".repeat(20) + "% Invalid input detected\n";
        assert!(!is_refusal(&log));
    }

    #[test]
    fn the_echo_is_no_output() {
        assert_eq!(without_echo("sw1#show x\nout\n", "sw1#", "show x"), "out\n");
        assert_eq!(
            without_echo("sw1# show x\nout\n", "sw1# ", "show x"),
            "out\n"
        );
        assert_eq!(without_echo("show x\nout\n", "sw1#", "show x"), "out\n");
        assert_eq!(
            without_echo("sw1#out\nmore\n", "sw1#", "show x"),
            "out\nmore\n"
        );
        assert_eq!(without_echo("", "sw1#", "show x"), "");
    }
}
