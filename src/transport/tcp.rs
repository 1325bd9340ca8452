//! TCP without TLS: is a port open, what does its server say, does Telnet negotiate.
use super::gate::Gate;
use super::gate::TcpPermit;
use arpenteur_core::model::{Answer, Failure, Target};
use arpenteur_wire::telnet;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

/// Most bytes taken from a server that talks by itself.
const LONGEST_GREETING: usize = 4096;
/// Packets that an accepted connection costs beside its SYN: ACK and FIN.
pub(super) const ACCEPTED_COST: u32 = 2;
/// Packets of a short conversation, for the pacer: request, acknowledgements.
const CONVERSATION: u32 = 3;

/// A connection and the leave to hold it.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    _permit: TcpPermit,
}

/// Connects.
///
/// # Errors
/// The answer to give: closed, silent, or refused by the gate.
pub(super) async fn connect(
    gate: &Gate,
    target: &Target,
    port: u16,
    packets: u32,
) -> Result<Connection, Answer> {
    let permit = gate.connection(target, port).await?;
    let started = Instant::now();
    match timeout(gate.patience(target), TcpStream::connect(permit.to)).await {
        Ok(Ok(stream)) => {
            gate.charge(target, ACCEPTED_COST + packets);
            gate.answered(target, started.elapsed());
            // Small questions must not wait for one another.
            let _ = stream.set_nodelay(true);
            Ok(Connection {
                stream,
                _permit: permit,
            })
        }
        Ok(Err(error)) => {
            if error.kind() == std::io::ErrorKind::ConnectionRefused {
                gate.answered(target, started.elapsed());
            }
            Err(io_answer(&error))
        }
        Err(_) => {
            // The kernel repeats a SYN every second, and later less often.
            let repeated = u32::try_from(started.elapsed().as_secs()).unwrap_or(u32::MAX);
            gate.charge(target, repeated);
            Err(Answer::failed(
                Failure::Timeout,
                "no answer to the connection",
            ))
        }
    }
}

/// What an I/O error says of the peer.
pub(super) fn io_answer(error: &std::io::Error) -> Answer {
    use std::io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable,
        NetworkUnreachable, TimedOut, UnexpectedEof,
    };
    match error.kind() {
        ConnectionRefused => Answer::Closed,
        ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => {
            Answer::failed(Failure::Refused, error.kind().to_string())
        }
        TimedOut | HostUnreachable | NetworkUnreachable => {
            Answer::failed(Failure::Timeout, error.kind().to_string())
        }
        kind => Answer::failed(Failure::Local, kind.to_string()),
    }
}

/// Open, closed or silent.
pub(super) async fn probe(gate: &Gate, target: &Target, port: u16) -> Answer {
    match connect(gate, target, port, 0).await {
        Ok(_) => Answer::Present,
        Err(answer) => answer,
    }
}

/// Waits for a greeting.
pub(super) async fn banner(gate: &Gate, target: &Target, port: u16, patience: Duration) -> Answer {
    let mut connection = match connect(gate, target, port, CONVERSATION).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    let bytes = read_some(&mut connection.stream, patience, |bytes| {
        bytes.contains(&b'\n')
    })
    .await;
    bytes_answer(&bytes)
}

/// Waits for option negotiation and refuses every option, so that the prompt comes;
/// nothing is typed.
pub(super) async fn negotiate(
    gate: &Gate,
    target: &Target,
    port: u16,
    patience: Duration,
) -> Answer {
    let mut connection = match connect(gate, target, port, CONVERSATION).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    let mut bytes = read_some(&mut connection.stream, patience, |_| true).await;
    let refusal = telnet::refuse(&telnet::parse(&bytes).options);
    if !refusal.is_empty() && connection.stream.write_all(&refusal).await.is_ok() {
        let prompt = Duration::from_millis(500).min(patience);
        bytes.extend(read_some(&mut connection.stream, prompt, |text| text.ends_with(b": ")).await);
    }
    bytes_answer(&bytes)
}

pub(super) fn bytes_answer(bytes: &[u8]) -> Answer {
    if bytes.is_empty() {
        return Answer::failed(Failure::Timeout, "the server said nothing");
    }
    Answer::Bytes { hex: hex(bytes) }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads until `enough`, the end, the size limit or the deadline.
pub(super) async fn read_some(
    stream: &mut (impl tokio::io::AsyncRead + Unpin),
    patience: Duration,
    enough: impl Fn(&[u8]) -> bool,
) -> Vec<u8> {
    read_up_to(stream, patience, LONGEST_GREETING, enough).await
}

/// As [`read_some`], with a size limit of its own.
pub(super) async fn read_up_to(
    stream: &mut (impl tokio::io::AsyncRead + Unpin),
    patience: Duration,
    limit: usize,
    enough: impl Fn(&[u8]) -> bool,
) -> Vec<u8> {
    let deadline = Instant::now() + patience;
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 4096];
    while bytes.len() < limit {
        let room = chunk.len().min(limit - bytes.len());
        let Some(space) = chunk.get_mut(..room) else {
            break;
        };
        match timeout_at(deadline, stream.read(space)).await {
            Ok(Ok(read)) if read > 0 => bytes.extend(space.iter().take(read)),
            _ => break,
        }
        if enough(&bytes) {
            break;
        }
    }
    bytes
}
