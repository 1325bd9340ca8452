//! A small HTTP/1.1 server on the loopback, for servers that tests play.
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

/// A request as it came.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// What is answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
    /// A body that is no JSON, sent as it is.
    pub(crate) text: Option<String>,
    /// The connection is cut without an answer.
    pub(crate) cut: bool,
    /// The answer waits.
    pub(crate) stall: Duration,
}

impl Reply {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            text: None,
            cut: false,
            stall: Duration::ZERO,
        }
    }
}

/// What befalls a write of a fake server.
#[derive(Clone)]
pub(crate) enum Fault {
    /// 429 with Retry-After: 0.
    Busy,
    /// 503, nothing done.
    Down,
    /// The connection is cut, nothing done.
    CutBefore,
    /// It is done, and the connection is cut.
    CutAfter,
    /// It is done, and the answer comes too late.
    Stall(Duration),
    /// Nothing done; the test is told, and no answer comes.
    HangBefore(Sender<()>),
    /// It is done; the test is told, and no answer comes.
    HangAfter(Sender<()>),
}

impl Fault {
    /// The answer without an effect, where there is one.
    pub(crate) fn in_place(&self) -> Option<Reply> {
        Some(match self {
            Self::Busy => {
                let mut reply = Reply::new(429, Value::Null);
                reply.headers.push(("retry-after", "0".to_owned()));
                reply
            }
            Self::Down => Reply::new(503, Value::Null),
            Self::CutBefore => Reply {
                cut: true,
                ..Reply::new(200, Value::Null)
            },
            Self::HangBefore(tell) => {
                tell.send(()).unwrap();
                never(Reply::new(200, Value::Null))
            }
            Self::CutAfter | Self::Stall(_) | Self::HangAfter(_) => return None,
        })
    }

    /// The answer after the effect.
    pub(crate) fn after(self, reply: Reply) -> Reply {
        match self {
            Self::CutAfter => Reply { cut: true, ..reply },
            Self::Stall(stall) => Reply { stall, ..reply },
            Self::HangAfter(tell) => {
                tell.send(()).unwrap();
                never(reply)
            }
            _ => reply,
        }
    }
}

/// An answer that does not come.
fn never(reply: Reply) -> Reply {
    Reply {
        cut: true,
        stall: Duration::from_secs(20),
        ..reply
    }
}

/// What answers.
pub(crate) type Handler = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// Starts a server; gives its port.
pub(crate) fn serve(handler: Handler) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handler = handler.clone();
            std::thread::spawn(move || connection(stream, &handler));
        }
    });
    port
}

/// Starts the same over TLS, with a certificate chain and key in DER.
pub(crate) fn serve_tls(handler: Handler, certificate: Vec<u8>, key: Vec<u8>) -> u16 {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate)],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key)),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (handler, config) = (handler.clone(), config.clone());
            std::thread::spawn(move || {
                let session = rustls::ServerConnection::new(config).unwrap();
                connection(rustls::StreamOwned::new(session, stream), &handler);
            });
        }
    });
    port
}

/// Starts an HTTP proxy (CONNECT, RFC 9110 section 9.3.6); gives its port and counts tunnels.
pub(crate) fn proxy() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = tunnels.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let count = count.clone();
            std::thread::spawn(move || tunnel(stream, &count));
        }
    });
    (port, tunnels)
}

fn tunnel(stream: TcpStream, count: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let to = first.strip_prefix("CONNECT ")?.split(' ').next()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let server = TcpStream::connect(to).ok()?;
    count.fetch_add(1, Ordering::Relaxed);
    let mut client = stream;
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
    let (mut up, mut down) = (server.try_clone().ok()?, server);
    let there = std::thread::spawn(move || std::io::copy(&mut reader, &mut up));
    std::io::copy(&mut down, &mut client).ok()?;
    there.join().ok()?.ok().map(|_| ())
}

trait Both: Read + Write {}
impl Both for TcpStream {}
impl Both for rustls::StreamOwned<rustls::ServerConnection, TcpStream> {}

fn connection(stream: impl Both, handler: &Handler) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream) {
        let reply = handler(&request);
        std::thread::sleep(reply.stall);
        if reply.cut {
            return;
        }
        let (kind, body) = match reply.text {
            Some(text) => ("text/plain", text),
            None if reply.body.is_null() => ("application/json", String::new()),
            None => ("application/json", reply.body.to_string()),
        };
        let mut head = format!(
            "HTTP/1.1 {} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n",
            reply.status,
            body.len()
        );
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let inner = stream.get_mut();
        if inner
            .write_all(format!("{head}\r\n{body}").as_bytes())
            .is_err()
            || inner.flush().is_err()
        {
            return;
        }
    }
}

fn read(stream: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    stream
        .read_line(&mut line)
        .ok()
        .filter(|count| *count > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    stream.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        bytes: body,
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
