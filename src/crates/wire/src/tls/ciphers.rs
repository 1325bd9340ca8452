//! Cipher suites, as IANA registers them: the offer of our hellos, and names.

use super::Version;

/// The first version that may use a suite.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    Ssl3,
    Tls12,
}

use Since::{Ssl3, Tls12};

/// Best first, so that a server that follows the client shows its best.
const SUITES: &[(u16, Since, &str)] = &[
    (0xc02b, Tls12, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (0xc02f, Tls12, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xc02c, Tls12, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (0xc030, Tls12, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (
        0xcca9,
        Tls12,
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    ),
    (0xcca8, Tls12, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xccaa, Tls12, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0x009e, Tls12, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009f, Tls12, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xc0ac, Tls12, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"),
    (0xc0ad, Tls12, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"),
    (0xc023, Tls12, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    (0xc027, Tls12, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0xc024, Tls12, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
    (0xc028, Tls12, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    (0xc009, Ssl3, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    (0xc013, Ssl3, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0xc00a, Ssl3, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    (0xc014, Ssl3, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x0067, Tls12, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0x006b, Tls12, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
    (0x0033, Ssl3, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x0039, Ssl3, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x0032, Ssl3, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA"),
    (0x0038, Ssl3, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA"),
    (0x009c, Tls12, "TLS_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009d, Tls12, "TLS_RSA_WITH_AES_256_GCM_SHA384"),
    (0x003c, Tls12, "TLS_RSA_WITH_AES_128_CBC_SHA256"),
    (0x003d, Tls12, "TLS_RSA_WITH_AES_256_CBC_SHA256"),
    (0x002f, Ssl3, "TLS_RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, Ssl3, "TLS_RSA_WITH_AES_256_CBC_SHA"),
    (0x0041, Ssl3, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA"),
    (0x0084, Ssl3, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA"),
    (0x0045, Ssl3, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA"),
    (0x0088, Ssl3, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA"),
    (0x0096, Ssl3, "TLS_RSA_WITH_SEED_CBC_SHA"),
    (0x0007, Ssl3, "TLS_RSA_WITH_IDEA_CBC_SHA"),
    (0xc008, Ssl3, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc012, Ssl3, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0016, Ssl3, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0013, Ssl3, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA"),
    (0x000a, Ssl3, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc007, Ssl3, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"),
    (0xc011, Ssl3, "TLS_ECDHE_RSA_WITH_RC4_128_SHA"),
    (0x0005, Ssl3, "TLS_RSA_WITH_RC4_128_SHA"),
    (0x0004, Ssl3, "TLS_RSA_WITH_RC4_128_MD5"),
    (0x0015, Ssl3, "TLS_DHE_RSA_WITH_DES_CBC_SHA"),
    (0x0012, Ssl3, "TLS_DHE_DSS_WITH_DES_CBC_SHA"),
    (0x0009, Ssl3, "TLS_RSA_WITH_DES_CBC_SHA"),
    (0x0014, Ssl3, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0011, Ssl3, "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0008, Ssl3, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0006, Ssl3, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5"),
    (0x0003, Ssl3, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
    (0xc018, Ssl3, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"),
    (0x0034, Ssl3, "TLS_DH_anon_WITH_AES_128_CBC_SHA"),
    (0x001b, Ssl3, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"),
    (0x0018, Ssl3, "TLS_DH_anon_WITH_RC4_128_MD5"),
    (0x0017, Ssl3, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5"),
    (0x003b, Tls12, "TLS_RSA_WITH_NULL_SHA256"),
    (0xc010, Ssl3, "TLS_ECDHE_RSA_WITH_NULL_SHA"),
    (0xc006, Ssl3, "TLS_ECDHE_ECDSA_WITH_NULL_SHA"),
    (0x0002, Ssl3, "TLS_RSA_WITH_NULL_SHA"),
    (0x0001, Ssl3, "TLS_RSA_WITH_NULL_MD5"),
];

/// The suites to offer at a version, best first, down to export grade, so that
/// an old server answers at all. Empty for SSL 2.0, which has its own.
#[must_use]
pub fn cipher_suites(version: Version) -> Vec<u16> {
    let fits = |since: Since| match version {
        Version::Ssl2 => false,
        Version::Ssl3 | Version::Tls10 | Version::Tls11 => since == Ssl3,
        Version::Tls12 => true,
    };
    let suites = SUITES.iter().filter(|(_, since, _)| fits(*since));
    suites.map(|(suite, ..)| *suite).collect()
}

/// The registered name of a suite that we offer.
#[must_use]
pub fn cipher_suite_name(suite: u16) -> Option<&'static str> {
    let entry = SUITES.iter().find(|(known, ..)| *known == suite);
    entry.map(|(.., name)| *name)
}
