//! What a terminal shows of a device's output: the line under the cursor, and the lines above.
//!
//! No screen: devices that know a command line only move within their last line, to erase a
//! pager or to redraw a prompt.

/// Furthest column that a cursor movement reaches.
const LAST_COLUMN: usize = 1_000;
/// Most bytes of an escape sequence's parameters.
const MOST_PARAMETERS: usize = 64;

/// Where in an escape sequence the output is (ECMA-48).
#[derive(Default)]
enum State {
    #[default]
    Text,
    Escape,
    /// `ESC [`, with the parameters so far.
    Control(Vec<u8>),
    /// A string for the terminal (`ESC ]`): up to BEL or the next escape.
    Title,
    /// One more byte belongs to the escape (`ESC ( B`).
    Designator,
}

/// A terminal that keeps everything.
pub(super) struct Terminal {
    above: Vec<u8>,
    line: Vec<u8>,
    column: usize,
    /// Lines ended so far, blank ones included.
    ended: usize,
    state: State,
    /// A pager was answered, and the device has not erased it yet.
    after_pager: bool,
    room: usize,
    full: bool,
}

impl Terminal {
    /// A terminal that shows `line`, its cursor at the end, and keeps at most `room` bytes.
    pub(super) fn showing(line: &[u8], room: usize) -> Self {
        Self {
            above: Vec::new(),
            line: line.to_vec(),
            column: line.len(),
            ended: 0,
            state: State::Text,
            after_pager: false,
            room,
            full: false,
        }
    }

    /// The line under the cursor.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// The ended lines.
    pub(super) fn above(&self) -> String {
        String::from_utf8_lossy(&self.above).into_owned()
    }

    /// How many lines ended.
    pub(super) fn ended(&self) -> usize {
        self.ended
    }

    /// Whether more came than is kept.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Removes a pager that was answered from the line.
    pub(super) fn turn_page(&mut self) {
        self.line.clear();
        self.column = 0;
        self.after_pager = true;
    }

