//! HTTP/1.1 as an inventory needs it: one request, the head of the answer, a
//! title.

use crate::reader::WireError;
use crate::text::{base64, printable};

/// The largest head that is accepted, in bytes.
pub const MAX_HEAD: usize = 32 * 1024;
/// How much of a body is searched for a title, in bytes.
pub const MAX_TITLE_SEARCH: usize = 64 * 1024;
const MAX_HEADERS: usize = 128;
const MAX_VALUE: usize = 1024;

/// A method that changes nothing on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD.
    Head,
}

/// An account for HTTP basic authentication (RFC 7617).
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// User name.
    pub user: &'a str,
    /// Password, which may be empty.
    pub password: &'a str,
}

impl Login<'_> {
    /// Whether the account can be sent: no control characters, and no colon in
    /// the user name, which ends there (RFC 7617 section 2).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let control = |text: &str| text.chars().any(char::is_control);
        !self.user.contains(':') && !control(self.user) && !control(self.password)
    }
}

/// The bytes of a request that asks the server to close afterwards, with an
/// account where one is given.
///
/// # Errors
/// When host or path hold anything but visible ASCII, the path does not begin
/// with a slash, or the account cannot be sent: such text could smuggle a header.
pub fn request(
    method: Method,
    host: &str,
    path: &str,
    login: Option<Login<'_>>,
) -> Result<Vec<u8>, WireError> {
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if host.is_empty() || !visible(host) || !visible(path) || !path.starts_with('/') {
        let (what, why) = ("the URL", "its host or path is empty or not visible ASCII");
        return Err(WireError::Invalid { what, why });
    }
    let verb = match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
    };
    if login.is_some_and(|login| !login.is_valid()) {
        let (what, why) = ("the account", "it holds a colon or control characters");
        return Err(WireError::Invalid { what, why });
    }
    let authorization = login.map_or_else(String::new, |Login { user, password }| {
        let coded = base64(format!("{user}:{password}").as_bytes());
        format!("Authorization: Basic {coded}\r\n")
    });
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: arpenteur\r\n\
         Accept: */*\r\n{authorization}Connection: close\r\n\r\n"
    );
    Ok(request.into_bytes())
}

/// The head of an answer. Texts are printable and at most 1024 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The `Server` header.
    pub server: Option<String>,
    /// The `Location` header.
    pub location: Option<String>,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Where the body begins.
    pub head_len: usize,
}

/// Reads the head of an answer; nothing while more bytes are needed.
///
/// # Errors
/// When this is no HTTP answer, or its head exceeds 32 KiB or 128 headers.
pub fn parse(bytes: &[u8]) -> Result<Option<Response>, WireError> {
    let what = "the HTTP head";
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let mut config = httparse::ParserConfig::default();
    // Old devices send such heads, and nothing here depends on their refusal.
    config.allow_spaces_after_header_name_in_responses(true);
    config.ignore_invalid_headers_in_responses(true);
    let head = bytes.get(..MAX_HEAD).unwrap_or(bytes);
    let head_len = match config.parse_response(&mut response, head) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() < MAX_HEAD => return Ok(None),
        Ok(httparse::Status::Partial) => {
            return Err(WireError::TooLarge {
                what,
                limit: MAX_HEAD,
            });
        }
        Err(httparse::Error::TooManyHeaders) => {
            return Err(WireError::TooLarge {
                what,
                limit: MAX_HEADERS,
            });
        }
        Err(_) => {
            return Err(WireError::Invalid {
                what,
                why: "it is not HTTP",
            });
        }
    };
    let headers: Vec<(String, String)> = response
        .headers
        .iter()
        .map(|header| {
            let value = printable(header.value, MAX_VALUE);
            (header.name.to_ascii_lowercase(), value)
        })
        .collect();
    let named = |wanted: &str| {
        let header = headers.iter().find(|(name, _)| name == wanted);
        header.map(|(_, value)| value.clone())
    };
    Ok(Some(Response {
        status: response.code.unwrap_or(0),
        server: named("server"),
        location: named("location"),
        headers,
        head_len,
    }))
}

/// The realm of the Basic challenge in a `WWW-Authenticate` field (RFC 9110
/// section 11.6.1, RFC 7617 section 2), empty where it names none; nothing where
/// the field holds no such challenge.
#[must_use]
pub fn basic_realm(field: &str) -> Option<String> {
    let mut ours = false;
    let mut realm = None;
    for part in list(field) {
        let (first, rest) = part.split_once(' ').unwrap_or((part, ""));
        // A part without a parameter's sign begins a challenge: `Basic realm="x"`.
        let mut parameter = part;
        if !first.contains('=') && !rest.trim_start().starts_with('=') {
            if ours {
                break;
            }
            ours = first.eq_ignore_ascii_case("basic");
            parameter = rest;
        }
        if let (true, Some((name, value))) = (ours, parameter.split_once('='))
            && name.trim().eq_ignore_ascii_case("realm")
        {
            realm = Some(unquoted(value.trim()));
        }
    }
    ours.then(|| realm.unwrap_or_default())
}

/// Parts of a comma-separated list, commas in quoted strings apart.
fn list(field: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    field
        .split(|letter: char| {
            let plain = !escaped;
            escaped = quoted && letter == '\\' && plain;
            quoted ^= letter == '"' && plain;
            letter == ',' && !quoted
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// The text of a quoted string, or of a token (RFC 9110 section 5.6.4).
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let mut letters = inner.strip_suffix('"').unwrap_or(inner).chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        text.extend(if letter == '\\' {
            letters.next()
        } else {
            Some(letter)
        });
    }
    text
}

/// The text of the first `<title>` in the first 64 KiB of a body, white space
/// joined, the five named entities of XML resolved, at most 256 characters.
#[must_use]
pub fn title(body: &[u8]) -> Option<String> {
    let body = body.get(..MAX_TITLE_SEARCH).unwrap_or(body);
    let start = find(body, b"<title")?;
    let open = body.get(start..)?;
    let begin = open.iter().position(|byte| *byte == b'>')? + 1;
    let content = open.get(begin..)?;
    let content = content.get(..find(content, b"</title")?)?;
    let text = String::from_utf8_lossy(content);
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = joined
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    Some(printable(plain.as_bytes(), 256)).filter(|title| !title.is_empty())
}

fn find(bytes: &[u8], lower_case: &[u8]) -> Option<usize> {
    bytes
        .windows(lower_case.len())
        .position(|part| part.eq_ignore_ascii_case(lower_case))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_cannot_be_split() {
        let bytes = request(Method::Head, "[2001:db8::1]:8080", "/", None).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("HEAD / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n"));
        assert!(text.ends_with("\r\nConnection: close\r\n\r\n"));
        for (host, path) in [
            ("a\r\nX: y", "/"),
            ("a", "/ HTTP/1.1"),
            ("", "/"),
            ("a", "x"),
        ] {
            assert!(
                request(Method::Get, host, path, None).is_err(),
                "{host} {path}"
            );
        }
    }

    /// The example of RFC 7617 section 2.
    #[test]
    fn an_account_goes_in_one_header() {
        let (user, password) = ("Aladdin", "open sesame");
        let login = |user, password| request(Method::Get, "a", "/", Some(Login { user, password }));
        let text = String::from_utf8(login(user, password).unwrap()).unwrap();
        assert!(text.contains("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
        assert!(login("a:b", "c").is_err());
        assert!(login("a", "b\r\nX: y").is_err());
    }

    #[test]
    fn basic_challenges_are_told_from_others() {
        let realm = |field| basic_realm(field);
        assert_eq!(
            realm("Basic realm=\"a, \\\"b\\\"\"").as_deref(),
            Some("a, \"b\"")
        );
        assert_eq!(realm("basic").as_deref(), Some(""));
        assert_eq!(
            realm("BASIC charset=\"UTF-8\", Realm = x").as_deref(),
            Some("x")
        );
        let both =
            "Digest realm=\"d, Basic realm=e\", nonce=\"n\", Basic realm=\"b\", Bearer realm=\"c\"";
        assert_eq!(realm(both).as_deref(), Some("b"));
        for other in [
            "",
            "Digest realm=\"Basic\"",
            "Digest realm=\"a, Basic b\"",
            "Basically realm=x",
            "\"Basic",
        ] {
            assert_eq!(realm(other), None, "{other}");
        }
    }

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let bytes = b"HTTP/1.0 301 Moved\r\nServer: Boa/0.94\r\nLOCATION: https://x/\r\n\r\nbody";
        for end in 0..bytes.len() - 4 {
            assert_eq!(parse(&bytes[..end]), Ok(None), "{end}");
        }
        let response = parse(bytes).unwrap().unwrap();
        assert_eq!(response.status, 301);
        assert_eq!(response.server.as_deref(), Some("Boa/0.94"));
        assert_eq!(response.location.as_deref(), Some("https://x/"));
        assert_eq!(&bytes[response.head_len..], b"body");
    }

    #[test]
    fn what_is_no_http_or_too_large_is_an_error() {
        assert!(parse(b"SSH-2.0-x\r\n").is_err());
        let endless = [b"HTTP/1.1 200 OK\r\nA: ".to_vec(), vec![b'a'; MAX_HEAD]].concat();
        assert!(matches!(parse(&endless), Err(WireError::TooLarge { .. })));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(129));
        assert!(matches!(
            parse(many.as_bytes()),
            Err(WireError::TooLarge { .. })
        ));
    }

    #[test]
    fn titles() {
        let body =
            b"<html><HEAD><Title lang=fr>\n  P\xc3\xa9rim\xc3\xa8tre &amp;\r\n r\xe9seau</TITLE>";
        assert_eq!(title(body).as_deref(), Some("Périmètre & r\u{fffd}seau"));
        assert_eq!(title(b"<title>cut"), None);
        assert_eq!(title(b"<title> </title>"), None);
        assert_eq!(title(b"no markup"), None);
    }
}
