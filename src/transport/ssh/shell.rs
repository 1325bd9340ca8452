//! An interactive shell on a device's command line: one prompt, one command after the other.
use super::dialect::{
    asks_password, is_other_mode, is_pager, is_refusal, may_be_prompt, may_be_raised, without_echo,
};
use super::terminal::Terminal;
use super::{LONGEST_COMMAND, LONGEST_LOGIN, LONGEST_OUTPUT};
use crate::transport::gate::Gate;
use arpenteur_core::model::{Answer, Failure, Target};
use russh::client::{Handle, Handler, Msg};
use russh::{Channel, ChannelMsg};
use std::time::Duration;
use tokio::time::Instant;

/// Columns of the terminal: devices break longer lines.
const COLUMNS: u32 = 511;
/// Rows of the terminal: devices that believe them need no pager.
const ROWS: u32 = 1_000;
/// Packets of a shell's opening: channel, terminal, shell, newline.
const OPEN_COST: u32 = 6;
/// Packets of a command: its letters, its output's acknowledgements.
const COMMAND_COST: u32 = 4;
/// Packets of a pager's page.
const PAGE_COST: u32 = 2;
/// Most pages of one output.
const MOST_PAGES: usize = 2_000;
/// Most newlines and keys by which a prompt is looked for.
const MOST_KNOCKS: usize = 12;
/// How long a prompt or a pager must stand still: output may hold the same text.
const SETTLED: Duration = Duration::from_millis(80);
/// How many answer times a device may be silent in mid-output: a configuration is put together
/// first.
const SILENCES: u32 = 5;
/// What a terminal's Enter key sends.
const ENTER: &str = "\r";

/// Why a shell cannot be used further.
pub(super) enum Broken {
    /// The device ended the channel, or the connection, before a command was typed.
    Gone(String),
    /// `enable` gave no more rights, and may have left the device waiting.
    NotRaised,
    /// The answer that stands for the question's.
    Answer(Answer),
}

impl From<russh::Error> for Broken {
    fn from(error: russh::Error) -> Self {
        Self::Gone(error.to_string())
    }
}

/// What listening came to.
#[derive(PartialEq, Eq)]
enum Pause {
    /// What was waited for stands still.
    Settled,
    /// Nothing more comes, or time is over.
    Silent,
    /// More came than is kept.
    Full,
    /// The device ended the channel.
    Closed,
}

/// What came of `enable`.
pub(super) enum Raised {
    /// The device asked no secret: it knows no such command, or wants none.
    NotAsked,
    /// The secret was right.
    Yes,
    /// The device wants another one; it may be waiting for it still.
    Refused,
}

/// The device that a shell is on, and the gate before it.
#[derive(Clone, Copy)]
pub(super) struct Device<'a> {
    pub(super) gate: &'a Gate,
    pub(super) target: &'a Target,
}

impl Device<'_> {
    /// Leave to send, in time.
    async fn exchange(self, packets: u32) -> Result<(), Broken> {
        let leave = self.gate.exchange(self.target, packets).await;
        leave.map_err(Broken::Answer)
    }

    /// How long the device may be silent before its prompt is taken to be the last word.
    fn quiet(self) -> Duration {
        self.gate.patience(self.target)
    }

    /// How long the device may be silent in mid-output.
    fn silence(self) -> Duration {
        let seconds = u64::from(self.gate.scope().audit().limits.timeout_seconds);
        Duration::from_secs(seconds) * SILENCES
    }
}

/// A shell that waits at its prompt.
pub(super) struct Shell {
    channel: Channel<Msg>,
    /// The line under the cursor, blanks at its end included.
    prompt: Vec<u8>,
    /// What the device said before its first prompt.
    banner: String,
}

impl Shell {
    /// Opens a terminal and learns the prompt.
    pub(super) async fn open<H: Handler>(
        handle: &Handle<H>,
        device: Device<'_>,
    ) -> Result<Self, Broken> {
        device.exchange(OPEN_COST).await?;
        let opening = async {
            let mut channel = handle.channel_open_session().await?;
            let mut early = Vec::new();
            channel
                .request_pty(true, "vt100", COLUMNS, ROWS, 0, 0, &[])
                .await?;
            confirmed(&mut channel, &mut early).await?;
            channel.request_shell(true).await?;
            confirmed(&mut channel, &mut early).await?;
            Ok::<_, Broken>((channel, early))
        };
        let (channel, early) = tokio::time::timeout(LONGEST_LOGIN, opening)
            .await
            .map_err(|_| failed(Failure::Timeout, "the device opened no shell"))??;
        let mut shell = Self {
            channel,
            prompt: Vec::new(),
            banner: String::new(),
        };
        let mut terminal = Terminal::showing(b"", LONGEST_OUTPUT);
        terminal.feed(&early);
        shell.banner = shell.learn(terminal, device).await?;
        Ok(shell)
    }

