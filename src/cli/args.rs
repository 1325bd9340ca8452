//! What may be typed.
use super::config::ConfigFile;
use arpenteur_core::model::Language;
use arpenteur_core::model::Severity;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// Automated audit and inventory scanner for IT outsourcing providers
#[derive(Debug, Parser)]
#[command(name = "arpenteur", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) general: General,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct General {
    /// Language of messages: fr or en; default: that of the locale
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print errors only
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more; twice: every question
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Folder whose checks/, families/, models/ and templates/ extend or override the built-in ones
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Age identity that opens encrypted files; default: the file that ARPENTEUR_IDENTITY names
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) identity: Option<PathBuf>,
    /// Store: sqlite:PATH or postgres://USER@HOST/DATABASE; default: ARPENTEUR_STORE, else a file
    /// of the user
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) store: Option<String>,
}

/// A language, as typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Lang {
    Fr,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fr => Self::Fr,
            Lang::En => Self::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a commented audit.yaml
    Init {
        /// The audit folder to create
        dir: PathBuf,
    },
    /// Say what a scan would send; sends nothing
    Plan {
        /// The audit folder
        dir: PathBuf,
        #[command(flatten)]
        secrets: Secrets,
    },
    /// Scan: the only command that sends audit traffic
    Scan {
        /// The audit folder
        dir: PathBuf,
        #[command(flatten)]
        scan: ScanOptions,
    },
    /// Scan, judge, size and report
    Audit {
        /// The audit folder
        dir: PathBuf,
        /// Judge the newest run again; sends nothing
        #[arg(long, conflicts_with = "replay")]
        last: bool,
        /// Take evidence from recordings, .snmprec files or snmpwalk output; sends nothing
        #[arg(long, value_name = "FILE", num_args = 1.., value_terminator = "--")]
        replay: Vec<PathBuf>,
        /// Add a network device's running configuration to the evidence; @ADDRESS: of the device
        /// there, else of the device that the file names
        #[arg(long, value_name = "FILE[@ADDRESS]", num_args = 1.., value_terminator = "--", conflicts_with = "last")]
        config: Vec<ConfigFile>,
        /// Send nothing: judge the files alone
        #[arg(long, requires = "config")]
        offline: bool,
        #[command(flatten)]
        scan: ScanOptions,
        #[command(flatten)]
        judge: JudgeOptions,
    },
    /// Write a systemd timer or a line for cron that audits again and again
    Schedule(ScheduleOptions),
    /// Finish an interrupted run, then judge, size and report
    Resume {
        /// The audit folder
        dir: PathBuf,
        #[command(flatten)]
        scan: ScanOptions,
        #[command(flatten)]
        judge: JudgeOptions,
    },
    /// Export a run's results
    Export {
        /// The audit folder
        dir: PathBuf,
        /// Format: everything (json), the inventory (csv and the formats of other tools), the
        /// verdicts (sarif, junit, oscal)
        #[arg(long, value_enum)]
        to: ExportFormat,
        /// Folder to write into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// How the client names roles, sites and makers; default: as found
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
    },
    /// Bring the inventory into a configuration database named in audit.yaml; writes nothing
    /// unless told to apply
    #[command(args_conflicts_with_subcommands = true)]
    Cmdb {
        #[command(subcommand)]
        command: Option<CmdbCommand>,
        /// The audit folder
        #[arg(requires = "to")]
        dir: Option<PathBuf>,
        /// Name of the target in audit.yaml
        #[arg(long, value_name = "NAME", requires = "dir")]
        to: Option<String>,
        #[command(flatten)]
        secrets: Secrets,
    },
    /// List the findings of the newest run
    Findings {
        /// The audit folder
        dir: PathBuf,
        /// Every verdict, not failures and errors alone
        #[arg(long)]
        all: bool,
        /// Of this check only, such as SSH-006
        #[arg(long, value_name = "ID")]
        check: Option<String>,
        /// Of this device or site only: name, address or id
        #[arg(long, value_name = "NAME")]
        device: Option<String>,
    },
    /// Say what changed between two judged runs
    Diff {
        /// The earlier run's folder, or its results.json
        before: PathBuf,
        /// The later run's
        after: PathBuf,
    },
    /// Say what each run saw of a device, and what changed between runs
    History {
        /// The audit folder
        dir: PathBuf,
        /// Name, address, serial number or id
        device: String,
    },
    /// List the judged runs, or show a device as the newest run saw it
    Show {
        /// The audit folder
        dir: PathBuf,
        /// Name, address, serial number or id
        device: Option<String>,
    },
    /// The store of the runs of all audits
    Store {
        #[command(subcommand)]
        command: StoreCommand,
    },
    /// Remove old runs; without --apply only say which
    Gc {
        /// The audit folder; default: all that the store knows
        dir: Option<PathBuf>,
        /// Judged runs that stay, the newest ones
        #[arg(long, value_name = "N")]
        keep: usize,
        /// Remove them
        #[arg(long)]
        apply: bool,
    },
    /// Say what recorded devices are
    Identify {
        /// Recordings, .snmprec files or snmpwalk output
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one JSON line for each device
        #[arg(long)]
        jsonl: bool,
        /// The files hold greetings of services: JSON lines with protocol and banner, or protocol TAB banner
        #[arg(long)]
        banner: bool,
    },
    /// Show what an answer rests on
    Explain {
        #[command(subcommand)]
        command: ExplainCommand,
    },
    /// The catalogue of checks
    Checks {
        #[command(subcommand)]
        command: ChecksCommand,
    },
    /// The families of devices
    Families {
        #[command(subcommand)]
        command: FamiliesCommand,
    },
    /// The greetings of services
    Banners {
        #[command(subcommand)]
        command: BannersCommand,
    },
    /// The sizing model and the device classes
    Models {
        #[command(subcommand)]
        command: ModelsCommand,
    },
    /// Write encrypted files of a run in clear
    Decrypt {
        /// Files whose names end in .age
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Folder to write into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Print a published schema
    Schema {
        /// Which schema
        #[arg(value_enum)]
        which: SchemaName,
    },
}

