//! Lines of a configuration with their numbers, and the blocks that indentation makes of them.

/// Largest text that is read.
pub(super) const MOST_BYTES: usize = 4 << 20;
/// Most lines that are read.
pub(super) const MOST_LINES: usize = 200_000;
/// Deepest nesting that is told apart; what lies deeper counts as its parent's.
const DEEPEST: usize = 24;

/// A line, numbered from one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) number: usize,
    pub(super) text: &'t str,
}

/// Every line of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let numbered = text.lines().take(MOST_LINES).enumerate();
    let line = |(index, text)| Line {
        number: index + 1,
        text: str::trim_end(text),
    };
    numbered.map(line).collect()
}

/// A command and what is indented below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Block<'t> {
    pub(super) number: usize,
    pub(super) last: usize,
    pub(super) words: Vec<&'t str>,
    pub(super) body: Vec<Block<'t>>,
}

/// Words of a line; quotes hold words together and are not part of them.
pub(super) fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// The tree of a text whose sections are indented. A line that begins with `comment` in the
/// first column says nothing and ends the section before it.
pub(super) fn tree<'t>(lines: &[Line<'t>], comment: char) -> Block<'t> {
    let mut open: Vec<(usize, Block<'t>)> = Vec::new();
    let mut root = Block::default();
    for line in lines {
        let text = line.text.trim_start();
        let indent = line.text.len() - text.len();
        if text.is_empty() {
            continue;
        }
        if text.starts_with(comment) {
            if indent == 0 {
                close(&mut open, 0, &mut root);
            }
            continue;
        }
        close(&mut open, indent, &mut root);
        if open.len() >= DEEPEST {
            let deepest = open_indent(&open);
            close(&mut open, deepest, &mut root);
        }
        let block = Block {
            number: line.number,
            last: line.number,
            words: words(text),
            body: Vec::new(),
        };
        open.push((indent, block));
    }
    close(&mut open, 0, &mut root);
    root
}

fn open_indent(open: &[(usize, Block<'_>)]) -> usize {
    open.last().map_or(0, |(indent, _)| *indent)
}

/// Hands every open block that is not above `indent` to its parent.
fn close<'t>(open: &mut Vec<(usize, Block<'t>)>, indent: usize, root: &mut Block<'t>) {
    while open_indent(open) >= indent {
        let Some((_, block)) = open.pop() else { return };
        let parent = open.last_mut().map_or(&mut *root, |(_, parent)| parent);
        parent.last = parent.last.max(block.last);
        parent.body.push(block);
    }
}

impl<'t> Block<'t> {
    /// The words behind `start`, where the command begins with it.
    pub(super) fn after(&self, start: &str) -> Option<&[&'t str]> {
        let mut count = 0;
        for wanted in start.split(' ') {
            if !self.words.get(count)?.eq_ignore_ascii_case(wanted) {
                return None;
            }
            count += 1;
        }
        self.words.get(count..)
    }

    /// The word at a place, or nothing.
    pub(super) fn word(&self, place: usize) -> &'t str {
        self.words.get(place).copied().unwrap_or_default()
    }

    /// Commands of the body that begin with `start`.
    pub(super) fn all<'b>(&'b self, start: &'b str) -> impl Iterator<Item = &'b Block<'t>> + 'b {
        let fits = move |block: &&Block<'t>| block.after(start).is_some();
        self.body.iter().filter(fits)
    }

    /// The first command of the body that begins with `start`.
    pub(super) fn child<'b>(&'b self, start: &str) -> Option<&'b Block<'t>> {
        self.body.iter().find(|block| block.after(start).is_some())
    }

    /// Whether the body has a command that begins with `start`.
    pub(super) fn has(&self, start: &str) -> bool {
        self.body.iter().any(|block| block.after(start).is_some())
    }

    /// The word behind `start` in the body, the last one's.
    pub(super) fn value(&self, start: &str) -> Option<&'t str> {
        let found = self.body.iter().rev().find_map(|block| block.after(start));
        found?.first().copied()
    }

    /// Everything behind `start` in the body, the last one's.
    pub(super) fn text(&self, start: &str) -> Option<String> {
        let found = self.body.iter().rev().find_map(|block| block.after(start));
        found.map(|words| words.join(" "))
    }

    /// The word behind `start` of every such command in the body.
    pub(super) fn values(&self, start: &str) -> Vec<String> {
        let found = self.body.iter().filter_map(|block| block.after(start));
        let words = found.filter_map(|words| words.first());
        words.map(|word| (*word).to_owned()).collect()
    }

    /// `start` gives true, `no start` (or `undo start`) false; nothing where neither stands.
    pub(super) fn switch(&self, start: &str) -> Option<bool> {
        self.body.iter().rev().find_map(|block| {
            if block.after(start).is_some() {
                return Some(true);
            }
            let negated = matches!(block.word(0), "no" | "undo");
            let rest = block.words.get(1..)?;
            let mut wanted = start.split(' ');
            let same = rest.iter().zip(wanted.by_ref()).all(|(a, b)| *a == b);
            (negated && same && rest.len() >= start.split(' ').count()).then_some(false)
        })
    }

    /// Whether a word stands anywhere in the command.
    pub(super) fn says(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// The word behind another one in the command.
    pub(super) fn word_after(&self, word: &str) -> Option<&'t str> {
        let place = self.words.iter().position(|known| *known == word)?;
        self.words.get(place + 1).copied()
    }

    /// `214` or `214-219`.
    pub(super) fn source(&self) -> Option<String> {
        Some(range(self.number, self.last))
    }
}

