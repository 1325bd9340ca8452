//! GLPI's inventory interface: one POST a device, answered by a status alone.
use super::http::{Answered, Http, HttpError, encoded};
use super::{Answer, Deletion, Step, Target};
use arpenteur_core::cmdb::glpi::{COLLECTION, DIGEST, agent, digest};
use arpenteur_core::cmdb::{Action, Object};
use arpenteur_core::export::GlpiMessage;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A token is renewed this long before its end.
const MARGIN: Duration = Duration::from_secs(30);
/// Life of a token whose answer does not say it (RFC 6749 section 5.1 recommends that it does).
const LIFE: u64 = 300;

/// A GLPI.
pub struct Glpi {
    http: Http,
    tokens: Option<Tokens>,
    compress: bool,
    messages: BTreeMap<String, GlpiMessage>,
}

/// Where tokens come from: client credentials (RFC 6749 section 4.4).
pub struct Tokens {
    /// Client of the address that gives them out.
    pub http: Http,
    /// Client id.
    pub id: String,
    /// Client secret.
    pub secret: Zeroizing<String>,
    /// Scope.
    pub scope: String,
    /// End of the token at hand.
    pub until: Option<Instant>,
}

impl Glpi {
    /// A client of an inventory interface.
    #[must_use]
    pub fn new(http: Http, tokens: Option<Tokens>, compress: bool) -> Self {
        Self {
            http,
            tokens,
            compress,
            messages: BTreeMap::new(),
        }
    }

    /// Gives it the messages that a plan speaks of.
    pub fn load(&mut self, messages: Vec<GlpiMessage>) {
        let messages = messages.into_iter();
        self.messages = messages.map(|message| (agent(&message), message)).collect();
    }

    /// Gets a token where there is none, or none that lives on.
    fn authorize(&mut self, anew: bool) -> Result<(), HttpError> {
        let Some(tokens) = &mut self.tokens else {
            return Ok(());
        };
        let alive = tokens.until.is_some_and(|until| Instant::now() < until);
        if alive && !anew {
            return Ok(());
        }
        let (token, life) = tokens.fetch()?;
        tokens.until = Instant::now().checked_add(life);
        self.http.authorize(format!("Bearer {}", *token).into());
        Ok(())
    }

    fn send(&mut self, message: &GlpiMessage) -> Result<Answered, HttpError> {
        let bytes = serde_json::to_vec(&message.body).unwrap_or_default();
        let (bytes, kind) = if self.compress {
            (zlib(&bytes), "application/x-compress-zlib")
        } else {
            (bytes, "application/json")
        };
        let id = message.device.to_string();
        let headers = [
            ("content-type", kind),
            ("accept", "application/json"),
            ("GLPI-Agent-ID", id.as_str()),
        ];
        self.authorize(false)?;
        let answered = self.http.post("", &headers, &bytes, true)?;
        if answered.status != 401 || self.tokens.is_none() {
            return Ok(answered);
        }
        self.authorize(true)?;
        self.http.post("", &headers, &bytes, true)
    }

    fn one(&mut self, step: &Step<'_>) -> Answer {
        let id = step.operation.key.split_once(' ').map_or("", |(_, id)| id);
        let planned = step.values.get(DIGEST).and_then(Value::as_str);
        let message = self.messages.get(id).cloned();
        let Some(message) =
            message.filter(|message| Some(digest(&message.body).as_str()) == planned)
        else {
            return Answer::Changed;
        };
        let answered = match self.send(&message) {
            Ok(answered) => answered,
            Err(error) => return Answer::Unknown(error),
        };
        match refusal(&answered) {
            None => Answer::Done(object(id, planned.unwrap_or_default())),
            // Nobody was let in: the next device would not be either.
            Some(_) if matches!(answered.status, 401 | 403) => {
                let failed = self.http.failed(super::http::Method::Post, "", answered);
                failed.map_or_else(Answer::Unknown, |_| Answer::Changed)
            }
            Some(words) => Answer::Refused(words),
        }
    }
}

impl Tokens {
    /// A token and how long it is to be used.
    fn fetch(&self) -> Result<(Zeroizing<String>, Duration), HttpError> {
        let form: Zeroizing<String> = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
            encoded(&self.id),
            encoded(&self.secret),
            encoded(&self.scope)
        )
        .into();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
        ];
        let answered = self.http.post("", &headers, form.as_bytes(), true)?;
        let token = answered.body.get("access_token").and_then(Value::as_str);
        let Some(token) = token.filter(|_| answered.status == 200) else {
            // What stands in its body may be a token: only its error is repeated.
            let error = answered.body.get("error").and_then(Value::as_str);
            let words = error.unwrap_or("no token").chars().take(60).collect();
            return Err(HttpError::Token(answered.status, words));
        };
        let life = answered.body.get("expires_in").and_then(Value::as_u64);
        let life = Duration::from_secs(life.unwrap_or(LIFE));
        let token = Zeroizing::new(token.to_owned());
        Ok((token, life.saturating_sub(MARGIN)))
    }
}

/// Why the server did not take a message; nothing where it did.
fn refusal(answered: &Answered) -> Option<String> {
    let told = |body: &Value| {
        let words = ["message", "title", "error", "detail"];
        let mut words = words.iter().filter_map(|name| body.get(*name)?.as_str());
        words.next().map(|words| words.chars().take(600).collect())
    };
    if let (207, Value::Array(items)) = (answered.status, &answered.body) {
        let refused = items.iter().find(|item| {
            let status = item.get("status").and_then(Value::as_u64);
            status.is_some_and(|status| status >= 400)
                || item.get("status") == Some(&json!("error"))
        });
        return refused.map(|item| told(item).unwrap_or_else(|| answered.words.clone()));
    }
    let ok = matches!(answered.status, 200..=202)
        && answered.body.get("status").and_then(Value::as_str) == Some("ok");
    (!ok).then(|| {
        let words = told(&answered.body).unwrap_or_else(|| answered.words.clone());
        format!("{}: {words}", answered.status)
    })
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn object(id: &str, digest: &str) -> Object {
    Object {
        id: json!(id),
        fields: BTreeMap::from([(DIGEST.to_owned(), json!(digest))]),
    }
}

impl Target for Glpi {
    fn batch(&self) -> usize {
        1
    }

    /// Nothing can be read back: what was sent last is what is there. A message whose answer was
    /// lost is sent again, the server takes it as the same device.
    fn current(&mut self, steps: &[Step<'_>]) -> Result<Vec<Option<Object>>, HttpError> {
        let of = |step: &Step<'_>| {
            let before = step.operation.fields.get(DIGEST)?.before.as_str()?;
            let id = step.object.as_str()?;
            (step.operation.action == Action::Update).then(|| object(id, before))
        };
        Ok(steps.iter().map(of).collect())
    }

    fn write(&mut self, steps: &[Step<'_>]) -> Vec<Answer> {
        steps.iter().map(|step| self.one(step)).collect()
    }

    fn read(&mut self, _: &str, _: &Value) -> Result<Option<Object>, HttpError> {
        Ok(None)
    }

    fn delete(&mut self, _: &str, _: &Value) -> Result<Deletion, HttpError> {
        Ok(Deletion::Refused(format!(
            "{COLLECTION}: the interface takes inventories alone"
        )))
    }
}
