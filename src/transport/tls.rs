//! TLS endpoints: one handshake per version, to see which are accepted and which
//! certificate is shown. Nothing is verified: a bad certificate is what we look for.
use super::gate::Gate;
use super::tcp::{connect, hex};
use arpenteur_core::model::{Answer, Failure, Target, TlsAnswer, TlsVersion, WeakCipher};
use arpenteur_wire::tls::{ClientHello, Progress, ServerFlight, Version, weak_suites};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Packets of a hello and its answer, for the pacer.
const HELLO_COST: u32 = 3;
/// Longest chain recorded, certificates.
const LONGEST_CHAIN: usize = 10;

/// TLS as a client that records whatever it is shown.
pub(super) struct TlsClient {
    any: TlsConnector,
    tls13: TlsConnector,
}

impl TlsClient {
    /// Both configurations: any version rustls speaks, and TLS 1.3 alone.
    ///
    /// # Errors
    /// Where rustls refuses its own provider.
    pub(super) fn new() -> Result<Self, rustls::Error> {
        let connector = |versions: &[&'static rustls::SupportedProtocolVersion]| {
            let provider = Arc::new(ring::default_provider());
            let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_protocol_versions(versions)?;
            let verifier = Arc::new(AcceptAny(provider));
            let config = builder
                .dangerous()
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth();
            Ok::<_, rustls::Error>(TlsConnector::from(Arc::new(config)))
        };
        Ok(Self {
            any: connector(&[&rustls::version::TLS13, &rustls::version::TLS12])?,
            tls13: connector(&[&rustls::version::TLS13])?,
        })
    }

    /// Whether the server accepts one version, with any suite or with weak ones of some kinds.
    pub(super) async fn probe(
        &self,
        gate: &Gate,
        target: &Target,
        (port, version, weak): (u16, TlsVersion, &[WeakCipher]),
        random: [u8; 32],
        patience: Duration,
    ) -> Answer {
        let mut connection = match connect(gate, target, port, HELLO_COST).await {
            Ok(connection) => connection,
            Err(answer) => return answer,
        };
        let asked = async {
            match wire_version(version) {
                Some(version) => {
                    let mut hello = ClientHello::new(version, None, random);
                    if !weak.is_empty() {
                        let kinds: Vec<_> = weak.iter().map(|kind| kind.wire()).collect();
                        hello.cipher_suites = weak_suites(version, &kinds);
                    }
                    old(&mut connection.stream, &hello).await
                }
                // TLS 1.3 has no weak suite.
                None if !weak.is_empty() => Answer::failed(Failure::Unsupported, ""),
                None => self.tls13(&mut connection.stream).await,
            }
        };
        match tokio::time::timeout(patience, asked).await {
            Ok(answer) => answer,
            Err(_) => Answer::failed(Failure::Timeout, "no answer to the hello"),
        }
    }

    async fn tls13(&self, stream: &mut TcpStream) -> Answer {
        let error = match self.tls13.connect(server_name(stream), &mut *stream).await {
            Ok(tls) => {
                let (_, session) = tls.get_ref();
                let chain = session.peer_certificates().unwrap_or_default();
                return Answer::Tls(TlsAnswer {
                    accepted: true,
                    cipher_suite: session
                        .negotiated_cipher_suite()
                        .map(|suite| u32::from(u16::from(suite.suite()))),
                    alert: None,
                    chain: chain
                        .iter()
                        .take(LONGEST_CHAIN)
                        .map(|der| hex(der))
                        .collect(),
                });
            }
            Err(error) => error,
        };
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(rustls::Error::AlertReceived(alert)) => Answer::Tls(TlsAnswer {
                alert: Some(u8::from(*alert)),
                ..TlsAnswer::default()
            }),
            Some(rustls::Error::InvalidMessage(_)) => {
                Answer::failed(Failure::ParseFailed, error.to_string())
            }
            // Hung up, or answered with an older version: refused.
            _ => Answer::Tls(TlsAnswer::default()),
        }
    }

    /// A TLS 1.2 or 1.3 stream, whatever the certificate.
    pub(super) async fn open<'a>(
        &self,
        stream: &'a mut TcpStream,
    ) -> std::io::Result<TlsStream<&'a mut TcpStream>> {
        self.any.connect(server_name(stream), stream).await
    }
}

fn wire_version(version: TlsVersion) -> Option<Version> {
    match version {
        TlsVersion::Ssl2 => Some(Version::Ssl2),
        TlsVersion::Ssl3 => Some(Version::Ssl3),
        TlsVersion::Tls10 => Some(Version::Tls10),
        TlsVersion::Tls11 => Some(Version::Tls11),
        TlsVersion::Tls12 => Some(Version::Tls12),
        TlsVersion::Tls13 => None,
    }
}

/// SSL 2.0 to TLS 1.2 with a hello of our own: no library speaks the oldest any more.
async fn old(stream: &mut TcpStream, offer: &ClientHello) -> Answer {
    if stream.write_all(&offer.encode()).await.is_err() {
        return Answer::Tls(TlsAnswer::default());
    }
    let mut flight = ServerFlight::new();
    let mut chunk = [0_u8; 4096];
    loop {
        let read = match stream.read(&mut chunk).await {
            // A server that hangs up on a version refuses it.
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        match flight.push(chunk.get(..read).unwrap_or_default()) {
            Ok(Progress::NeedMore) => {}
            Ok(Progress::Done) => break,
            Err(error) if flight.hello().is_none() && flight.alert().is_none() => {
                return Answer::failed(Failure::ParseFailed, error.to_string());
            }
            Err(_) => break,
        }
    }
    let hello = flight.hello();
    Answer::Tls(TlsAnswer {
        accepted: hello.is_some_and(|hello| hello.version == offer.version.number()),
        cipher_suite: hello.and_then(|hello| hello.cipher_suite).map(u32::from),
        alert: flight.alert().map(|alert| alert.description),
        chain: flight
            .certificates()
            .iter()
            .take(LONGEST_CHAIN)
            .map(|der| hex(der))
            .collect(),
    })
}

fn server_name(stream: &TcpStream) -> ServerName<'static> {
    let address = stream
        .peer_addr()
        .map_or(std::net::Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    ServerName::IpAddress(address.into())
}

/// Accepts every certificate and every signature: we look, we do not trust.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
