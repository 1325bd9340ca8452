//! HTTP to a configuration database: bounded in time and size, retried with care, TLS always
//! verified. No error or log line carries a header or a body that was sent.
use arpenteur_core::scope::Connection;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;
use ureq::http;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use zeroize::Zeroizing;

/// Longest answer that is read, bytes: a page of 1,000 devices stays far below.
const LONGEST: u64 = 64 * 1024 * 1024;
/// First wait before a request is sent again; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait, also where the server asks for more (`Retry-After`, RFC 9110 section 10.2.3).
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Most characters of a server's words that are repeated.
const WORDS: usize = 600;

/// Why there is no answer to work with.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(String),
    /// No answer: whether the request took effect is not known.
    #[error("{method} {url}: {why}\nhelp: {}", help(why))]
    NoAnswer {
        /// Method.
        method: &'static str,
        /// Address, without its query.
        url: String,
        /// Why.
        why: String,
    },
    /// An answer that is none of ours.
    #[error("{method} {url}: the server answers {status}: {words}\nhelp: {}", status_help(*status))]
    Status {
        /// Method.
        method: &'static str,
        /// Address, without its query.
        url: String,
        /// HTTP status.
        status: u16,
        /// The server's words, cut.
        words: String,
    },
    /// A successful answer that says no.
    #[error(
        "{what}: the server answers {words}\nhelp: check the account of the target in audit.yaml and its profiles (docs/cmdb.md lists them)"
    )]
    Told {
        /// What was asked.
        what: String,
        /// The server's code and words, cut.
        words: String,
    },
    /// No token was given out: status and the server's error (RFC 6749 section 5.2).
    #[error(
        "no token: the server answers {0}: {1}\nhelp: check `token_url`, client id, secret and scope of the target's `oauth2`"
    )]
    Token(u16, String),
    /// An answer that cannot be read.
    #[error(
        "{method} {url}: the answer is no JSON of the kind expected: {why}\nhelp: check that the address is that of the server itself, not of a page before it"
    )]
    Answer {
        /// Method.
        method: &'static str,
        /// Address, without its query.
        url: String,
        /// Why.
        why: String,
    },
}

fn help(why: &str) -> &'static str {
    if why.contains("certificate") || why.contains("UnknownIssuer") {
        "the server's certificate is not trusted: name its authority with `connection: {ca: FILE}`, or the host name that the certificate is for"
    } else {
        "check the address, the network and `connection:` of the target in audit.yaml; what was done so far stands in the journal, and `apply` goes on from there"
    }
}

fn status_help(status: u16) -> &'static str {
    match status {
        401 | 403 => "check the token and the permissions of its user (docs/cmdb.md lists them)",
        404 => "check the address of the target in audit.yaml",
        300..=399 => {
            "the server sends elsewhere: write the final address, with https, in audit.yaml"
        }
        429 | 500..=599 => "try again later: `apply` goes on where it stopped",
        _ => "see the server's log",
    }
}

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates: sent again only where it is sure that it did not take effect.
    Post,
    /// Changes: the same change twice is one change.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Entity tag (RFC 9110 section 8.8.3).
    pub etag: Option<String>,
    /// Body; null where it is empty.
    pub body: Value,
    /// The server's words, cut: for messages.
    pub words: String,
    /// Body as it came.
    pub text: String,
}

/// A client of one server.
pub struct Http {
    agent: ureq::Agent,
    base: String,
    authorization: Zeroizing<String>,
    retries: u32,
}

impl Http {
    /// A client. `folder` is the audit folder; `authorization` the header's value, empty for none.
    ///
    /// # Errors
    /// Where the connection's settings cannot be used.
    pub fn new(
        url: &str,
        authorization: Zeroizing<String>,
        connection: &Connection,
        folder: &Path,
    ) -> Result<Self, HttpError> {
        let base = url.trim_end_matches('/');
        if !base.starts_with("https://") && !base.starts_with("http://") {
            let text = format!("{base}: no address of a server\nhelp: write https://…");
            return Err(HttpError::Settings(text));
        }
        let proxy = connection
            .proxy
            .as_deref()
            .map(ureq::Proxy::new)
            .transpose();
        let proxy = proxy.map_err(|_| {
            HttpError::Settings(
                "the proxy's address cannot be read\nhelp: write http://HOST:PORT".into(),
            )
        })?;
        let mut tls = TlsConfig::builder();
        if let Some(file) = &connection.ca {
            tls = tls.root_certs(authority(&folder.join(file))?);
        }
        let timeout = Duration::from_secs(u64::from(connection.timeout_seconds.max(1)));
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(timeout.min(Duration::from_secs(20))))
            .user_agent(concat!("arpenteur/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy)
            .tls_config(tls.build())
            .build();
        Ok(Self {
            agent: config.new_agent(),
            base: base.to_owned(),
            authorization,
            retries: connection.retries.min(10),
        })
    }

    /// With another value of the header `Authorization`: a token that was given out anew.
    pub fn authorize(&mut self, authorization: Zeroizing<String>) {
        self.authorization = authorization;
    }

    /// Sends a request, again where that cannot do harm; any status is an answer but those that
    /// ask to come back. `tag` is what `If-Match` demands.
    ///
    /// # Errors
    /// Where there is no answer after all. After a POST it may have taken effect.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        tag: Option<&str>,
    ) -> Result<Answered, HttpError> {
        let bytes = body.map(|body| serde_json::to_vec(body).unwrap_or_default());
        let mut headers = vec![("accept", "application/json")];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        headers.extend(bytes.as_ref().map(|_| ("content-type", "application/json")));
        self.exchange(
            method,
            path,
            &headers,
            bytes.as_deref(),
            method != Method::Post,
        )
    }

