//! The index of runs, on SQLite and on PostgreSQL: told from outside, by what commands say.
use crate::support::{arpenteur, folder, head, latest, results, root, run_command};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PLAN: &str = "sites: [{id: a, networks: [10.0.0.0/24]}]\n";

/// An audit with an id of its own, of one network.
fn audit(id: u8) -> tempfile::TempDir {
    let head = head().replace("6f1c9d9e", &format!("6f1c9d{id:02x}"));
    folder(&format!("{head}{PLAN}"))
}

/// What a device called `name` answers, in a file named by its address.
fn device(folder: &Path, name: &str, location: &str) -> PathBuf {
    let file = folder.join("10.0.0.9.snmprec");
    let text = format!(
        "1.3.6.1.2.1.1.1.0|4|Linux nas 5.10.0 #1 SMP x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n\
         1.3.6.1.2.1.1.5.0|4|{name}\n1.3.6.1.2.1.1.6.0|4|{location}\n\
         1.3.6.1.2.1.47.1.1.1.1.5.1|2|3\n1.3.6.1.2.1.47.1.1.1.1.11.1|4|SN12345\n\
         1.3.6.1.2.1.47.1.1.1.1.12.1|4|Acme\n"
    );
    std::fs::write(&file, text).unwrap();
    file
}

/// The program with this store.
struct With(String);

impl With {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = arpenteur(arguments);
        command.env("ARPENTEUR_STORE", &self.0);
        command
    }

    #[track_caller]
    fn run(&self, arguments: &[&str]) -> String {
        let ran = run_command(&mut self.command(arguments)).code(0);
        ran.stdout
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let all = [arguments, &["--json"]].concat();
        serde_json::from_str(&self.run(&all)).unwrap()
    }

    #[track_caller]
    fn audit(&self, folder: &Path, name: &str, as_of: &str) -> PathBuf {
        let file = device(folder, name, "Rack 1");
        let (dir, file) = (folder.to_str().unwrap(), file.to_str().unwrap());
        self.run(&["audit", dir, "--replay", file, "--as-of", as_of]);
        latest(folder)
    }
}

fn id(folder: &Path) -> String {
    let results = results(folder);
    let id = &results["inventory"]["assets"][0]["arpenteur_id"];
    id.as_str().unwrap().to_owned()
}

