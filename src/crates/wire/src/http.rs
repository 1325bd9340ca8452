//! HTTP/1.1 as an inventory needs it: one request, the head of the answer, a
//! title.

use crate::reader::WireError;
use crate::text::printable;

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

/// The bytes of a request that asks the server to close afterwards.
///
/// # Errors
/// When host or path hold anything but visible ASCII, or the path does not
/// begin with a slash: such text could smuggle a header.
pub fn request(method: Method, host: &str, path: &str) -> Result<Vec<u8>, WireError> {
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if host.is_empty() || !visible(host) || !visible(path) || !path.starts_with('/') {
        let (what, why) = ("the URL", "its host or path is empty or not visible ASCII");
        return Err(WireError::Invalid { what, why });
    }
    let verb = match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
    };
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: arpenteur\r\n\
         Accept: */*\r\nConnection: close\r\n\r\n"
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
        let bytes = request(Method::Head, "[2001:db8::1]:8080", "/").unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("HEAD / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n"));
        assert!(text.ends_with("\r\nConnection: close\r\n\r\n"));
        for (host, path) in [
            ("a\r\nX: y", "/"),
            ("a", "/ HTTP/1.1"),
            ("", "/"),
            ("a", "x"),
        ] {
            assert!(request(Method::Get, host, path).is_err(), "{host} {path}");
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
