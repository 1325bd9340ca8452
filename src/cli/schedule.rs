//! `arpenteur schedule DIR`: a systemd timer, or a line for cron, that audits again and again.
use super::args::{Every, General, ScheduleOptions, Scheduler};
use super::exit::Exit;
use super::{Failure, Outcome, Output, open};
use crate::data::Data;
use arpenteur_core::scope::Scope;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;

pub(crate) fn run(
    options: &ScheduleOptions,
    general: &General,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let (folder, scope) = open(&options.dir, data, true)?;
    refuse_expired(&scope)?;
    let dir = std::path::absolute(folder.path())?;
    let program = std::env::current_exe()?;
    let identity = general
        .identity
        .as_ref()
        .map(std::path::absolute)
        .transpose()?;
    let command = Unattended {
        program: text(&program)?,
        dir: text(&dir)?,
        fail_on: "new-low",
        notify: scope.audit().notify.webhook.is_some() || scope.audit().notify.mail.is_some(),
        identity: identity.as_deref().map(text).transpose()?,
    };
    let (hour, minute) = options.at;
    let time = format!("{hour:02}:{minute:02}:00");
    let name = unit_name(&scope.audit().client.name);
    match options.r#as {
        Scheduler::Cron => output.result(&command.cron(options.every, options.at)),
        Scheduler::Systemd => {
            let zone = scope
                .audit()
                .sites
                .first()
                .map_or("UTC", |site| &site.timezone);
            let when = match options.every {
                Every::Daily => format!("*-*-* {time} {zone}"),
                Every::Weekly => format!("Mon *-*-* {time} {zone}"),
                Every::Monthly => format!("*-*-01 {time} {zone}"),
            };
            let service = command.service(&scope.audit().client.name);
            let timer = timer(&scope.audit().client.name, &when);
            let files = [
                (format!("{name}.service"), service),
                (format!("{name}.timer"), timer),
            ];
            match &options.out {
                None => {
                    for (file, text) in &files {
                        output.result(&format!("# {file}\n{text}"));
                    }
                }
                Some(out) => {
                    std::fs::create_dir_all(out)?;
                    for (file, text) in &files {
                        let path = out.join(file);
                        std::fs::write(&path, text)?;
                        output.say("cli-exported", &[("file", &path.to_string_lossy())]);
                    }
                    output.say(
                        "cli-schedule-enable",
                        &[("timer", &format!("{name}.timer"))],
                    );
                }
            }
        }
    }
    let until = scope.audit().mandate.valid_to.to_string();
    output.remark("cli-schedule-until", &[("date", &until)]);
    Ok(Exit::Complete)
}

/// A schedule that could never run is refused at once.
fn refuse_expired(scope: &Scope) -> Result<(), Failure> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let end = scope.audit().mandate.valid_to;
    if end < today {
        return Err(format!(
            "the mandate ended on {end}: no audit may run any more\nhelp: have it renewed, then write its new dates into audit.yaml"
        )
        .into());
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, Failure> {
    let text = path
        .to_str()
        .filter(|text| !text.chars().any(char::is_control));
    text.map(str::to_owned)
        .ok_or_else(|| format!("{}: the path cannot be written into a unit", path.display()).into())
}

/// `arpenteur-` and the client's name, as systemd.unit(5) allows it.
fn unit_name(client: &str) -> String {
    let mut name = String::from("arpenteur-");
    for letter in client.chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_end_matches('-').to_owned()
}

fn timer(client: &str, when: &str) -> String {
    format!(
        "[Unit]\nDescription=Arpenteur audits {} again and again\n\n[Timer]\nOnCalendar={when}\nPersistent=true\n\
         RandomizedDelaySec=5min\n\n[Install]\nWantedBy=timers.target\n",
        specifiers(client)
    )
}

/// `%` begins a specifier in units (systemd.unit(5)).
fn specifiers(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    plain.replace('%', "%%")
}

/// The command of a run that nobody watches: silent, and ended by what is new or worse.
struct Unattended {
    program: String,
    dir: String,
    fail_on: &'static str,
    notify: bool,
    identity: Option<String>,
}

impl Unattended {
    fn words(&self) -> Vec<&str> {
        let mut words = vec![
            &self.program,
            "audit",
            &self.dir,
            "--quiet",
            "--fail-on",
            self.fail_on,
        ];
        if self.notify {
            words.push("--notify");
        }
        if let Some(identity) = &self.identity {
            words.extend(["--identity", identity]);
        }
        words
    }

    /// Exit 1 is drift, which is a result and no failure of the service; 2 and 3 are.
    fn service(&self, client: &str) -> String {
        let quoted = |word: &&str| {
            let word = word
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('$', "$$");
            format!("\"{}\"", word.replace('%', "%%"))
        };
        let command: Vec<String> = self.words().iter().map(quoted).collect();
        format!(
            "[Unit]\nDescription=Arpenteur audits {}\nAfter=network-online.target\nWants=network-online.target\n\n\
             [Service]\nType=oneshot\n\
             # Secrets of audit.yaml that come from the environment: NAME=value, mode 0600.\n\
             EnvironmentFile=-{}/secrets/environment\n\
             ExecStart={}\nSuccessExitStatus=1\n\
             # ARP and ICMP need raw sockets; without these two lines hosts are found by open ports and SNMP.\n\
             AmbientCapabilities=CAP_NET_RAW\nCapabilityBoundingSet=CAP_NET_RAW\n\
             NoNewPrivileges=true\nPrivateTmp=true\nProtectSystem=full\n",
            specifiers(client),
            specifiers(&self.dir),
            command.join(" ")
        )
    }

    /// A line of crontab(5): `%` stands for a line end there.
    fn cron(&self, every: Every, (hour, minute): (u8, u8)) -> String {
        let day = match every {
            Every::Daily => "* * *",
            Every::Weekly => "* * 1",
            Every::Monthly => "1 * *",
        };
        let quoted = |word: &&str| format!("'{}'", word.replace('\'', "'\\''").replace('%', "\\%"));
        let command: Vec<String> = self.words().iter().map(quoted).collect();
        format!("{minute} {hour} {day} {}", command.join(" "))
    }
}