/// How secrets may stand.
#[derive(Debug, Clone, Args)]
pub(crate) struct Secrets {
    /// Accept secrets that stand in clear in audit.yaml
    #[arg(long)]
    pub(crate) allow_inline_secrets: bool,
}

/// How a scan is run.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScanOptions {
    #[command(flatten)]
    pub(crate) secrets: Secrets,
    /// Do not use raw sockets (ARP, ICMP) even where they are allowed
    #[arg(long)]
    pub(crate) unprivileged: bool,
    /// Encrypt recording and results to this age recipient (age1…); may be given several times
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) encrypt_to: Vec<String>,
}

/// How evidence is judged.
#[derive(Debug, Clone, Args)]
pub(crate) struct JudgeOptions {
    /// Judgement date (RFC 3339 time or date); default: the end of the evidence
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) as_of: Option<Timestamp>,
    /// Exit with 1 where a check of this severity or worse fails; new-…: where it is new or worse
    /// than in the run before
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// The client's choices: checks, parameters, approved exceptions; default: profile.yaml of the
    /// audit folder
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Compare with this run; default: the newest run judged before
    #[arg(long, value_name = "RUN")]
    pub(crate) baseline: Option<PathBuf>,
    /// Tell those whom audit.yaml names under notify what came of the run
    #[arg(long)]
    pub(crate) notify: bool,
}

/// When a scheduled audit runs.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScheduleOptions {
    /// The audit folder
    pub(crate) dir: PathBuf,
    /// How often: every day, every Monday, or the first of every month
    #[arg(long, value_enum, default_value = "weekly")]
    pub(crate) every: Every,
    /// Time of day, in the first site's time zone (cron: the machine's)
    #[arg(long, value_name = "HH:MM", default_value = "02:30", value_parser = parse_time)]
    pub(crate) at: (u8, u8),
    /// What runs it: a systemd timer and service, or a line for crontab
    #[arg(long = "as", value_enum, default_value = "systemd")]
    pub(crate) r#as: Scheduler,
    /// Folder to write the units into, such as /etc/systemd/system; default: print them
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Every {
    Daily,
    Weekly,
    Monthly,
}

/// What runs a scheduled audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    Systemd,
    Cron,
}

fn parse_time(text: &str) -> Result<(u8, u8), String> {
    let time = text.split_once(':').and_then(|(hour, minute)| {
        let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some((hour, minute))
    });
    time.ok_or_else(|| "expected 02:30".to_owned())
}

/// What makes an audit fail, as typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FailOn {
    Info,
    Low,
    Medium,
    High,
    Critical,
    NewInfo,
    NewLow,
    NewMedium,
    NewHigh,
    NewCritical,
}