/// `214` or `214-219`.
pub(super) fn range(first: usize, last: usize) -> String {
    if last > first {
        format!("{first}-{last}")
    } else {
        first.to_string()
    }
}

/// VLAN ids of `10,20-30` or `10 20 to 30`, sorted; what is no number is left out.
pub(super) fn vlans<'w>(words: impl IntoIterator<Item = &'w str>) -> Vec<u32> {
    const LAST_VLAN: u32 = 4094;
    let mut ids = std::collections::BTreeSet::new();
    let mut from = None;
    let mut open = false;
    let words = words.into_iter().flat_map(|word| word.split(','));
    for word in words.map(str::trim).filter(|word| !word.is_empty()) {
        if word == "to" {
            open = true;
            continue;
        }
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
            continue;
        };
        let first = if open { from.unwrap_or(first) } else { first };
        ids.extend(first.max(1)..=last.min(LAST_VLAN));
        (from, open) = (Some(last), false);
    }
    ids.into_iter().collect()
}

/// VLAN ids as `10,20-30`.
pub(super) fn vlan_text(ids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for id in ids {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *id => *last = *id,
            _ => ranges.push((*id, *id)),
        }
    }
    let text = ranges.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    text.collect::<Vec<_>>().join(",")
}

/// `10.0.0.1/24` from an address and a mask, a length or nothing.
pub(super) fn address(ip: &str, mask: &str) -> Option<String> {
    let (ip, length) = ip.split_once('/').unwrap_or((ip, mask));
    let ip: std::net::IpAddr = ip.parse().ok()?;
    let bits = |mask: std::net::Ipv4Addr| u32::from(mask).count_ones();
    let length = match length.trim_start_matches('/').parse::<std::net::Ipv4Addr>() {
        Ok(mask) => Some(bits(mask)),
        Err(_) => length.trim_start_matches('/').parse::<u32>().ok(),
    };
    Some(match length {
        Some(length) => format!("{ip}/{length}"),
        None => ip.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_makes_blocks_with_line_numbers() {
        let text =
            "hostname a\ninterface Gi1\n description \"to b\"\n no shutdown\n!\nline vty 0 4\n";
        let root = tree(&lines(text), '!');
        assert_eq!(root.body.len(), 3);
        let port = root.child("interface").unwrap();
        assert_eq!(port.source().unwrap(), "2-4");
        assert_eq!(port.value("description"), Some("to b"));
        assert_eq!(port.switch("shutdown"), Some(false));
        assert_eq!(port.switch("mtu"), None);
    }

    #[test]
    fn a_section_may_begin_indented_after_a_comment() {
        let root = tree(
            &lines("#\n version 7.1\n#\n sysname x\n#\ninterface a\n ip b\n#\n"),
            '#',
        );
        assert_eq!(root.value("sysname"), Some("x"));
        assert_eq!(root.child("interface a").unwrap().body.len(), 1);
    }

    #[test]
    fn endless_nesting_stays_flat() {
        let text: String = (0..500).map(|n| format!("{}x\n", " ".repeat(n))).collect();
        let root = tree(&lines(&text), '!');
        assert_eq!(root.last, 500);
    }

    #[test]
    fn vlan_lists_of_every_maker() {
        assert_eq!(vlans(["10,20-22"]), [10, 20, 21, 22]);
        assert_eq!(vlans(["10", "20", "to", "22"]), [10, 20, 21, 22]);
        assert_eq!(vlans(["all", "0-4294967295"]).len(), 4094);
        assert_eq!(vlan_text(&[10, 20, 21, 22]), "10,20-22");
    }

    #[test]
    fn addresses_carry_their_length() {
        let text = |ip, mask| address(ip, mask).unwrap_or_default();
        assert_eq!(text("10.0.0.1", "255.255.255.0"), "10.0.0.1/24");
        assert_eq!(text("10.0.0.1/24", ""), "10.0.0.1/24");
        assert_eq!(text("2001:db8::1/64", ""), "2001:db8::1/64");
        assert_eq!(text("dhcp", ""), "");
    }
}
