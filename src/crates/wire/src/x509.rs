//! What an inventory wants to know of an X.509 certificate (RFC 5280).
//!
//! Nothing is verified here: a certificate is a fact about a device, also when
//! it is expired, self-made or odd.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{AttributeTypeAndValue, SubjectPublicKeyInfo, X509Name};

use crate::reader::WireError;
use crate::text::printable;

/// The largest certificate that is read, in bytes.
pub const MAX_DER: usize = 64 * 1024;
const MAX_NAME: usize = 1024;
const MAX_ALT_NAMES: usize = 256;

/// A certificate's facts. Texts are printable and at most 1024 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The subject as RFC 4514 writes it, most specific first; may be empty.
    pub subject: String,
    /// The issuer, likewise.
    pub issuer: String,
    /// subjectAltName, at most 256.
    pub subject_alt_names: Vec<AltName>,
    /// Start of validity, in seconds since 1970.
    pub not_before: i64,
    /// End of validity, in seconds since 1970.
    pub not_after: i64,
    /// The serial number in lower-case hexadecimal digits.
    pub serial: String,
    /// The key's algorithm (`rsa`, `ec`, `ed25519`, …), or its OID.
    pub public_key_algorithm: String,
    /// The key's size, where the algorithm has one.
    pub public_key_bits: Option<u32>,
    /// The signature's algorithm (`sha256WithRSAEncryption`, …), or its OID.
    pub signature_algorithm: String,
    /// Whether subject and issuer are the same (RFC 5280 §3.2).
    pub self_issued: bool,
    /// What is odd about it, in English, for the evidence.
    pub complaints: Vec<String>,
}

/// A subjectAltName.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AltName {
    /// A host name, perhaps with a wildcard.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// An e-mail address.
    Email(String),
    /// A URI.
    Uri(String),
    /// Another kind of name, shown for evidence only.
    Other(String),
}

/// Reads a certificate from its DER bytes.
///
/// # Errors
/// When it is larger than 64 KiB or no X.509 certificate. What is odd but
/// readable is a complaint instead.
pub fn parse(der: &[u8]) -> Result<Certificate, WireError> {
    let what = "the certificate";
    if der.len() > MAX_DER {
        let limit = MAX_DER;
        return Err(WireError::TooLarge { what, limit });
    }
    let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| {
        let why = "it is not X.509";
        WireError::Invalid { what, why }
    })?;
    let mut complaints = complaints_about(&certificate);
    if !rest.is_empty() {
        complaints.push(format!("{} bytes follow it", rest.len()));
    }
    let key = certificate.public_key();
    let public_key_bits = key_bits(key);
    if public_key_bits.is_none() && matches!(&*key_algorithm(key), "rsa" | "ec" | "dsa") {
        complaints.push("its public key is malformed".to_owned());
    }
    Ok(Certificate {
        subject: rfc4514(certificate.subject()),
        issuer: rfc4514(certificate.issuer()),
        subject_alt_names: alt_names(&certificate, &mut complaints),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        serial: hex(without_padding(certificate.raw_serial())),
        public_key_algorithm: key_algorithm(key),
        public_key_bits,
        signature_algorithm: signature_algorithm(
            &certificate.signature_algorithm.algorithm.to_id_string(),
        ),
        self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        complaints,
    })
}

fn complaints_about(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut complaints = Vec::new();
    let validity = certificate.validity();
    if validity.not_after.timestamp() < validity.not_before.timestamp() {
        complaints.push("it ends before it starts".to_owned());
    }
    if certificate
        .raw_serial()
        .first()
        .is_some_and(|first| first & 0x80 != 0)
    {
        complaints.push("its serial number is negative".to_owned());
    }
    if certificate.raw_serial().len() > 20 {
        complaints.push("its serial number is longer than 20 bytes".to_owned());
    }
    if certificate.signature_algorithm.algorithm != certificate.tbs_certificate.signature.algorithm
    {
        complaints.push("it names two signature algorithms".to_owned());
    }
    complaints
}

fn alt_names(certificate: &X509Certificate<'_>, complaints: &mut Vec<String>) -> Vec<AltName> {
    let mut names = Vec::new();
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(found) => {
                let left = MAX_ALT_NAMES.saturating_sub(names.len());
                if found.general_names.len() > left {
                    complaints.push(format!("it has more than {MAX_ALT_NAMES} names"));
                }
                names.extend(found.general_names.iter().take(left).map(alt_name));
            }
            ParsedExtension::ParseError { .. } => {
                complaints.push(format!("its extension {} is malformed", extension.oid));
            }
            _ => {}
        }
    }
    names
}