impl FailOn {
    /// The least severity, and whether only what is new or worse counts.
    pub(crate) fn rule(self) -> (Severity, bool) {
        match self {
            Self::Info => (Severity::Info, false),
            Self::Low => (Severity::Low, false),
            Self::Medium => (Severity::Medium, false),
            Self::High => (Severity::High, false),
            Self::Critical => (Severity::Critical, false),
            Self::NewInfo => (Severity::Info, true),
            Self::NewLow => (Severity::Low, true),
            Self::NewMedium => (Severity::Medium, true),
            Self::NewHigh => (Severity::High, true),
            Self::NewCritical => (Severity::Critical, true),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Json,
    Csv,
    Sarif,
    Junit,
    Oscal,
    Glpi,
    Cyclonedx,
    Ocsf,
    Prometheus,
    Ansible,
    Xlsx,
    Servicenow,
    Zabbix,
}

/// Which audit, which target.
#[derive(Debug, Clone, Args)]
pub(crate) struct CmdbArguments {
    /// The audit folder
    pub(crate) dir: PathBuf,
    /// Name of the target in audit.yaml
    #[arg(long, value_name = "NAME")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) secrets: Secrets,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CmdbCommand {
    /// Read the target and say what would be written; writes nothing
    Plan {
        #[command(flatten)]
        at: CmdbArguments,
    },
    /// Execute a plan, or finish one that was interrupted
    Apply {
        #[command(flatten)]
        at: CmdbArguments,
        /// The plan; default: the newest
        #[arg(long, value_name = "FILE")]
        plan: Option<PathBuf>,
    },
    /// Take back what a plan wrote, except what was changed since
    Rollback {
        #[command(flatten)]
        at: CmdbArguments,
        /// The plan; default: the newest that was applied
        #[arg(long, value_name = "FILE")]
        plan: Option<PathBuf>,
    },
    /// List the devices that are no longer found, and mark them with --apply
    Retire {
        #[command(flatten)]
        at: CmdbArguments,
        /// Mark them in the target
        #[arg(long)]
        apply: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SchemaName {
    /// JSON Schema of audit.yaml
    Audit,
    /// JSON Schema of the facts
    Facts,
    /// JSON Schema of profile.yaml
    Profile,
    /// JSON Schema of a mapping file
    Mapping,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChecksCommand {
    /// List every check
    List,
    /// Say what one check asks, of whom, why, and how to mend a failure
    Show {
        /// Check id, such as SSH-006
        id: String,
    },
    /// Say why a check says what it says of a device
    Explain {
        /// Check id, such as SSH-006
        id: String,
        /// Device by name, address or id; a site's id for a check of the whole site
        #[arg(long, value_name = "NAME")]
        device: Option<String>,
        /// The audit folder
        #[arg(long, value_name = "DIR", default_value = ".")]
        dir: PathBuf,
    },
    /// Write a new check with its tests, to be filled in
    New {
        /// Check id with a prefix of your own, such as ACME-001
        id: String,
        /// Data folder to write into (below checks/), as for --data
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Write the reference of all checks in Markdown, in both languages
    Docs {
        /// Folder to write into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Run the tests inside the checks
    Test {
        /// Check ids; all of them where none is given
        ids: Vec<String>,
        /// Also break every stable check on purpose: its own tests must notice
        #[arg(long)]
        mutants: bool,
    },
    /// Look for what a reviewer would object to
    Lint,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FamiliesCommand {
    /// List every family
    List,
    /// Explain one family
    Explain {
        /// Family id, such as linux/net-snmp
        id: String,
    },
    /// Run the examples inside the families
    Test,
    /// Look for what a reviewer would object to
    Lint,
    /// Write a page in Markdown for each family
    Docs {
        /// Folder to write into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Print the facts that a family reads from the output of commands
    Read {
        /// Family id, such as cisco/ios
        id: String,
        /// A command line and the file that holds its output, such as "show version=version.txt"
        #[arg(required = true, value_name = "COMMAND=FILE")]
        outputs: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum BannersCommand {
    /// List the protocols and their number of fingerprints
    List,
    /// Compile the patterns and run the examples
    Test,
    /// Say what a greeting tells
    Explain {
        /// Protocol, such as ssh
        protocol: String,
        /// The greeting
        text: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExplainCommand {
    /// Every fact of a device, with its evidence and what disagreed
    Device {
        /// The audit folder, or a recording of one device
        path: PathBuf,
        /// Name, address or id of a device of the audit folder
        device: Option<String>,
    },
    /// Why addresses are one device, or are not
    Merge {
        /// The audit folder
        dir: PathBuf,
        /// An address, or the name or id of a device
        device: String,
        /// Another address: why the two are one device or two
        other: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Make the index again from the run folders
    Rebuild {
        /// Audit folders, beside those that the store knows
        dirs: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Check the models
    Lint,
    /// Print the device classes
    Explain,
}

/// A date, or a time with its offset. A date means its last second in UTC.
fn parse_date(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let end_of_day = |date: jiff::civil::Date| {
        date.at(23, 59, 59, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
    };
    text.parse()
        .ok()
        .and_then(end_of_day)
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| "expected 2026-11-22 or 2026-11-22T08:00:00Z".to_owned())
}