/// Two runs, a device renamed in between: told alike by index and files, before and after a rebuild.
fn a_renamed_device(store: &With, lose: &dyn Fn()) {
    let folder = audit(0x10);
    let path = folder.path();
    let dir = path.to_str().unwrap();
    let first = store.audit(path, "nas", "2026-11-01");
    let device = id(path);
    let second = store.audit(path, "files", "2026-11-08");
    assert_eq!(id(path), device, "a rename keeps the id");

    let history = store.json(&["history", dir, "FILES"]);
    assert_eq!(history["device"], device.as_str());
    let runs = history["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0]["device"]["name"], "nas");
    assert_eq!(runs[1]["changed"][0]["field"], "name");
    assert_eq!(runs[1]["changed"][0]["after"], "files");
    // By its old name, its address and its id too.
    for word in ["nas", "10.0.0.9", device.as_str()] {
        assert_eq!(store.json(&["history", dir, word]), history, "{word}");
    }
    let show = store.json(&["show", dir, "files"]);
    assert_eq!(show["known"]["arpenteur_id"], device.as_str());
    assert!(!show["known"]["keys"].as_array().unwrap().is_empty());

    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let diff = store.json(&["diff", first, second]);
    assert_eq!(diff["devices"][0]["event"], "altered");
    assert_eq!(diff["devices"][0]["fields"][0]["before"], "nas");
    let files = [first, second].map(|run| format!("{run}/results.json"));
    let by_files = store.json(&["diff", &files[0], &files[1]]);
    assert_eq!(diff, by_files, "index and files tell the same");

    let runs = store.json(&["show", dir]);
    store.run(&["store", "rebuild"]);
    assert_eq!(store.json(&["show", dir]), runs);
    assert_eq!(store.json(&["history", dir, "files"]), history);
    lose();
    store.run(&["store", "rebuild", dir]);
    assert_eq!(store.json(&["show", dir]), runs);
    assert_eq!(store.json(&["history", dir, "files"]), history);
    assert_eq!(store.json(&["show", dir, "files"]), show, "identities too");

    // Judged again: the same runs, the newest one's row replaced.
    store.run(&["audit", dir, "--last", "--as-of", "2026-11-09"]);
    let again = store.json(&["show", dir]);
    assert_eq!(again["runs"].as_array().unwrap().len(), 2);
    assert_eq!(again["runs"][1]["as_of"], "2026-11-09T23:59:59Z");
}

/// The index knows a device whose run folders are gone: it owns identities.
fn identities_outlive_their_runs(store: &With) {
    let folder = audit(0x20);
    let path = folder.path();
    store.audit(path, "nas", "2026-11-01");
    let device = id(path);
    std::fs::remove_dir_all(path.join("runs")).unwrap();
    store.audit(path, "files", "2026-11-08");
    assert_eq!(id(path), device);
}

/// Two clients with the same plan, and a folder that moves.
fn audits_never_mix(store: &With) {
    let (one, two) = (audit(0x30), audit(0x31));
    store.audit(one.path(), "nas", "2026-11-01");
    store.audit(two.path(), "other", "2026-11-01");
    assert_ne!(id(one.path()), id(two.path()));
    let dir = one.path().to_str().unwrap();
    let missing = run_command(&mut store.command(&["history", dir, "other"])).code(2);
    assert!(missing.stderr.contains("other"), "{}", missing.stderr);
    let before = store.json(&["show", dir]);
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved");
    std::fs::rename(one.path(), &moved).unwrap();
    let dir = moved.to_str().unwrap();
    assert_eq!(store.json(&["show", dir]), before);
    // The folders of the audits before are not there any more: said, and their rows stay.
    let rebuilt = run_command(&mut store.command(&["store", "rebuild"])).code(3);
    assert!(
        rebuilt.stdout.contains("moved: 1 runs"),
        "{}",
        rebuilt.stdout
    );
    assert!(
        rebuilt.stdout.contains("is not there"),
        "{}",
        rebuilt.stdout
    );
    assert_eq!(store.json(&["show", dir]), before);
}

/// A name that is long and holds what databases refuse.
fn hostile_names_are_kept(store: &With) {
    let folder = audit(0x40);
    let path = folder.path();
    let file = device(path, &"x".repeat(5000), "a");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("1.3.6.1.2.1.1.6.0|4|a", "1.3.6.1.2.1.1.6.0|4x|004100");
    std::fs::write(&file, text).unwrap();
    let (dir, file) = (path.to_str().unwrap(), file.to_str().unwrap());
    let told = store.run(&["audit", dir, "--replay", file, "--as-of", "2026-11-01"]);
    assert!(!told.contains("store cannot"), "{told}");
    let runs = store.json(&["show", dir]);
    assert_eq!(runs["runs"][0]["devices"], 1);
}

/// Audits of several folders at once, the database made by whoever comes first.
fn folders_at_the_same_time(store: &With) {
    let folders: Vec<tempfile::TempDir> = (0x50..0x54).map(audit).collect();
    for as_of in ["2026-11-01", "2026-11-02"] {
        let running: Vec<_> = folders
            .iter()
            .map(|folder| {
                let file = device(folder.path(), "nas", as_of);
                let (dir, file) = (folder.path().to_str().unwrap(), file.to_str().unwrap());
                let arguments = ["audit", dir, "--replay", file, "--as-of", as_of];
                let mut command = store.command(&arguments);
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
                command.spawn().unwrap()
            })
            .collect();
        for child in running {
            let ended = child.wait_with_output().unwrap();
            let told = String::from_utf8_lossy(&ended.stdout).into_owned();
            assert!(ended.status.success(), "{told}");
            assert!(!told.contains("store cannot"), "{told}");
        }
    }
    for folder in &folders {
        let dir = folder.path().to_str().unwrap();
        let runs = store.json(&["show", dir]);
        assert_eq!(runs["runs"].as_array().unwrap().len(), 2);
    }
}

fn sqlite(folder: &Path) -> (With, PathBuf) {
    let file = folder.join("index.db");
    (With(format!("sqlite:{}", file.display())), file)
}

#[test]
fn sqlite_tells_what_the_run_folders_tell() {
    let home = tempfile::tempdir().unwrap();
    let (store, file) = sqlite(home.path());
    a_renamed_device(&store, &|| {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", file.display()));
        }
    });
    identities_outlive_their_runs(&store);
    audits_never_mix(&store);
    hostile_names_are_kept(&store);
}

#[test]
fn sqlite_takes_several_audits_at_once() {
    let home = tempfile::tempdir().unwrap();
    folders_at_the_same_time(&sqlite(home.path()).0);
}

