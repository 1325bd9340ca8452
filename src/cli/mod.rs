//! Talks to the person: the only room that prints, exits and reads the environment.
mod args;
mod audit;
mod banners;
mod catalogue;
mod cmdb;
mod config;
mod diff;
mod exit;
mod explain;
mod export;
mod families;
mod findings;
mod gc;
mod help;
mod history;
mod identify;
mod identity;
mod index;
mod init;
mod models;
mod notify;
mod output;
mod plan;
mod progress;
mod run;
mod schedule;
mod schema;
mod store;

use crate::data::{Data, Knowledge, words};
use crate::store::AuditFolder;
use args::{Cli, Command, StoreCommand};
use arpenteur_core::export::Wanted;
use arpenteur_core::model::Language;
use arpenteur_core::scope::{Scope, load};
use clap::FromArgMatches;
use exit::Exit;
use output::Output;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

/// What ends a command early: an error in words, shown once, exit code 2.
pub(crate) type Failure = Box<dyn std::error::Error>;
/// What a command comes to.
pub(crate) type Outcome = Result<Exit, Failure>;

/// Reads the arguments, runs the command, gives its exit code.
pub fn main() -> ExitCode {
    let language = typed_language().unwrap_or_else(output::locale_language);
    let folder = typed_data_folder();
    // Message files are read first: they hold the words that even `--help` is printed in.
    let words = match words(folder.as_deref(), language) {
        Ok(words) => words,
        Err(error) => {
            output::fail(&error.to_string());
            return Exit::CouldNotRun.into();
        }
    };
    let matches = help::command(&words).get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    start_log(cli.general.verbose);
    let output = Output::new(&words, language, &cli.general);
    let outcome = identity::unlock(&cli.general).and_then(|()| dispatch(cli, &output));
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::fail(&error.to_string());
            Exit::CouldNotRun.into()
        }
    }
}

/// Runs the command with as much of the data as it needs.
fn dispatch(cli: Cli, output: &Output<'_>) -> Outcome {
    let general = cli.general;
    let data = || Data::load(general.data.as_deref());
    let knowledge = || Knowledge::load(general.data.as_deref());
    match cli.command {
        Command::Init { dir } => init::run(&dir, output),
        Command::Plan { dir, secrets } => plan::run(&dir, &secrets, &data()?, output),
        Command::Scan { dir, scan } => audit::scan(&dir, &scan, &general, &data()?, output),
        Command::Audit {
            dir,
            last,
            replay,
            config,
            offline,
            scan,
            judge,
        } => {
            let from = audit::Evidence::from_arguments(last, offline, replay);
            audit::run(
                &dir,
                (from, &config),
                &scan,
                &judge,
                &general,
                &data()?,
                output,
            )
        }
        Command::Schedule(options) => schedule::run(&options, &general, &data()?, output),
        Command::Resume { dir, scan, judge } => audit::run(
            &dir,
            (audit::Evidence::Interrupted, &[]),
            &scan,
            &judge,
            &general,
            &data()?,
            output,
        ),
        Command::Export {
            dir,
            to,
            out,
            mapping,
        } => export::run(&dir, to, &out, mapping.as_deref(), &data()?, output),
        Command::Cmdb {
            command,
            dir,
            to,
            secrets,
        } => {
            let at = dir
                .zip(to)
                .map(|(dir, to)| args::CmdbArguments { dir, to, secrets });
            let command = command.or(at.map(|at| args::CmdbCommand::Plan { at }));
            cmdb::run(command, &data()?, output)
        }
        Command::Findings {
            dir,
            all,
            check,
            device,
        } => {
            let wanted = Wanted {
                all,
                check: check.as_deref(),
                device: device.as_deref(),
            };
            findings::run(&dir, wanted, &data()?, output)
        }
        Command::Diff { before, after } => diff::run(&before, &after, &general, output),
        Command::Gc { dir, keep, apply } => {
            let wanted = gc::Wanted { keep, apply };
            gc::run(dir.as_deref(), &wanted, &general, output)
        }
        Command::History { dir, device } => history::run(&dir, &device, &general, output),
        Command::Show { dir, device } => history::show(&dir, device.as_deref(), &general, output),
        Command::Store {
            command: StoreCommand::Rebuild { dirs },
        } => store::rebuild(&dirs, &general, output),
        Command::Identify {
            files,
            banner: true,
            ..
        } => identify::banners(&files, &knowledge()?, output),
        Command::Identify { files, jsonl, .. } => {
            identify::run(&files, jsonl, &knowledge()?, output)
        }
        Command::Explain { command } => explain::run(&command, &data()?, output),
        Command::Banners { command } => banners::run(&command, &knowledge()?, output),
        Command::Checks { command } => {
            catalogue::run(&command, general.data.as_deref(), &data()?, output)
        }
        Command::Families { command } => families::run(&command, &knowledge()?, output),
        Command::Models { command } => models::run(&command, &data()?, output),
        Command::Decrypt { files, out } => identity::decrypt(&files, &out, output),
        Command::Schema { which } => schema::run(which, output),
    }
}

/// Opens an audit folder and reads its scope.
pub(crate) fn open(
    dir: &Path,
    data: &Data,
    allow_inline: bool,
) -> Result<(AuditFolder, Scope), Failure> {
    let folder = AuditFolder::open(dir)?;
    let bytes = folder.read_audit()?;
    let classes: BTreeSet<String> = data.knowledge.classes.ids().map(str::to_owned).collect();
    let scope = load(
        &folder.audit_file().to_string_lossy(),
        &bytes,
        &classes,
        allow_inline,
    )?;
    Ok((folder, scope))
}

/// `--lang`, looked for before the arguments are parsed: their help is in that language.
fn typed_language() -> Option<Language> {
    match typed_option("--lang")?.as_str() {
        "fr" => Some(Language::Fr),
        "en" => Some(Language::En),
        _ => None,
    }
}

fn typed_data_folder() -> Option<std::path::PathBuf> {
    typed_option("--data").map(Into::into)
}

fn typed_option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == name {
            return arguments.next();
        }
        if let Some(value) = argument
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('='))
        {
            return Some(value.to_owned());
        }
    }
    None
}

fn start_log(verbose: u8) {
    let level = match verbose {
        0 => tracing::Level::ERROR,
        1 => tracing::Level::INFO,
        _ => tracing::Level::DEBUG,
    };
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .init();
}
