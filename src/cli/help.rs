//! The parser, with its help in the person's language and the exit codes at its end.
use super::args::Cli;
use arpenteur_core::report::Messages;
use clap::{Command, CommandFactory};

/// The command line's parser.
pub(crate) fn command(messages: &Messages) -> Command {
    let exit_codes = messages.text("help-exit-codes", &[]);
    translated(Cli::command(), "help", messages).after_help(exit_codes)
}

/// Replaces every help text that has a translation: `help-audit`, `help-audit-last`,
/// `help-checks-explain-id`; options of all commands are `help-option-lang`.
fn translated(mut command: Command, key: &str, messages: &Messages) -> Command {
    if let Some(about) = messages.try_text(key, &[]) {
        command = command.about(about);
    }
    let arguments: Vec<String> = command
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .collect();
    for id in arguments {
        let name = id.replace('_', "-");
        let text = messages
            .try_text(&format!("{key}-{name}"), &[])
            .or_else(|| messages.try_text(&format!("help-option-{name}"), &[]));
        if let Some(text) = text {
            command = command.mut_arg(id, |argument| argument.help(text));
        }
    }
    let names: Vec<String> = command
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in names {
        command = command.mut_subcommand(&name, |sub| {
            translated(sub, &format!("{key}-{name}"), messages)
        });
    }
    command
}