    fn prompt(&self) -> String {
        String::from_utf8_lossy(self.prompt.trim_ascii()).into_owned()
    }

    /// Whether `enable` may give more rights here.
    pub(super) fn may_be_raised(&self) -> bool {
        may_be_raised(&self.prompt)
    }

    async fn send(&self, keys: String) -> Result<(), Broken> {
        // A device that takes nothing in must not keep us waiting.
        tokio::time::timeout(LONGEST_LOGIN, self.channel.data_bytes(keys.into_bytes()))
            .await
            .map_err(|_| failed(Failure::Timeout, "the device reads nothing"))??;
        Ok(())
    }

    /// Shows what comes until `wanted` holds of the terminal and stands still for `still`.
    async fn listen(
        &mut self,
        terminal: &mut Terminal,
        (still, silence, end): (Duration, Duration, Instant),
        wanted: impl Fn(&Terminal) -> bool,
    ) -> Pause {
        loop {
            let wait = if wanted(terminal) { still } else { silence };
            let left = end.saturating_duration_since(Instant::now());
            match tokio::time::timeout(wait.min(left), self.channel.wait()).await {
                Ok(Some(ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. })) => {
                    terminal.feed(&data);
                    if terminal.is_full() {
                        return Pause::Full;
                    }
                }
                Ok(Some(ChannelMsg::Eof | ChannelMsg::Close) | None) => return Pause::Closed,
                Ok(Some(_)) => {}
                Err(_) if wanted(terminal) && !left.is_zero() => return Pause::Settled,
                Err(_) => return Pause::Silent,
            }
        }
    }

    /// Learns the prompt: the last line, once Enter brings the same again. What stood above
    /// it at first comes back.
    async fn learn(
        &mut self,
        mut terminal: Terminal,
        device: Device<'_>,
    ) -> Result<String, Broken> {
        let end = Instant::now() + LONGEST_LOGIN;
        let mut banner = None;
        let mut last: Option<(Vec<u8>, usize)> = None;
        for _ in 0..MOST_KNOCKS {
            let ended = last.as_ref().map_or(0, |(_, ended)| ended + 1);
            let pause = (device.quiet(), device.quiet() * 4, end);
            let wanted =
                |terminal: &Terminal| terminal.ended() >= ended && !terminal.line().is_empty();
            match self.listen(&mut terminal, pause, wanted).await {
                Pause::Closed => {
                    return Err(Broken::Gone("the device closed its shell".to_owned()));
                }
                Pause::Full => break,
                Pause::Settled | Pause::Silent => {}
            }
            let line = terminal.line().to_vec();
            let same = last
                .as_ref()
                .is_some_and(|(last, ended)| *last == line && terminal.ended() > *ended);
            if same && may_be_prompt(&line) {
                self.prompt = line;
                return Ok(banner.unwrap_or_default());
            }
            if Instant::now() >= end {
                break;
            }
            device.exchange(PAGE_COST).await?;
            if is_pager(&line) {
                terminal.turn_page();
                self.send(" ".to_owned()).await?;
                continue;
            }
            // Enter could answer a question.
            if !line.trim_ascii().is_empty() && !may_be_prompt(&line) {
                break;
            }
            banner.get_or_insert_with(|| terminal.above());
            last = Some((line, terminal.ended()));
            self.send(ENTER.to_owned()).await?;
        }
        let line = String::from_utf8_lossy(terminal.line()).trim().to_owned();
        Err(failed(
            Failure::Unsupported,
            &format!("no prompt; the last line is `{line}`"),
        ))
    }

    /// Types `enable`, and the secret where it is asked for.
    pub(super) async fn raise(
        &mut self,
        secret: &str,
        device: Device<'_>,
    ) -> Result<Raised, Broken> {
        device.exchange(COMMAND_COST).await?;
        let pause = (
            device.quiet(),
            device.silence(),
            Instant::now() + LONGEST_LOGIN,
        );
        let mut terminal = Terminal::showing(&self.prompt, LONGEST_OUTPUT);
        self.send(format!("enable{ENTER}")).await?;
        let answered = |terminal: &Terminal| {
            terminal.ended() > 0
                && (asks_password(terminal.line()) || may_be_prompt(terminal.line()))
        };
        let heard = self.listen(&mut terminal, pause, answered).await;
        if heard != Pause::Settled {
            return Err(Broken::Gone("no answer to `enable`".to_owned()));
        }
        if !asks_password(terminal.line()) {
            self.learn(terminal, device).await?;
            return Ok(Raised::NotAsked);
        }
        let before = terminal.ended();
        self.send(format!("{secret}{ENTER}")).await?;
        let answered = |terminal: &Terminal| {
            terminal.ended() > before
                && (asks_password(terminal.line()) || may_be_prompt(terminal.line()))
        };
        let heard = self.listen(&mut terminal, pause, answered).await;
        if heard != Pause::Settled
            || asks_password(terminal.line())
            || terminal.line().trim_ascii() == self.prompt.trim_ascii()
        {
            return Ok(Raised::Refused);
        }
        self.learn(terminal, device).await?;
        Ok(Raised::Yes)
    }

    /// Types a command; its output (what the device said at first, and its prompt, for none), and whether the shell is at its prompt again.
    pub(super) async fn run(
        &mut self,
        command: &str,
        device: Device<'_>,
    ) -> Result<(Answer, bool), Broken> {
        if command.is_empty() {
            return Ok((answer(format!("{}{}\n", self.banner, self.prompt())), true));
        }
        device.exchange(COMMAND_COST).await?;
        let end = Instant::now() + LONGEST_COMMAND;
        let pause = (SETTLED, device.silence(), end);
        let mut terminal = Terminal::showing(&self.prompt, LONGEST_OUTPUT);
        self.send(format!("{command}{ENTER}")).await?;
        let prompt = self.prompt.trim_ascii().to_vec();
        let at_prompt =
            |terminal: &Terminal| terminal.ended() > 0 && terminal.line().trim_ascii() == prompt;
        let elsewhere =
            |terminal: &Terminal| terminal.ended() > 0 && is_other_mode(&prompt, terminal.line());
        let mut pages = 0;
        let why = loop {
            let heard = self
                .listen(&mut terminal, pause, |terminal| {
                    at_prompt(terminal) || is_pager(terminal.line()) || elsewhere(terminal)
                })
                .await;
            match heard {
                Pause::Settled if at_prompt(&terminal) => {
                    let output = without_echo(&terminal.above(), &self.prompt(), command);
                    return Ok((answer(output), true));
                }
                Pause::Settled if elsewhere(&terminal) => {
                    let line = String::from_utf8_lossy(terminal.line()).trim().to_owned();
                    let detail = format!("the prompt changed to `{line}`");
                    let answer = Answer::failed(Failure::ParseFailed, detail);
                    return Ok((answer, false));
                }
                Pause::Settled if pages < MOST_PAGES => {
                    pages += 1;
                    terminal.turn_page();
                    device.exchange(PAGE_COST).await?;
                    self.send(" ".to_owned()).await?;
                }
                Pause::Settled | Pause::Full => break (Failure::ParseFailed, "too much output"),
                Pause::Silent => break (Failure::Timeout, "the prompt did not come back"),
                Pause::Closed => break (Failure::Refused, "the device closed its shell"),
            }
        };
        let shown = format!(
            "{}{}",
            terminal.above(),
            String::from_utf8_lossy(terminal.line())
        );
        let output = without_echo(&shown, &self.prompt(), command);
        let answer = if output.trim().is_empty() {
            Answer::failed(why.0, why.1)
        } else {
            Answer::Exec {
                status: None,
                stdout: output,
                stderr: why.1.to_owned(),
                truncated: true,
            }
        };
        Ok((answer, false))
    }
}

fn answer(output: String) -> Answer {
    Answer::Exec {
        status: is_refusal(&output).then_some(1),
        stdout: output,
        stderr: String::new(),
        truncated: false,
    }
}

fn failed(failure: Failure, detail: &str) -> Broken {
    Broken::Answer(Answer::failed(failure, detail))
}

/// Waits for the answer to a request; what the device says before it is kept.
async fn confirmed(channel: &mut Channel<Msg>, early: &mut Vec<u8>) -> Result<(), Broken> {
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => return Ok(()),
            Some(ChannelMsg::Data { data }) if early.len() < LONGEST_OUTPUT => {
                early.extend_from_slice(&data);
            }
            Some(ChannelMsg::Failure) => {
                return Err(failed(
                    Failure::Unsupported,
                    "the server refuses a shell with a terminal",
                ));
            }
            Some(ChannelMsg::Eof | ChannelMsg::Close) | None => {
                return Err(Broken::Gone("the device closed its shell".to_owned()));
            }
            Some(_) => {}
        }
    }
}
