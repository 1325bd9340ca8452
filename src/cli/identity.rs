//! Keys that open encrypted files: `--identity FILE`, or the file that `ARPENTEUR_IDENTITY` names.
use super::args::General;
use super::exit::Exit;
use super::{Failure, Outcome, Output};
use crate::seal::{self, Identities};
use std::path::{Path, PathBuf};

/// Names the identity file where `--identity` does not.
const VARIABLE: &str = "ARPENTEUR_IDENTITY";
/// Longest identity file, bytes.
const LONGEST: u64 = 64 * 1024;

/// Gives the process its keys; none where no file is named.
pub(crate) fn unlock(general: &General) -> Result<(), Failure> {
    let named = general.identity.clone();
    let named = named.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from));
    let Some(file) = named else {
        return Ok(());
    };
    let name = file.display();
    let unreadable = |error| format!("cannot read the identity file {name}: {error}");
    let size = std::fs::metadata(&file).map_err(unreadable)?.len();
    if size > LONGEST {
        return Err(format!("{name}: {size} bytes are too many for an identity file").into());
    }
    let text = std::fs::read_to_string(&file).map_err(unreadable)?;
    let identities = Identities::parse(&text).map_err(|error| format!("{name}: {error}"))?;
    seal::unlock(identities);
    Ok(())
}

/// Writes encrypted files in clear, each under its name without `.age`.
pub(crate) fn decrypt(files: &[PathBuf], out: &Path, output: &Output<'_>) -> Outcome {
    std::fs::create_dir_all(out)?;
    for file in files {
        let name = file.display();
        let Some(clear) = file
            .extension()
            .filter(|end| *end == "age")
            .and(file.file_stem())
        else {
            return Err(format!(
                "{name}: its name does not end in .age\nhelp: name encrypted files of a run folder"
            )
            .into());
        };
        let sealed = std::fs::read(file).map_err(|error| format!("cannot read {name}: {error}"))?;
        let content = seal::open(sealed).map_err(|error| format!("{name}: {error}"))?;
        let to = out.join(clear);
        std::fs::write(&to, content)
            .map_err(|error| format!("cannot write {}: {error}", to.display()))?;
        output.say("cli-exported", &[("file", &to.to_string_lossy())]);
    }
    Ok(Exit::Complete)
}