    /// Sends bytes under headers of one's own, by POST. `repeatable` says that the same twice is
    /// the same once: then it is also sent again after a cut, and where the server says that it is
    /// not ready (502, 503, 504). A 500 is an answer.
    ///
    /// # Errors
    /// Where there is no answer after all. It may have taken effect.
    pub fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        repeatable: bool,
    ) -> Result<Answered, HttpError> {
        self.exchange(Method::Post, path, headers, Some(body), repeatable)
    }

    fn exchange(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
        repeatable: bool,
    ) -> Result<Answered, HttpError> {
        let mut attempt = 0;
        loop {
            let (again, wait, outcome) = match self.once(method, path, headers, body) {
                Ok((answered, after)) => match answered.status {
                    429 => (true, after, self.failed(method, path, answered)),
                    500 if method == Method::Post && repeatable => return Ok(answered),
                    500..=599 => (repeatable, after, self.failed(method, path, answered)),
                    _ => return Ok(answered),
                },
                Err((never_sent, error)) => {
                    let again = never_sent || repeatable;
                    (again, None, Err(self.no_answer(method, path, &error)))
                }
            };
            if !again || attempt >= self.retries {
                return outcome;
            }
            let wait = wait.unwrap_or_else(|| backoff(attempt)).min(LONGEST_WAIT);
            tracing::info!("{} {}: sent again in {wait:?}", method.name(), bare(path));
            std::thread::sleep(wait);
            attempt += 1;
        }
    }

    /// How often a request is sent again at most.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// An answer as an error.
    ///
    /// # Errors
    /// Always.
    pub fn failed(
        &self,
        method: Method,
        path: &str,
        answered: Answered,
    ) -> Result<Answered, HttpError> {
        Err(HttpError::Status {
            method: method.name(),
            url: format!("{}{}", self.base, bare(path)),
            status: answered.status,
            words: answered.words,
        })
    }

    fn no_answer(&self, method: Method, path: &str, error: &ureq::Error) -> HttpError {
        HttpError::NoAnswer {
            method: method.name(),
            url: format!("{}{}", self.base, bare(path)),
            why: error.to_string(),
        }
    }

    /// One exchange; an error says whether the request was surely never sent.
    fn once(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<(Answered, Option<Duration>), (bool, ureq::Error)> {
        let mut request = http::Request::builder()
            .method(method.name())
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.authorization.is_empty() {
            request = request.header("authorization", self.authorization.as_str());
        }
        let unfit = |error: http::Error| (true, ureq::Error::from(error));
        let unsent = |error: ureq::Error| (never_sent(&error), error);
        let sent = match body {
            Some(body) => self.agent.run(request.body(body).map_err(unfit)?),
            None => self.agent.run(request.body(()).map_err(unfit)?),
        };
        let mut response = sent.map_err(unsent)?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let after = header("retry-after").and_then(|text| text.trim().parse().ok());
        let etag = header("etag");
        let status = response.status().as_u16();
        let text = response
            .body_mut()
            .with_config()
            .limit(LONGEST)
            .read_to_vec();
        let text = text.map_err(|error| (false, error))?;
        let text = String::from_utf8_lossy(&text);
        let answered = Answered {
            status,
            etag,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            words: words(&text),
            text: text.into_owned(),
        };
        Ok((answered, after.map(Duration::from_secs)))
    }
}

/// Errors that come before the first byte of a request.
fn never_sent(error: &ureq::Error) -> bool {
    use ureq::Error;
    use ureq::Timeout;
    matches!(
        error,
        Error::HostNotFound
            | Error::ConnectionFailed
            | Error::Tls(_)
            | Error::Rustls(_)
            | Error::Timeout(Timeout::Resolve | Timeout::Connect)
    )
}

/// The authority's certificates.
fn authority(file: &Path) -> Result<RootCerts, HttpError> {
    let told = |why: String| {
        HttpError::Settings(format!(
            "{}: {why}\nhelp: `connection: {{ca: FILE}}` names a PEM file of certificates",
            file.display()
        ))
    };
    let pem = std::fs::read(file).map_err(|error| told(error.to_string()))?;
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| told(error.to_string()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(told("no certificate in it".to_owned()));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// Half of a wait that doubles, and a random part of the other half.
fn backoff(attempt: u32) -> Duration {
    let whole = FIRST_WAIT
        .saturating_mul(1 << attempt.min(7))
        .min(LONGEST_WAIT);
    let share = u32::from(
        uuid::Uuid::new_v4()
            .as_bytes()
            .first()
            .copied()
            .unwrap_or_default(),
    );
    whole / 2 + whole / 2 * share / 255
}

fn bare(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

/// The beginning of what a server says, on one line.
fn words(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars()
        .filter(|c| !c.is_control())
        .take(WORDS)
        .collect()
}

/// A query's value (RFC 3986 section 2.1).
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