/// A PostgreSQL of the test's own.
struct Postgres {
    url: String,
    home: tempfile::TempDir,
}

impl Postgres {
    fn up() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut up = Command::new(root().join("tests/postgres"));
        let up = run_command(up.arg("up").arg(home.path())).code(0);
        let url = up.stdout.trim().to_owned();
        Self { url, home }
    }

    fn sql(&self, sql: &str) {
        let url = format!("{}/postgres", self.url);
        let mut psql = Command::new("psql");
        run_command(psql.args(["--quiet", "--dbname", &url, "--command", sql])).code(0);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut down = Command::new(root().join("tests/postgres"));
        let _ = down.arg("down").arg(self.home.path()).status();
    }
}

#[test]
fn postgresql_tells_what_the_run_folders_tell() {
    let server = Postgres::up();
    server.sql("CREATE DATABASE runs");
    let store = With(format!("{}/runs", server.url));
    a_renamed_device(&store, &|| {
        server.sql("DROP DATABASE runs");
        server.sql("CREATE DATABASE runs");
    });
    identities_outlive_their_runs(&store);
    audits_never_mix(&store);
    hostile_names_are_kept(&store);
    server.sql("CREATE DATABASE fresh");
    folders_at_the_same_time(&With(format!("{}/fresh", server.url)));
}

#[test]
fn an_audit_runs_without_a_store_and_says_so_once() {
    let folder = audit(0x60);
    let path = folder.path();
    let file = device(path, "nas", "a");
    let (dir, file) = (path.to_str().unwrap(), file.to_str().unwrap());
    let arguments = ["audit", dir, "--replay", file, "--as-of", "2026-11-01"];
    for store in [
        "sqlite:/proc/none/index.db",
        "postgres://u:canary-secret@127.0.0.1:1/none",
    ] {
        let store = With(store.to_owned());
        let ran = run_command(&mut store.command(&arguments)).code(0);
        assert_eq!(ran.stdout.matches("The store cannot be used").count(), 1);
        assert!(!ran.stdout.contains("canary-secret"), "{}", ran.stdout);
        let refused = run_command(&mut store.command(&["show", dir])).code(2);
        assert!(refused.stderr.contains("help:"), "{}", refused.stderr);
        assert!(!refused.stderr.contains("canary-secret"));
    }
    let mut homeless = arpenteur(&arguments);
    let ran = run_command(homeless.env_remove("XDG_DATA_HOME").env("LANG", "fr")).code(0);
    assert!(ran.stdout.contains("HOME"), "{}", ran.stdout);
    let first = id(path);
    device(path, "files", "a");
    let store = With("sqlite:/proc/none/index.db".to_owned());
    run_command(&mut store.command(&arguments)).code(0);
    assert_eq!(id(path), first, "the folder's own identities serve");
}

