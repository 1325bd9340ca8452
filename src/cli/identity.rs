//! Keys that open encrypted files: `--identity FILE`, or the file that `ARPENTEUR_IDENTITY` names.
use super::Failure;
use super::args::General;
use crate::seal::Identities;
use std::path::PathBuf;

/// Names the identity file where `--identity` does not.
const VARIABLE: &str = "ARPENTEUR_IDENTITY";
/// Longest identity file, bytes.
const LONGEST: u64 = 64 * 1024;

/// The keys given; none where no file is named.
pub(crate) fn identities(general: &General) -> Result<Identities, Failure> {
    let named = general.identity.clone();
    let named = named.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from));
    let Some(file) = named else {
        return Ok(Identities::default());
    };
    let name = file.display();
    let size = std::fs::metadata(&file)
        .map_err(|error| format!("cannot read the identity file {name}: {error}"))?
        .len();
    if size > LONGEST {
        return Err(format!("{name}: {size} bytes are too many for an identity file").into());
    }
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("cannot read the identity file {name}: {error}"))?;
    Identities::parse(&text).map_err(|error| format!("{name}: {error}").into())
}
