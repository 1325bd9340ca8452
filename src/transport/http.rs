//! One HTTP GET, in clear or over TLS.
use super::gate::Gate;
use super::tcp::{connect, read_up_to};
use super::tls::TlsClient;
use arpenteur_core::model::{Answer, Failure, Target};
use arpenteur_wire::http;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

/// Most bytes of a page kept.
const LONGEST_BODY: usize = 16 * 1024;
/// Packets of a GET, for the pacer.
const GET_COST: u32 = 4;
/// Packets of a TLS handshake, for the pacer.
const HANDSHAKE_COST: u32 = 4;

/// `GET path`.
pub(super) async fn get(
    gate: &Gate,
    target: &Target,
    (port, path): (u16, &str),
    tls: Option<&TlsClient>,
    patience: Duration,
) -> Answer {
    let cost = if tls.is_some() {
        GET_COST + HANDSHAKE_COST
    } else {
        GET_COST
    };
    let mut connection = match connect(gate, target, port, cost).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    let host = connection
        .stream
        .peer_addr()
        .map(|peer| peer.to_string())
        .unwrap_or_default();
    let Ok(request) = http::request(http::Method::Get, &host, path) else {
        return Answer::failed(Failure::Unsupported, "not a path");
    };
    if let Some(tls) = tls {
        match tokio::time::timeout(patience, tls.open(&mut connection.stream)).await {
            Ok(Ok(mut stream)) => exchange(&mut stream, &request, patience).await,
            Ok(Err(error)) => Answer::failed(Failure::Unsupported, error.to_string()),
            Err(_) => Answer::failed(Failure::Timeout, "no answer to the handshake"),
        }
    } else {
        exchange(&mut connection.stream, &request, patience).await
    }
}

async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &[u8],
    patience: Duration,
) -> Answer {
    if let Err(error) = stream.write_all(request).await {
        return super::tcp::io_answer(&error);
    }
    let bytes = read_up_to(stream, patience, http::MAX_HEAD + LONGEST_BODY, |_| false).await;
    match http::parse(&bytes) {
        Ok(Some(response)) => {
            let body = bytes.get(response.head_len..).unwrap_or_default();
            Answer::Http {
                status: response.status,
                headers: response.headers,
                body: String::from_utf8_lossy(body.get(..LONGEST_BODY).unwrap_or(body))
                    .into_owned(),
            }
        }
        Ok(None) if bytes.is_empty() => Answer::failed(Failure::Timeout, "no response"),
        Ok(None) => Answer::failed(Failure::ParseFailed, "the response's head does not end"),
        Err(error) => Answer::failed(Failure::ParseFailed, error.to_string()),
    }
}