fn alt_name(name: &GeneralName<'_>) -> AltName {
    let text = |text: &str| printable(text.as_bytes(), MAX_NAME);
    match name {
        GeneralName::DNSName(name) => AltName::Dns(text(name)),
        GeneralName::RFC822Name(name) => AltName::Email(text(name)),
        GeneralName::URI(name) => AltName::Uri(text(name)),
        GeneralName::IPAddress(bytes) => match address(bytes) {
            Some(address) => AltName::Ip(address),
            None => AltName::Other(format!("IP:#{}", hex(bytes))),
        },
        GeneralName::DirectoryName(name) => AltName::Other(format!("dir:{}", rfc4514(name))),
        GeneralName::RegisteredID(oid) => AltName::Other(format!("oid:{}", oid.to_id_string())),
        GeneralName::OtherName(oid, _) => AltName::Other(format!("other:{}", oid.to_id_string())),
        _ => AltName::Other("unreadable".to_owned()),
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}

fn key_algorithm(key: &SubjectPublicKeyInfo<'_>) -> String {
    let oid = key.algorithm.algorithm.to_id_string();
    let name = match &*oid {
        "1.2.840.113549.1.1.1" => "rsa",
        "1.2.840.113549.1.1.10" => "rsa-pss",
        "1.2.840.10045.2.1" => "ec",
        "1.2.840.10040.4.1" => "dsa",
        "1.2.840.10046.2.1" => "dh",
        "1.3.101.110" => "x25519",
        "1.3.101.112" => "ed25519",
        "1.3.101.113" => "ed448",
        _ => return oid,
    };
    name.to_owned()
}

fn key_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<u32> {
    let bits = match key.parsed().ok()? {
        PublicKey::RSA(rsa) => significant_bits(rsa.modulus),
        PublicKey::EC(point) => curve_bits(key).unwrap_or(point.key_size()),
        PublicKey::DSA(_) => dsa_bits(key)?,
        _ => match &*key_algorithm(key) {
            "ed25519" => 256,
            "ed448" => 456,
            _ => return None,
        },
    };
    u32::try_from(bits).ok().filter(|bits| *bits > 0)
}

/// The bits of the number, without leading zeros.
fn significant_bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let lead = digits
        .first()
        .map_or(0, |first| first.leading_zeros() as usize);
    digits.len() * 8 - lead
}

/// The field size of the named curve, as P-521 does not fill its bytes.
fn curve_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
    Some(match &*curve.to_id_string() {
        "1.2.840.10045.3.1.1" => 192,
        "1.3.132.0.33" => 224,
        "1.2.840.10045.3.1.7" | "1.3.132.0.10" | "1.3.36.3.3.2.8.1.1.7" => 256,
        "1.3.132.0.34" | "1.3.36.3.3.2.8.1.1.11" => 384,
        "1.3.36.3.3.2.8.1.1.13" => 512,
        "1.3.132.0.35" => 521,
        _ => return None,
    })
}

/// The size of the prime that the parameters begin with (RFC 3279 §2.3.2).
fn dsa_bits(key: &SubjectPublicKeyInfo<'_>) -> Option<usize> {
    let mut parameters = crate::reader::Reader::new(key.algorithm.parameters.as_ref()?.data);
    let prime = crate::ber::expect(&mut parameters, crate::ber::INTEGER, "the DSA prime");
    prime.ok().map(|mut prime| significant_bits(prime.rest()))
}

fn signature_algorithm(oid: &str) -> String {
    let name = match oid {
        "1.2.840.113549.1.1.2" => "md2WithRSAEncryption",
        "1.2.840.113549.1.1.3" => "md4WithRSAEncryption",
        "1.2.840.113549.1.1.4" => "md5WithRSAEncryption",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.113549.1.1.14" => "sha224WithRSAEncryption",
        "1.2.840.10045.4.1" => "ecdsa-with-SHA1",
        "1.2.840.10045.4.3.1" => "ecdsa-with-SHA224",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.2.840.10040.4.3" => "dsa-with-SHA1",
        "2.16.840.1.101.3.4.3.2" => "dsa-with-SHA256",
        "1.3.101.112" => "ed25519",
        "1.3.101.113" => "ed448",
        other => other,
    };
    name.to_owned()
}

/// A distinguished name, most specific part first (RFC 4514 §2.1).
fn rfc4514(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|part| {
            let attributes: Vec<String> = part.iter().map(attribute).collect();
            attributes.join("+")
        })
        .collect();
    parts.reverse();
    printable(parts.join(",").as_bytes(), MAX_NAME)
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let key = match &*oid {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        other => other,
    };
    match value_text(attribute) {
        Some(text) => format!("{key}={}", escaped(&text)),
        None => format!("{key}=#{}", hex(attribute.as_slice())),
    }
}

/// The text of a string type, by its universal tag.
fn value_text(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    const TELETEX: u32 = 20;
    const BMP: u32 = 30;
    let bytes = attribute.as_slice();
    match attribute.attr_value().header.tag().0 {
        12 | 18 | 19 | 22 | 26 => Some(String::from_utf8_lossy(bytes).into_owned()),
        // Issuers put Latin-1 there in practice.
        TELETEX => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        BMP => {
            let (pairs, _) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

/// RFC 4514 §2.4.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (place, letter) in text.chars().enumerate() {
        let special = matches!(letter, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (place == 0 && matches!(letter, ' ' | '#'))
            || (place == last && letter == ' ');
        if special {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// A serial number without the zero that only keeps it positive.
fn without_padding(serial: &[u8]) -> &[u8] {
    match serial {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => serial,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_escaped_where_rfc_4514_says() {
        for (plain, written) in [
            ("James \"Jim\" Smith, III", "James \\\"Jim\\\" Smith\\, III"),
            (" lead and trail ", "\\ lead and trail\\ "),
            ("#hash # inside", "\\#hash # inside"),
            (" ", "\\ "),
            ("", ""),
        ] {
            assert_eq!(escaped(plain), written);
        }
    }

    #[test]
    fn a_number_has_the_bits_that_count() {
        for (number, bits) in [(&[0, 0x80, 0][..], 16), (&[1], 1), (&[0], 0), (&[], 0)] {
            assert_eq!(significant_bits(number), bits);
        }
    }
}
