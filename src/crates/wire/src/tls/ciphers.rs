//! Cipher suites, as IANA registers them: the offers of our hellos, names, and which are weak.

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

/// Weak suites that only a hello that looks for them offers: an ordinary one must stay below
/// 256 bytes, from which on old load balancers hang.
const WEAK_MORE: &[(u16, Since, &str)] = &[
    (0x000d, Ssl3, "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA"),
    (0x0010, Ssl3, "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc003, Ssl3, "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc00d, Ssl3, "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xc002, Ssl3, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA"),
    (0xc00c, Ssl3, "TLS_ECDH_RSA_WITH_RC4_128_SHA"),
    (0xc019, Ssl3, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"),
    (0xc017, Ssl3, "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA"),
    (0xc016, Ssl3, "TLS_ECDH_anon_WITH_RC4_128_SHA"),
    (0xc015, Ssl3, "TLS_ECDH_anon_WITH_NULL_SHA"),
    (0x00a7, Tls12, "TLS_DH_anon_WITH_AES_256_GCM_SHA384"),
    (0x00a6, Tls12, "TLS_DH_anon_WITH_AES_128_GCM_SHA256"),
    (0x006d, Tls12, "TLS_DH_anon_WITH_AES_256_CBC_SHA256"),
    (0x006c, Tls12, "TLS_DH_anon_WITH_AES_128_CBC_SHA256"),
    (0x003a, Ssl3, "TLS_DH_anon_WITH_AES_256_CBC_SHA"),
    (0x001a, Ssl3, "TLS_DH_anon_WITH_DES_CBC_SHA"),
    (0x0019, Ssl3, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA"),
];

/// TLS 1.3's own (RFC 8446 appendix B.4): only named here, for a TLS library offers them.
const TLS13: &[(u16, &str)] = &[
    (0x1301, "TLS_AES_128_GCM_SHA256"),
    (0x1302, "TLS_AES_256_GCM_SHA384"),
    (0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
    (0x1304, "TLS_AES_128_CCM_SHA256"),
    (0x1305, "TLS_AES_128_CCM_8_SHA256"),
];

/// A kind of weak suite; of several that fit a suite, its worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WeakKind {
    /// No encryption.
    Null,
    /// No authentication of the server: anyone in between can read.
    Anonymous,
    /// Keys of 40 or 56 bits, as export rules of the 1990s had it.
    Export,
    /// RC4 (prohibited by RFC 7465).
    Rc4,
    /// DES with its 56 bits.
    Des,
    /// Triple DES, blocks of 64 bits (CVE-2016-2183).
    TripleDes,
}

impl WeakKind {
    /// Every kind, worst first.
    pub const ALL: [Self; 6] = [
        Self::Null,
        Self::Anonymous,
        Self::Export,
        Self::Rc4,
        Self::Des,
        Self::TripleDes,
    ];

    /// What the registered names of the kind's suites contain.
    fn mark(self) -> &'static str {
        match self {
            Self::Null => "_WITH_NULL_",
            Self::Anonymous => "_anon_",
            Self::Export => "_EXPORT_",
            Self::Rc4 => "_RC4_",
            Self::Des => "_WITH_DES_",
            Self::TripleDes => "_3DES_",
        }
    }

    /// The kind of a suite that we offer; nothing where it is none of these.
    #[must_use]
    pub fn of(suite: u16) -> Option<Self> {
        let name = cipher_suite_name(suite)?;
        Self::ALL
            .into_iter()
            .find(|kind| name.contains(kind.mark()))
    }
}

/// The suites of some weak kinds that a version may use. Empty for SSL 2.0, which has its own.
#[must_use]
pub fn weak_suites(version: Version, kinds: &[WeakKind]) -> Vec<u16> {
    let weak = |(suite, ..): &&(u16, Since, &str)| {
        WeakKind::of(*suite).is_some_and(|kind| kinds.contains(&kind))
    };
    let suites = SUITES.iter().chain(WEAK_MORE);
    let suites = suites.filter(|(_, since, _)| fits(version, *since));
    suites.filter(weak).map(|(suite, ..)| *suite).collect()
}

fn fits(version: Version, since: Since) -> bool {
    match version {
        Version::Ssl2 => false,
        Version::Ssl3 | Version::Tls10 | Version::Tls11 => since == Ssl3,
        Version::Tls12 => true,
    }
}

/// The suites to offer at a version, best first, down to export grade, so that
/// an old server answers at all. Empty for SSL 2.0, which has its own.
#[must_use]
pub fn cipher_suites(version: Version) -> Vec<u16> {
    let suites = SUITES.iter().filter(|(_, since, _)| fits(version, *since));
    suites.map(|(suite, ..)| *suite).collect()
}

/// The registered name of a suite that we offer.
#[must_use]
pub fn cipher_suite_name(suite: u16) -> Option<&'static str> {
    let mut named = SUITES
        .iter()
        .chain(WEAK_MORE)
        .map(|(suite, _, name)| (*suite, *name));
    let known = named.find(|(known, _)| *known == suite);
    let known = known.or_else(|| TLS13.iter().copied().find(|(known, _)| *known == suite));
    known.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_of_its_worst_kind() {
        for (suite, kind) in [
            (0x0002, Some(WeakKind::Null)),
            (0xc015, Some(WeakKind::Null)),
            (0x0017, Some(WeakKind::Anonymous)),
            (0x0003, Some(WeakKind::Export)),
            (0x0005, Some(WeakKind::Rc4)),
            (0x0009, Some(WeakKind::Des)),
            (0x000a, Some(WeakKind::TripleDes)),
            (0xc02f, None),
            (0x1301, None),
            (0xffff, None),
        ] {
            assert_eq!(WeakKind::of(suite), kind, "{suite:04x}");
        }
    }

    #[test]
    fn a_weak_offer_holds_what_was_asked_for_and_nothing_else() {
        for kind in WeakKind::ALL {
            let suites = weak_suites(Version::Tls12, &[kind]);
            assert!(
                suites
                    .iter()
                    .all(|suite| WeakKind::of(*suite) == Some(kind))
            );
            assert!(!suites.is_empty(), "{kind:?}");
        }
        let all = weak_suites(Version::Tls12, &WeakKind::ALL);
        assert_eq!(
            all.iter().collect::<std::collections::BTreeSet<_>>().len(),
            all.len()
        );
        assert!(!weak_suites(Version::Tls10, &WeakKind::ALL).contains(&0x003b));
        assert!(weak_suites(Version::Ssl2, &WeakKind::ALL).is_empty());
    }

    #[test]
    fn an_ordinary_hello_stays_below_256_bytes() {
        let hello = crate::tls::ClientHello::new(Version::Tls12, None, [0; 32]).encode();
        assert!(hello.len() < 256, "{}", hello.len());
    }
}
