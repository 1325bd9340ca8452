//! References of a check to published measures, and the lists they must stand in.
use serde::{Deserialize, Serialize};

/// Measures that a check supports. The link is ours, not an official mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Refs {
    /// ANSSI, *Guide d'hygiène informatique* v2: measures 1 to 42; `R` marks the reinforced part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anssi_hygiene: Vec<String>,
    /// CIS Controls v8: safeguards, `4.6`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cis_v8: Vec<String>,
    /// ISO/IEC 27001:2022 Annex A controls, `A.8.21`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub iso27001_2022: Vec<String>,
    /// Directive (EU) 2022/2555 (NIS2), article 21(2): letters a to j.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nis2_21_2: Vec<String>,
}

impl Refs {
    /// Every list with its key in files.
    #[must_use]
    pub fn lists(&self) -> [(&'static str, &[String]); 4] {
        [
            ("anssi_hygiene", &self.anssi_hygiene),
            ("cis_v8", &self.cis_v8),
            ("iso27001_2022", &self.iso27001_2022),
            ("nis2_21_2", &self.nis2_21_2),
        ]
    }
}

/// Safeguards of each of the 18 CIS Controls v8.
const CIS_SAFEGUARDS: [u32; 18] = [5, 7, 14, 12, 6, 8, 7, 12, 7, 7, 5, 8, 11, 9, 7, 14, 9, 5];
/// Controls of each theme of ISO/IEC 27001:2022 Annex A.
const ISO_CONTROLS: [(u32, u32); 4] = [(5, 37), (6, 8), (7, 14), (8, 34)];

/// One list of measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framework {
    Anssi,
    Cis,
    Iso,
    Nis2,
}

impl Framework {
    /// What a reference looks like.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Anssi => "measures are 1 to 42, with R for the reinforced part: \"21\", \"14R\"",
            Self::Cis => "safeguards of CIS Controls v8 are 1.1 to 18.5: \"4.6\"",
            Self::Iso => "controls of Annex A are A.5.1 to A.8.34: A.8.21",
            Self::Nis2 => "letters of article 21(2) are a to j",
        }
    }

    /// Whether the list has that reference.
    pub(super) fn has(self, reference: &str) -> bool {
        match self {
            Self::Anssi => {
                let number = reference.strip_suffix('R').unwrap_or(reference);
                number_of(number).is_some_and(|n| (1..=42).contains(&n))
            }
            Self::Cis => pair(reference).is_some_and(|(control, safeguard)| {
                let index = usize::try_from(control).unwrap_or(0).wrapping_sub(1);
                let count = CIS_SAFEGUARDS.get(index).copied().unwrap_or(0);
                (1..=count).contains(&safeguard)
            }),
            Self::Iso => reference
                .strip_prefix("A.")
                .and_then(pair)
                .is_some_and(|(theme, n)| {
                    let known = ISO_CONTROLS.iter().find(|(number, _)| *number == theme);
                    known.is_some_and(|(_, count)| (1..=*count).contains(&n))
                }),
            Self::Nis2 => matches!(reference.as_bytes(), [b'a'..=b'j']),
        }
    }
}

/// A number written the usual way: `08` is none.
fn number_of(text: &str) -> Option<u32> {
    text.parse()
        .ok()
        .filter(|number: &u32| number.to_string() == text)
}

fn pair(text: &str) -> Option<(u32, u32)> {
    let (left, right) = text.split_once('.')?;
    Some((number_of(left)?, number_of(right)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_published_measures_are_known() {
        for known in ["1", "42", "14R"] {
            assert!(Framework::Anssi.has(known), "{known}");
        }
        for unknown in ["0", "43", "012", "R", "4.6"] {
            assert!(!Framework::Anssi.has(unknown), "{unknown}");
        }
        assert!(Framework::Cis.has("18.5") && Framework::Cis.has("4.12"));
        assert!(
            !Framework::Cis.has("18.6")
                && !Framework::Cis.has("0.1")
                && !Framework::Cis.has("19.1")
        );
        assert!(Framework::Iso.has("A.8.34") && !Framework::Iso.has("A.8.35"));
        assert!(!Framework::Iso.has("8.21") && !Framework::Iso.has("A.9.1"));
        assert!(
            Framework::Nis2.has("j") && !Framework::Nis2.has("k") && !Framework::Nis2.has("ab")
        );
        assert_eq!(
            CIS_SAFEGUARDS.iter().sum::<u32>(),
            153,
            "v8 has 153 safeguards"
        );
        assert_eq!(ISO_CONTROLS.iter().map(|(_, count)| count).sum::<u32>(), 93);
    }
}