#[test]
fn a_newer_schema_is_refused_with_help() {
    let home = tempfile::tempdir().unwrap();
    let (store, file) = sqlite(home.path());
    let folder = audit(0x70);
    let dir = folder.path().to_str().unwrap();
    store.run(&["show", dir]);
    let sql = "INSERT INTO _sqlx_migrations VALUES (99, 'later', CURRENT_TIMESTAMP, 1, x'00', 1)";
    let mut python = Command::new("python3");
    let program =
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    run_command(python.args(["-c", program]).arg(&file).arg(sql)).code(0);
    let refused = run_command(&mut store.command(&["show", dir])).code(2);
    assert!(refused.stderr.contains("schema 99"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("help: update"),
        "{}",
        refused.stderr
    );
}

#[test]
fn gc_removes_old_runs_and_keeps_what_is_needed() {
    let home = tempfile::tempdir().unwrap();
    let (store, _) = sqlite(home.path());
    let folder = audit(0x90);
    let path = folder.path();
    let dir = path.to_str().unwrap();
    let mut runs = Vec::new();
    for day in ["01", "02", "03", "04"] {
        let as_of = format!("2026-11-{day}");
        runs.push(store.audit(path, &format!("nas{day}"), &as_of));
        // Run folders are named by the second.
        std::thread::sleep(Duration::from_millis(1100));
    }
    let newest = store.audit(path, "nas05", "2026-11-04");
    let interrupted = path.join("runs/20200101T000000Z-aaaaaa");
    std::fs::create_dir(&interrupted).unwrap();
    std::fs::write(interrupted.join("journal.jsonl"), "{}").unwrap();
    let journal = path.join("cmdb/netbox");
    std::fs::create_dir_all(&journal).unwrap();
    let named = runs[0].file_name().unwrap().to_str().unwrap();
    std::fs::write(
        journal.join("journal.jsonl"),
        format!("{{\"run\":\"{named}\"}}\n"),
    )
    .unwrap();

    let device = id(path);
    let would = store.json(&["gc", dir, "--keep", "1"]);
    let gone: Vec<&str> = would["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run.as_str().unwrap())
        .collect();
    // The first is named by a journal; the third is what the newest is compared with.
    let expected = [runs[1].to_str().unwrap(), runs[3].to_str().unwrap()];
    assert_eq!(gone, expected);
    assert!(
        runs.iter().all(|run| run.is_dir()),
        "a dry run removes nothing"
    );
    let done = store.json(&["gc", dir, "--keep", "1", "--apply"]);
    assert_eq!(done["runs"], would["runs"]);
    let there = [true, false, true, false];
    assert!(
        runs.iter()
            .zip(there)
            .all(|(run, there)| run.is_dir() == there)
    );
    assert!(newest.is_dir() && interrupted.is_dir());
    let left = store.json(&["show", dir]);
    assert_eq!(left["runs"].as_array().unwrap().len(), 3);
    let history = store.json(&["history", dir, &device]);
    assert_eq!(history["runs"].as_array().unwrap().len(), 3);
    run_command(&mut store.command(&["gc", dir, "--keep", "0"])).code(2);
}

/// A number below `most` that differs from call to call.
fn chance(most: u64) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) % most
}

#[test]
fn killed_a_hundred_times_no_run_is_lost_and_none_is_half_written() {
    let home = tempfile::tempdir().unwrap();
    let (store, _) = sqlite(home.path());
    let folder = audit(0x80);
    let path = folder.path();
    let dir = path.to_str().unwrap();
    let file = device(path, "nas", "a");
    let file = file.to_str().unwrap();
    let arguments = ["audit", dir, "--replay", file, "--as-of", "2026-11-01"];
    // An audit writes the folder and then the index; a rebuild, which takes less time, the index alone.
    for work in [&arguments as &[&str], &["store", "rebuild", dir]] {
        let started = Instant::now();
        store.run(work);
        let mut whole = u64::try_from(started.elapsed().as_micros()).unwrap();
        let (mut killed, mut tried) = (0, 0);
        while killed < 50 {
            let mut command = store.command(work);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            // The last two thirds, where files and rows are written.
            std::thread::sleep(Duration::from_micros(whole / 3 + chance(whole * 2 / 3)));
            child.kill().unwrap();
            let at_work = !child.wait().unwrap().success();
            killed += usize::from(at_work);
            // The machine's load comes and goes: the guess of the length goes with it.
            whole = if at_work {
                whole * 21 / 20
            } else {
                whole * 9 / 10
            };
            tried += 1;
            assert!(tried < 200, "{killed} of {tried} were killed at work");
        }
    }
    // Every judged folder is whole.
    let mut judged = Vec::new();
    for entry in std::fs::read_dir(path.join("runs")).unwrap().flatten() {
        let run = entry.path();
        if !run.join("results.json").is_file() {
            continue;
        }
        for name in ["results.json", "identities.json", "samples.json"] {
            let bytes = std::fs::read(run.join(name)).unwrap();
            serde_json::from_slice::<Value>(&bytes).unwrap();
        }
        for name in [
            "report.fr.html",
            "report.en.html",
            "ledger.csv",
            "recording.jsonl.gz",
        ] {
            assert!(std::fs::metadata(run.join(name)).unwrap().len() > 0);
        }
        judged.push(run.file_name().unwrap().to_str().unwrap().to_owned());
    }
    judged.sort();
    assert!(judged.len() > 1, "some runs ended before they were killed");
    let runs = store.json(&["show", dir]);
    let indexed: Vec<&str> = runs["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["name"].as_str().unwrap())
        .collect();
    assert_eq!(indexed, judged, "no run lost");
    let history = store.json(&["history", dir, "nas"]);
    let every = history["runs"].as_array().unwrap();
    assert!(every.iter().all(|step| step["device"]["name"] == "nas"));
    store.run(&["store", "rebuild"]);
    assert_eq!(store.json(&["show", dir]), runs);
    assert_eq!(store.json(&["history", dir, "nas"]), history);
    store.run(&arguments);
}
