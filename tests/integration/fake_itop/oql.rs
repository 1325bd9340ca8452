//! OQL: `SELECT Class [AS x] [WHERE [x.]code = value AND code IN (value, value)]`.
use super::*;

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Literal(Value),
    Sign(String),
}

pub(super) fn tokens(query: &str) -> Result<Vec<(usize, Token)>, String> {
    let letters: Vec<char> = query.chars().collect();
    let mut at = 0;
    let mut made = Vec::new();
    let run = |from: usize, fits: &dyn Fn(char) -> bool| -> String {
        letters[from..]
            .iter()
            .take_while(|letter| fits(**letter))
            .collect()
    };
    while let Some(letter) = letters.get(at).copied() {
        let start = at;
        let token = match letter {
            ' ' | '\t' | '\n' | '\r' => {
                at += 1;
                continue;
            }
            '"' | '\'' => {
                let (value, size) = quoted(&letters[at + 1..], letter)
                    .ok_or_else(|| unexpected(query, at, &letter.to_string()))?;
                at += size + 1;
                Token::Literal(json!(value))
            }
            '0'..='9' => {
                let digits = run(at, &|letter| letter.is_ascii_digit());
                at += digits.len();
                Token::Literal(json!(digits.parse::<u64>().unwrap_or(u64::MAX)))
            }
            '_' | 'a'..='z' | 'A'..='Z' => {
                let word = run(at, &|letter| {
                    letter == '_' || letter.is_ascii_alphanumeric()
                });
                at += word.len();
                Token::Word(word)
            }
            '`' => {
                let word = run(at + 1, &|letter| letter != '`');
                at += word.chars().count() + 2;
                Token::Word(word)
            }
            '!' if letters.get(at + 1) == Some(&'=') => {
                at += 2;
                Token::Sign("!=".to_owned())
            }
            '=' | ',' | '(' | ')' | '.' => {
                at += 1;
                Token::Sign(letter.to_string())
            }
            other => return Err(unexpected(query, at, &other.to_string())),
        };
        made.push((start, token));
    }
    Ok(made)
}

/// The content of a quoted text and its size; a backslash stands before the quote or itself only.
pub(super) fn quoted(letters: &[char], quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 0;
    loop {
        let letter = *letters.get(at)?;
        at += 1;
        if letter == quote {
            return Some((value, at));
        }
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        let escaped = *letters.get(at)?;
        at += 1;
        if escaped != quote && escaped != '\\' {
            return None;
        }
        value.push(escaped);
    }
}

pub(super) fn unexpected(query: &str, at: usize, found: &str) -> String {
    format!("Syntax error - found '{found}' at {at} in '{query}'")
}

pub(super) struct Query {
    pub(super) class: &'static str,
    /// Code, whether one of the values is wanted or none, the values.
    pub(super) conditions: Vec<(String, bool, Vec<Value>)>,
}

pub(super) struct Parser<'a> {
    pub(super) query: &'a str,
    pub(super) tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token)>>,
}

impl Parser<'_> {
    pub(super) fn next(&mut self) -> Result<(usize, Token), String> {
        let end = self.query.chars().count();
        self.tokens
            .next()
            .ok_or_else(|| unexpected(self.query, end, ""))
    }

    pub(super) fn fails<T>(&self, (at, token): (usize, Token)) -> Result<T, String> {
        let found = match token {
            Token::Word(word) | Token::Sign(word) => word,
            Token::Literal(value) => text(&value),
        };
        Err(unexpected(self.query, at, &found))
    }

    pub(super) fn word(&mut self) -> Result<(usize, String), String> {
        match self.next()? {
            (at, Token::Word(word)) => Ok((at, word)),
            other => self.fails(other),
        }
    }

    pub(super) fn literal(&mut self) -> Result<Value, String> {
        match self.next()? {
            (_, Token::Literal(value)) => Ok(value),
            other => self.fails(other),
        }
    }

    pub(super) fn sign(&mut self, wanted: &str) -> Result<(), String> {
        match self.next()? {
            (_, Token::Sign(sign)) if sign == wanted => Ok(()),
            other => self.fails(other),
        }
    }

    /// Takes a keyword or a sign when it is there.
    pub(super) fn takes(&mut self, wanted: &str) -> bool {
        let there = self.tokens.peek().is_some_and(|(_, token)| match token {
            Token::Word(word) => word.eq_ignore_ascii_case(wanted),
            Token::Sign(sign) => sign == wanted,
            Token::Literal(_) => false,
        });
        if there {
            self.tokens.next();
        }
        there
    }

    pub(super) fn query(mut self) -> Result<Query, String> {
        if !self.takes("SELECT") {
            let other = self.next()?;
            return self.fails(other);
        }
        let (at, class) = self.word()?;
        let alias = match self.takes("AS") {
            true => self.word()?.1,
            false => class.clone(),
        };
        let Some(known) = MODEL.get(class.as_str()) else {
            return Err(format!(
                "Unknown class - found '{class}' at {at} in '{}'",
                self.query
            ));
        };
        let mut conditions = Vec::new();
        if self.takes("WHERE") {
            conditions.push(self.condition(known.name, &alias)?);
            while self.takes("AND") {
                conditions.push(self.condition(known.name, &alias)?);
            }
        }
        match self.tokens.next() {
            Some(more) => self.fails(more),
            None => Ok(Query {
                class: known.name,
                conditions,
            }),
        }
    }

    pub(super) fn condition(
        &mut self,
        class: &str,
        alias: &str,
    ) -> Result<(String, bool, Vec<Value>), String> {
        let (mut at, mut code) = self.word()?;
        if self.takes(".") {
            if code != alias {
                return Err(format!(
                    "Unknown class (alias) - found '{code}' at {at} in '{}'",
                    self.query
                ));
            }
            (at, code) = self.word()?;
        }
        let scalar = find_attribute(class, &code)
            .is_some_and(|own| !matches!(own.kind, Kind::Set | Kind::Links));
        if code != "id" && !scalar {
            return Err(format!(
                "Unknown filter code - found '{code}' at {at} in '{}'",
                self.query
            ));
        }
        if self.takes("IN") {
            self.sign("(")?;
            let mut values = vec![self.literal()?];
            while self.takes(",") {
                values.push(self.literal()?);
            }
            self.sign(")")?;
            return Ok((code, true, values));
        }
        let wanted = !self.takes("!=");
        if wanted {
            self.sign("=")?;
        }
        Ok((code, wanted, vec![self.literal()?]))
    }
}

impl State {
    pub(super) fn oql(&self, query: &str) -> Result<Vec<Place>, String> {
        let parser = Parser {
            query,
            tokens: tokens(query)?.into_iter().peekable(),
        };
        let query = parser.query()?;
        Ok(self.select(query.class, |id, object| {
            query.conditions.iter().all(|(code, wanted, values)| {
                let known = !self.get(id, object, code).is_null();
                let any = values
                    .iter()
                    .any(|value| self.equals(id, object, code, value));
                known && any == *wanted
            })
        }))
    }
}
