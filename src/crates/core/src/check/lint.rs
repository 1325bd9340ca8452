//! What a check must have to be trusted, beyond being readable.
use super::{Catalogue, Check, Expect, Status};

impl Catalogue {
    /// Every rule that a check breaks, as `(check id, what is missing)`, in the order of ids.
    #[must_use]
    pub fn lint(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for check in &self.checks {
            let mut say = |message: String| found.push((check.id.clone(), message));
            tests(check, &mut say);
            texts(check, &mut say);
            if check.status == Status::Deprecated && check.replaced_by.is_none() {
                say("deprecated without `replaced_by`".to_owned());
            }
            if let Some(other) = &check.replaced_by
                && self.get(other).is_none()
            {
                say(format!(
                    "`replaced_by` names `{other}`, which is not in the catalogue"
                ));
            }
            if check.evidence.is_empty() {
                say("no evidence: a verdict that shows nothing cannot be believed".to_owned());
            }
        }
        found
    }
}

fn tests(check: &Check, say: &mut impl FnMut(String)) {
    let mut names: Vec<&str> = check.tests.iter().map(|test| test.name.as_str()).collect();
    names.sort_unstable();
    if names
        .windows(2)
        .any(|pair| matches!(pair, [a, b] if a == b))
    {
        say("two tests have the same name".to_owned());
    }
    if check.status != Status::Stable {
        return;
    }
    let mut needed = vec![Expect::Pass, Expect::Fail, Expect::Unknown];
    if check.applies() != "true" {
        needed.push(Expect::NotApplicable);
    }
    for outcome in needed {
        if !check.tests.iter().any(|test| test.expect == outcome) {
            say(format!(
                "stable without a test that expects {}",
                outcome.as_str()
            ));
        }
    }
}

/// First words of titles that name a fault or an order instead of the state desired.
const NOT_A_STATE: [(&str, &str); 8] = [
    ("en", "ensure"),
    ("en", "check"),
    ("en", "disable"),
    ("en", "enable"),
    ("fr", "vérifier"),
    ("fr", "s’assurer"),
    ("fr", "désactiver"),
    ("fr", "activer"),
];

/// Longest title, in characters: it must fit a line of a report.
const LONGEST_TITLE: usize = 80;

fn texts(check: &Check, say: &mut impl FnMut(String)) {
    let pairs = [
        ("title", &check.title),
        ("why", &check.why),
        ("fix", &check.fix),
    ];
    for (key, text) in pairs {
        if text.fr == text.en {
            say(format!("`{key}` is the same in both languages"));
        }
        if let Some(problem) = french(&text.fr) {
            say(format!("`{key}.fr`: {problem}"));
        }
    }
    for (language, title) in [("fr", &check.title.fr), ("en", &check.title.en)] {
        let lower = title.to_lowercase();
        let order = NOT_A_STATE
            .iter()
            .any(|(of, word)| *of == language && lower.starts_with(&format!("{word} ")));
        if order {
            say(format!(
                "`title.{language}` gives an order; state the desired state"
            ));
        }
        if title.ends_with('.') {
            say(format!("`title.{language}` ends with a full stop"));
        }
        if title.chars().count() > LONGEST_TITLE {
            say(format!(
                "`title.{language}` is longer than {LONGEST_TITLE} characters"
            ));
        }
    }
}

/// What breaks French typography: straight apostrophes, and a missing or breakable space
/// before double punctuation.
fn french(text: &str) -> Option<&'static str> {
    if text.contains('\'') {
        return Some("straight apostrophe; write ’");
    }
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let ends_word = characters
            .peek()
            .is_none_or(|next| next.is_whitespace() || *next == '»');
        if matches!(c, ';' | '?' | '!' | ':')
            && ends_word
            && !matches!(previous, '\u{202f}' | '\u{a0}')
        {
            return Some("write a narrow no-break space (U+202F) before : ; ? !");
        }
        previous = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::french;

    #[test]
    fn french_typography_is_looked_at_where_it_matters() {
        assert!(french("Correct\u{202f}: oui, l’hôte (TCP/23) à 10:15.").is_none());
        assert!(french("Faux: non.").is_some());
        assert!(french("Faux : non.").is_some(), "a breakable space");
        assert!(french("L'apostrophe droite.").is_some());
        assert!(french("Fini?").is_some());
        assert!(french("Un URL http://exemple.fr reste entier.").is_none());
    }
}