    /// Shows what the device sent.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match std::mem::take(&mut self.state) {
                State::Text => self.text(*byte),
                State::Escape => self.escape(*byte),
                State::Control(parameters) => self.control(parameters, *byte),
                State::Title => {
                    self.state = match byte {
                        0x07 => State::Text,
                        0x1b => State::Escape,
                        _ => State::Title,
                    };
                }
                State::Designator => {}
            }
        }
    }

    fn text(&mut self, byte: u8) {
        match byte {
            0x1b => self.state = State::Escape,
            b'\n' => self.end_line(),
            b'\r' => self.column = 0,
            0x08 => {
                self.after_pager = false;
                self.column = self.column.saturating_sub(1);
            }
            b'\t' | 0x20..=0x7e | 0x80.. => self.put(byte),
            _ => {}
        }
    }

    fn put(&mut self, byte: u8) {
        self.after_pager = false;
        if self.above.len() + self.line.len().max(self.column) >= self.room {
            self.full = true;
            return;
        }
        if self.line.len() < self.column {
            self.line.resize(self.column, b' ');
        }
        match self.line.get_mut(self.column) {
            Some(place) => *place = byte,
            None => self.line.push(byte),
        }
        self.column += 1;
    }

    fn end_line(&mut self) {
        // Some devices go to a new line instead of erasing their pager.
        let erased = std::mem::take(&mut self.after_pager) && self.line.is_empty();
        if !erased {
            let shown = self.line.trim_ascii_end();
            if self.above.len() + shown.len() < self.room {
                self.above.extend_from_slice(shown);
                self.above.push(b'\n');
            } else {
                self.full = true;
            }
            self.ended += 1;
        }
        self.line.clear();
        self.column = 0;
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'[' => self.state = State::Control(Vec::new()),
            b']' | b'P' | b'X' | b'^' | b'_' => self.state = State::Title,
            b' ' | b'#' | b'%' | b'('..=b'/' => self.state = State::Designator,
            0x1b => self.state = State::Escape,
            b'E' => self.end_line(),
            _ => {}
        }
    }

    fn control(&mut self, mut parameters: Vec<u8>, byte: u8) {
        match byte {
            0x40..=0x7e => self.perform(&parameters, byte),
            0x20..=0x3f if parameters.len() < MOST_PARAMETERS => {
                parameters.push(byte);
                self.state = State::Control(parameters);
            }
            // Cancelled: what comes is text again.
            _ => self.text(byte),
        }
    }

    /// The control functions that move within a line or erase it.
    fn perform(&mut self, parameters: &[u8], function: u8) {
        self.after_pager = false;
        let number = |at: usize| -> Option<usize> {
            let text = parameters.split(|byte| *byte == b';').nth(at)?;
            std::str::from_utf8(text).ok()?.parse().ok()
        };
        let first = number(0);
        let column = match function {
            b'C' => self.column.saturating_add(first.unwrap_or(1).max(1)),
            b'D' => self.column.saturating_sub(first.unwrap_or(1).max(1)),
            b'G' => first.unwrap_or(1).saturating_sub(1),
            b'H' | b'f' => number(1).unwrap_or(1).saturating_sub(1),
            _ => self.column,
        };
        // A line that is longer already may be moved about in.
        self.column = column.min(LAST_COLUMN.max(self.column));
        match (function, first.unwrap_or(0)) {
            (b'K' | b'J', 0) => self.line.truncate(self.column),
            (b'K', 1) => {
                for place in self.line.iter_mut().take(self.column.saturating_add(1)) {
                    *place = b' ';
                }
            }
            (b'K' | b'J', _) => self.line.clear(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &str) -> String {
        let mut terminal = Terminal::showing(b"", 1 << 20);
        terminal.feed(output.as_bytes());
        let line = String::from_utf8_lossy(terminal.line()).into_owned();
        terminal.above() + &line
    }

    #[test]
    fn lines_end_however_the_device_ends_them() {
        assert_eq!(shown("a\r\nb\n\rc\r\r\nd"), "a\nb\nc\nd");
        assert_eq!(shown("a\x1bEb"), "a\nb");
    }

    #[test]
    fn escapes_and_controls_are_no_text() {
        assert_eq!(shown("\x1b[1;31mred\x1b[0m\x07 \x1b(Bplain\0"), "red plain");
        assert_eq!(
            shown("\x1b]0;title\x07text\x1b]0;title\x1b\\ more"),
            "text more"
        );
        assert_eq!(
            shown("\x1b[?25h\x1b[24;1Hsw# \x1b[24;1H\x1b[24;5Hx"),
            "sw# x"
        );
    }

    #[test]
    fn overstrikes_leave_what_stands_last() {
        assert_eq!(shown("ab\x08c"), "ac");
        assert_eq!(shown(" --More-- \r          \rtext\n"), "text\n");
        assert_eq!(
            shown("  ---- More ----\x1b[16D                \x1b[16Dtext\n"),
            "text\n"
        );
        assert_eq!(shown("--more--\r\x1b[Ktext"), "text");
        assert_eq!(shown("--more--\x1b[2K\rtext"), "text");
    }

    #[test]
    fn a_pager_is_removed_whether_the_device_erases_it_or_not() {
        for erased in [
            "\x08\x08\x08\x08\x08\x08\x08\x08\x08        \x08\x08\x08\x08\x08\x08\x08\x08\x08",
            "\r                                        \r",
            "\x1b[42D                                          \x1b[42D",
            "\r\x1b[K",
            "\r\n",
            "",
        ] {
            let mut terminal = Terminal::showing(b"", 1 << 20);
            terminal.feed(b"one\r\n --More-- ");
            terminal.turn_page();
            terminal.feed(erased.as_bytes());
            terminal.feed(b"two\r\nsw#");
            assert_eq!(terminal.above(), "one\ntwo\n", "{erased:?}");
            assert_eq!(terminal.line(), b"sw#");
        }
    }

    #[test]
    fn whatever_a_device_sends_nothing_panics_and_no_more_is_kept_than_may_be() {
        const PARTS: [&[u8]; 24] = [
            b"\x1b",
            b"[",
            b"]",
            b"999999999999999999999",
            b";",
            b"0",
            b"1",
            b"2",
            b"K",
            b"J",
            b"C",
            b"D",
            b"G",
            b"H",
            b"\r",
            b"\n",
            b"\x08",
            b"\t",
            b"text",
            b" --More-- ",
            b"\xc3",
            b"\xa9",
            b"\xff\x00",
            b"\x1b[900C",
        ];
        // Numerical Recipes' linear congruential generator: the same runs every time.
        let mut seed: u32 = 20_261_122;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as usize
        };
        for _ in 0..2_000 {
            let room = 1 + next() % 3_000;
            let mut terminal = Terminal::showing(b"sw#", room);
            for _ in 0..next() % 200 {
                match next() % 40 {
                    0 => terminal.turn_page(),
                    at => terminal.feed(PARTS[at % PARTS.len()]),
                }
            }
            assert!(terminal.above().lines().count() <= terminal.ended());
            assert!(terminal.above.len() <= room);
            assert!(terminal.line().len() <= room + LAST_COLUMN);
            assert!(!terminal.above().contains('\x1b'));
        }
    }
}
