//! UDP beside SNMP: one datagram, one answer, or an ICMP that there is no service.
use super::gate::Gate;
use super::tcp::hex;
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, Target, UdpProbe};
use arpenteur_wire::{ntp, tftp};
use jiff::Timestamp;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;

/// Longest datagram taken.
const DATAGRAM: usize = 4096;
/// Times that a question is put.
const TRIES: usize = 2;

/// Puts one probe.
pub(super) async fn probe(gate: &Gate, target: &Target, port: u16, probe: UdpProbe) -> Answer {
    if probe == UdpProbe::Tftp {
        return tftp_probe(gate, target, port).await;
    }
    for _ in 0..TRIES {
        let to = match gate.datagram(target, LedgerProtocol::Udp, port).await {
            Ok(to) => to,
            Err(answer) => return answer,
        };
        let answer = match probe.request() {
            Some(request) => converse(&request, to, gate.patience(target)).await,
            None => ask_time(to, gate.patience(target)).await,
        };
        match answer {
            Ok(bytes) => return Answer::Bytes { hex: hex(&bytes) },
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return Answer::Closed,
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Answer::failed(Failure::ParseFailed, error.to_string());
            }
            Err(_) => {}
        }
    }
    Answer::failed(Failure::Timeout, "no answer")
}

/// A connected socket hears ICMP, and nothing of others.
async fn converse(request: &[u8], to: SocketAddr, patience: Duration) -> std::io::Result<Vec<u8>> {
    let socket = bind(to).await?;
    socket.connect(to).await?;
    socket.send(request).await?;
    let mut buffer = vec![0_u8; DATAGRAM];
    let length = tokio::time::timeout(patience, socket.recv(&mut buffer)).await??;
    buffer.truncate(length);
    Ok(buffer)
}

/// The answer must repeat our time: it is the first of the four that the offset is made of.
async fn ask_time(to: SocketAddr, patience: Duration) -> std::io::Result<Vec<u8>> {
    let now = ntp::Time::from_unix_micros(Timestamp::now().as_microsecond());
    let bytes = converse(&ntp::request(now), to, patience).await?;
    match ntp::parse(&bytes) {
        Ok(answer) if answer.originate == now => Ok(bytes),
        Ok(_) => Err(Error::new(
            ErrorKind::InvalidData,
            "answers another question",
        )),
        Err(error) => Err(Error::new(ErrorKind::InvalidData, error)),
    }
}

async fn bind(to: SocketAddr) -> std::io::Result<UdpSocket> {
    UdpSocket::bind(if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" }).await
}

/// A read request for a name that no server has: any TFTP answer shows one. The answer comes
/// from a port of its own (RFC 1350 section 4), so the first socket takes it from any; a
/// port that is closed is told by ICMP, which only a connected socket hears: silence is asked
/// once more through one.
async fn tftp_probe(gate: &Gate, target: &Target, port: u16) -> Answer {
    let name = format!("arpenteur-{}", uuid::Uuid::new_v4().simple());
    let Ok(request) = tftp::read_request(&name) else {
        return Answer::failed(Failure::Local, "no request");
    };
    for connected in [false, true] {
        let to = match gate.datagram(target, LedgerProtocol::Udp, port).await {
            Ok(to) => to,
            Err(answer) => return answer,
        };
        match tftp_ask(&request, to, connected, gate.patience(target)).await {
            Ok(answer) => return answer,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                return Answer::Closed;
            }
            Err(_) => {}
        }
    }
    Answer::failed(Failure::Timeout, "no answer")
}

async fn tftp_ask(
    request: &[u8],
    to: SocketAddr,
    connected: bool,
    patience: Duration,
) -> std::io::Result<Answer> {
    let socket = bind(to).await?;
    if connected {
        socket.connect(to).await?;
        socket.send(request).await?;
    } else {
        socket.send_to(request, to).await?;
    }
    let mut buffer = vec![0_u8; DATAGRAM];
    let (length, from) = tokio::time::timeout(patience, socket.recv_from(&mut buffer)).await??;
    let bytes = buffer.get(..length).unwrap_or_default();
    Ok(if from.ip() == to.ip() && tftp::parse(bytes).is_ok() {
        Answer::Present
    } else {
        Answer::failed(Failure::ParseFailed, "not a TFTP answer")
    })
}
