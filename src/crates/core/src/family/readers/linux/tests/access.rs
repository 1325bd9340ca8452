//! Accounts, sudo, packet filter, kernel parameters, listeners, clock.
use super::*;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n\
    sync:x:4:65534:sync:/bin:/bin/sync\n\
    alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n\
    bob:x:1001:27:Bob:/home/bob:/bin/bash\n\
    backup:x:34:34:backup:/var/backups:/bin/sh\n\
    toor:x:0:0::/root:/bin/sh\n+::::::\nbroken line\n";
const GROUP: &str = "root:x:0:\nsudo:x:27:\nadm:x:4:alice\nops:x:2000:alice\nempty:x:2001:\n";
const SHADOW: &str = "root:$y$j9T$abcdefgh$abcdefghijklmnop:19000:0:99999:7:::\n\
    daemon:*:19000:0:99999:7:::\nsync:*:19000:0:99999:7:::\n\
    alice:$1$abcdefgh$abcdefghijklmnopqrstuv:19000:0:99999:7:::\n\
    bob::19000:0:99999:7:::\nbackup:!$6$abc$abcdefghij:19000:0:99999:7:::\n+::::::::\n";

fn accounts(all: &[Exchange]) -> Vec<Account> {
    sheet(all).facts().unwrap().accounts
}

fn account<'a>(list: &'a [Account], name: &str) -> &'a Account {
    list.iter().find(|account| account.name == name).unwrap()
}

#[test]
fn accounts_have_states_and_methods_and_never_a_hash() {
    let all = [
        said("cat /etc/passwd", PASSWD),
        said("cat /etc/group", GROUP),
        exec("cat /etc/shadow", true, 0, SHADOW, ""),
    ];
    let list = accounts(&all);
    assert_eq!(list.len(), 7);
    let state = |name: &str| {
        let account = account(&list, name);
        (
            account.password.as_deref(),
            account.password_hash.as_deref(),
        )
    };
    assert_eq!(state("root"), (Some("set"), Some("yescrypt")));
    assert_eq!(state("alice"), (Some("set"), Some("md5")));
    assert_eq!(state("bob"), (Some("empty"), None));
    assert_eq!(state("backup"), (Some("locked"), None));
    assert_eq!(state("daemon"), (Some("none"), None));
    assert!(account(&list, "bob").login && !account(&list, "daemon").login);
    let toor = "accounts[toor].password".parse().unwrap();
    assert_eq!(sheet(&all).unread(&toor), Some(UnreadReason::ParseFailed));
    let written = serde_json::to_string(&all).unwrap();
    assert!(!written.contains("abcdefgh"), "{written}");
}

#[test]
fn without_root_passwords_and_rules_are_denied() {
    let all = [
        said("cat /etc/passwd", PASSWD),
        said("cat /etc/group", GROUP),
        refused(
            "cat /etc/shadow",
            false,
            1,
            "cat: /etc/shadow: Permission denied",
        ),
        refused("cat /etc/shadow", true, 1, "sudo: a password is required"),
        refused(
            "cat /etc/sudoers",
            false,
            1,
            "cat: /etc/sudoers: Permission non accordée",
        ),
    ];
    let list = accounts(&all);
    assert_eq!(account(&list, "root").administrator, Some(true));
    assert_eq!(
        account(&list, "bob").administrator,
        Some(true),
        "its own group is sudo"
    );
    assert_eq!(
        account(&list, "alice").administrator,
        None,
        "a rule may name her"
    );
    let sheet = sheet(&all);
    for at in [
        "accounts[root].password",
        "accounts[root].password_hash",
        "security.sudo",
    ] {
        assert_eq!(
            sheet.unread(&at.parse().unwrap()),
            Some(UnreadReason::Denied),
            "{at}"
        );
    }
    refuses("cat /etc/passwd", "accounts");
    let empty = one("cat /etc/passwd", "", "accounts");
    assert_eq!(empty, Fact::Unread(UnreadReason::ParseFailed));
}

const SUDOERS: &str = "Defaults env_reset\n# comment = no rule\nUser_Alias OPS = alice, \\\n  %ops\n\
    User_Alias AGENTS = backup : FAR = zoe\nCmnd_Alias ANY = ALL, !/bin/su\n\
    root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\nOPS ALL = NOPASSWD: ANY\n\
    AGENTS, zoe ALL=(ALL) NOPASSWD: ALL\nalice, %empty ALL=(www-data) NOPASSWD: ALL\n\
    bob ALL=(root) NOPASSWD: /usr/bin/id, /bin/ls *, PASSWD: ALL\n#1001 ALL = NOEXEC: NOPASSWD: ALL # why\n\
    @includedir /etc/sudoers.d\n";

fn rules(more: &str) -> Vec<(String, Option<bool>, bool, bool)> {
    let all = [
        said("cat /etc/passwd", PASSWD),
        said("cat /etc/group", GROUP),
        exec("cat /etc/sudoers", true, 0, SUDOERS, ""),
        exec(
            "grep -Rn . /etc/sudoers.d",
            true,
            u32::from(more.is_empty()),
            more,
            "",
        ),
    ];
    let rules = sheet(&all).facts().unwrap().security.sudo;
    let rule = |rule: SudoRule| (rule.name, rule.person, rule.all_commands, rule.nopasswd);
    rules.into_iter().map(rule).collect()
}

#[test]
fn rules_of_sudo_tell_who_gets_what() {
    let found = rules("");
    let expected = [
        ("/etc/sudoers:10 AGENTS", Some(false), true, true),
        ("/etc/sudoers:10 zoe", None, true, true),
        ("/etc/sudoers:11 %empty", Some(false), false, true),
        ("/etc/sudoers:11 alice", Some(true), false, true),
        ("/etc/sudoers:12 bob", Some(true), true, false),
        ("/etc/sudoers:13 #1001", Some(true), true, true),
        ("/etc/sudoers:7 root", Some(false), true, false),
        ("/etc/sudoers:8 %sudo", Some(true), true, false),
        ("/etc/sudoers:9 OPS", Some(true), true, true),
    ];
    let found: Vec<_> = found
        .iter()
        .map(|(n, p, a, w)| (n.as_str(), *p, *a, *w))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn files_beside_sudoers_count_and_hidden_ones_do_not() {
    let more = "/etc/sudoers.d/90-cloud:1:alice ALL=(ALL) NOPASSWD:ALL\n\
        /etc/sudoers.d/README.txt:1:bob ALL=(ALL) NOPASSWD:ALL\n\
        /etc/sudoers.d/old~:1:bob ALL=(ALL) NOPASSWD:ALL\n\
        /etc/sudoers.d/zz:3:Defaults !authenticate\nno colons here\n";
    let found = rules(more);
    let cloud = found
        .iter()
        .find(|rule| rule.0 == "/etc/sudoers.d/90-cloud:1 alice");
    assert_eq!(cloud.map(|rule| (rule.2, rule.3)), Some((true, true)));
    assert_eq!(found.len(), 10);
    assert!(found.iter().all(|rule| rule.3), "nobody is asked");
}

#[test]
fn rules_kept_elsewhere_are_not_all_the_rules() {
    let elsewhere = "root ALL=(ALL) ALL\n@include /usr/local/etc/sudoers\n";
    let all = [exec("cat /etc/sudoers", true, 0, elsewhere, "")];
    let at = "security.sudo";
    assert_eq!(
        fact(&sheet(&all), at),
        Fact::Unread(UnreadReason::NotCollected)
    );
    let none = refused(
        "cat /etc/sudoers",
        false,
        1,
        "cat: can't open '/etc/sudoers': No such file or directory",
    );
    assert_eq!(fact(&sheet(&[none]), at), Fact::Absent);
    refuses("cat /etc/sudoers", at);
}

const FIREWALLD: &str = "table inet firewalld {\n\tchain filter_INPUT {\n\
    \t\ttype filter hook input priority filter + 10; policy accept;\n\
    \t\tct state { established, related } accept\n\t\tct state invalid drop\n\
    \t\treject with icmpx admin-prohibited\n\t}\n}\n";
const FAIL2BAN: &str = "table inet f2b-table {\n\tset addr-set-sshd {\n\t\ttype ipv4_addr\n\
    \t\telements = { 203.0.113.9 }\n\t}\n\n\tchain f2b-chain {\n\
    \t\ttype filter hook input priority filter - 1; policy accept;\n\
    \t\ttcp dport 22 ip saddr @addr-set-sshd reject with icmp port-unreachable\n\t}\n}\n\
    table ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n";
const UFW: &str = "*nat\n:PREROUTING DROP [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n\
    :ufw-after-input - [0:0]\n-A INPUT -j ufw-after-input\n-A ufw-after-input -p udp -j REJECT\nCOMMIT\n";
const OPEN: &str = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OTHER - [0:0]\n\
    -A INPUT -s 203.0.113.9/32 -j DROP\n-A INPUT -m conntrack --ctstate INVALID -j DROP\n\
    -A OTHER -j DROP\nCOMMIT\n";

fn firewall(nft: Exchange, iptables: Exchange) -> Fact<Json> {
    fact(&sheet(&[nft, iptables]), "security.firewall")
}

#[test]
fn a_firewall_is_what_keeps_others_out() {
    let nft = |text: &str| exec("nft list ruleset", true, 0, text, "");
    let tables = |text: &str| exec("iptables-save", true, 0, text, "");
    assert_eq!(firewall(nft(FIREWALLD), tables("")), known(json!(true)));
    assert_eq!(firewall(nft(""), tables(UFW)), known(json!(true)));
    assert_eq!(firewall(nft(FAIL2BAN), tables(OPEN)), known(json!(false)));
    assert_eq!(firewall(nft(""), tables("")), known(json!(false)));
    let policy =
        "table inet x {\n chain in {\n  type filter hook input priority 0; policy drop;\n }\n}\n";
    assert_eq!(firewall(nft(policy), tables("")), known(json!(true)));
    let jump = "table inet x {\n chain in {\n  type filter hook input priority 0; policy accept;\n\
        iifname vmap { \"lo\" : accept, \"eth0\" : jump world }\n }\n chain world {\n  counter drop comment \"a\"\n }\n}\n";
    assert_eq!(firewall(nft(jump), tables("")), known(json!(true)));
    let said = "table inet x {\n chain in {\n  type filter hook input priority 0; policy accept;\n\
        accept comment \"drop nothing\"\n }\n}\n";
    assert_eq!(firewall(nft(said), tables("")), known(json!(false)));
    let but = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT ! -s 10.0.0.0/8 -j DROP\nCOMMIT\n";
    assert_eq!(firewall(nft(""), tables(but)), known(json!(true)));
}

#[test]
fn that_there_is_no_filter_is_believed_from_root_alone() {
    let missing = |command: &str, sudo: bool| {
        let said = if sudo {
            format!("sudo: {command}: command not found")
        } else {
            "sh: 1: not found".to_owned()
        };
        refused(command, sudo, if sudo { 1 } else { 127 }, &said)
    };
    let both = |sudo: bool| {
        firewall(
            missing("nft list ruleset", sudo),
            missing("iptables-save", sudo),
        )
    };
    assert_eq!(both(true), known(json!(false)));
    assert_eq!(both(false), Fact::Unread(UnreadReason::Denied));
    let denied = refused("nft list ruleset", true, 1, "sudo: a password is required");
    let open = exec("iptables-save", true, 0, OPEN, "");
    assert_eq!(firewall(denied, open), Fact::Unread(UnreadReason::Denied));
    let no_sudo = refused(
        "nft list ruleset",
        true,
        127,
        "bash: line 1: sudo: command not found",
    );
    let open = exec("iptables-save", true, 0, OPEN, "");
    assert_eq!(firewall(no_sudo, open), Fact::Unread(UnreadReason::Denied));
    let container = refused(
        "nft list ruleset",
        true,
        1,
        "Operation not permitted (you must be root)",
    );
    let open = exec("iptables-save", true, 0, OPEN, "");
    assert_eq!(
        firewall(container, open),
        Fact::Unread(UnreadReason::Denied)
    );
    let tools = exec(
        "ls /usr/sbin/nft /sbin/nft /usr/sbin/iptables-save /sbin/iptables-save",
        false,
        2,
        "/usr/sbin/nft\n",
        "ls: cannot access '/usr/sbin/iptables-save': No such file or directory",
    );
    let nft = exec("nft list ruleset", true, 0, "", "");
    let refused_by_list = refused("iptables-save", true, 1, "sudo: a password is required");
    let listed = [tools, nft.clone(), refused_by_list.clone()];
    assert_eq!(
        fact(&sheet(&listed), "security.firewall"),
        known(json!(false))
    );
    let alone = fact(&sheet(&[nft, refused_by_list]), "security.firewall");
    assert_eq!(alone, Fact::Unread(UnreadReason::Denied));
    refuses("nft list ruleset", "security.firewall");
}

#[test]
fn kernel_parameters_are_those_asked_for() {
    let command = super::super::sysctl::SUBJECT.guarded[0];
    let text =
        "/proc/sys/kernel/kptr_restrict:0\n/proc/sys/kernel/hostname:x\n/etc/passwd:a\nbroken\n";
    let partial = exec(
        command,
        false,
        2,
        text,
        "grep: /proc/sys/fs/protected_symlinks: Permission denied",
    );
    assert_eq!(
        fact(&sheet(&[partial]), "security.sysctl"),
        known(json!({"kernel.kptr_restrict": "0"}))
    );
    assert_eq!(
        one(command, "", "security.sysctl"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
}

#[test]
fn listeners_leave_loopback_out() {
    let text = "udp   UNCONN 0      0      0.0.0.0%eth0:68         0.0.0.0:*    users:((\"dhclient\",pid=612,fd=7))\n\
        tcp   LISTEN 0      128          0.0.0.0:22         0.0.0.0:*    users:((\"sshd\",pid=700,fd=3))\n\
        tcp   LISTEN 0      128             [::]:22            [::]:*    users:((\"sshd\",pid=700,fd=4))\n\
        tcp   LISTEN 0      244        127.0.0.1:5432       0.0.0.0:*\n\
        udp   UNCONN 0      0      127.0.0.53%lo:53         0.0.0.0:*\n\
        udp   UNCONN 0      0    [fe80::1]%eth0:546           [::]:*\nnonsense\ntcp LISTEN 0 0 *:99999 *:*\n";
    let all = [said("ss -H -l -n -t -u -p", text)];
    let list = sheet(&all).facts().unwrap().security.listeners;
    let found: Vec<_> = list
        .iter()
        .map(|l| (l.name.as_str(), l.program.as_deref(), l.addresses.join(" ")))
        .collect();
    assert_eq!(
        found,
        [
            ("tcp/22", Some("sshd"), "*".to_owned()),
            ("udp/68", Some("dhclient"), "*".to_owned()),
            ("udp/546", None, "fe80::1".to_owned()),
        ]
    );
    assert_eq!(
        one("ss -H -l -n -t -u -p", "", "security.listeners"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    let netstat = "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address Foreign Address State PID/Program name\n\
        tcp        0      0 :::22                   :::*                    LISTEN      1/sshd\n\
        udp        0      0 0.0.0.0:123             0.0.0.0:*                           5/chronyd\n";
    let all = [
        refused("ss -H -l -n -t -u -p", false, 127, "sh: ss: not found"),
        said("netstat -lntup", netstat),
    ];
    let list = sheet(&all).facts().unwrap().security.listeners;
    let found: Vec<_> = list
        .iter()
        .map(|l| (l.name.as_str(), l.program.as_deref()))
        .collect();
    assert_eq!(
        found,
        [("tcp/22", Some("sshd")), ("udp/123", Some("chronyd"))]
    );
}

#[test]
fn the_clock_tells_its_sources_and_its_error() {
    let tracking = "Reference ID    : C0000201 (192.0.2.1)\nStratum         : 3\nSystem time     : 1.500000000 seconds slow of NTP time\n\
        Root delay      : 0.020000000 seconds\nRoot dispersion : 0.001000000 seconds\nLeap status     : Normal\n";
    let sources = "MS Name/IP address         Stratum Poll Reach LastRx Last sample\n\
        ===============================================================================\n\
        ^* ntp.example.org               2   6   377    20   -123us[ -150us] +/-   11ms\n#- GPS 0 4 0 - +0ns[+0ns] +/- 0ns\n";
    let chrony = sheet(&[
        said("chronyc -n tracking", tracking),
        said("chronyc -N sources", sources),
    ]);
    assert_eq!(
        fact(&chrony, "clock.sources"),
        known(json!(["ntp.example.org"]))
    );
    assert_eq!(fact(&chrony, "clock.offset"), known(json!(-1500)));
    assert_eq!(fact(&chrony, "clock.offset_error"), known(json!(11)));
    let lost = tracking.replace("Normal", "Not synchronised");
    let lost = sheet(&[
        said("chronyc -n tracking", &lost),
        said("chronyc -N sources", sources),
    ]);
    assert!(matches!(fact(&lost, "clock.offset"), Fact::Unread(_)));
    let status = "       Server: 192.0.2.9 (ntp.example.org)\nPoll interval: 34min 8s (min: 32s; max 34min 8s)\n       Offset: -2.501ms\n        Delay: 30.2ms\n";
    let timesyncd = sheet(&[said("timedatectl timesync-status", status)]);
    assert_eq!(
        fact(&timesyncd, "clock.sources"),
        known(json!(["ntp.example.org"]))
    );
    assert_eq!(fact(&timesyncd, "clock.offset"), known(json!(3)));
    let peers = "     remote           refid      st t when poll reach   delay   offset  jitter\n==============\n\
        *192.0.2.4      .GPS.            1 u   33   64  377    0.100   12.300   0.020\n+192.0.2.5      .PPS. 1 u 3 64 377 1 x y\n";
    let ntpd = sheet(&[said("ntpq -pn", peers)]);
    assert_eq!(
        fact(&ntpd, "clock.sources"),
        known(json!(["192.0.2.4", "192.0.2.5"]))
    );
    assert_eq!(fact(&ntpd, "clock.offset"), known(json!(-13)));
    let huge = tracking.replace("1.500000000", "1e300");
    let huge = sheet(&[
        said("chronyc -n tracking", &huge),
        said("chronyc -N sources", sources),
    ]);
    assert_eq!(
        fact(&huge, "clock.offset"),
        known(json!(-3_200_000_000_000_i64))
    );
}

#[test]
fn resolvers_are_those_behind_the_local_stub() {
    let stub = said(
        "cat /etc/resolv.conf",
        "# stub\nnameserver 127.0.0.53\noptions edns0\n",
    );
    let behind = said(
        "cat /run/systemd/resolve/resolv.conf",
        "nameserver 192.0.2.53\nnameserver 2001:db8::53\n",
    );
    assert_eq!(
        fact(&sheet(&[stub.clone(), behind]), "dns.resolvers"),
        known(json!(["192.0.2.53", "2001:db8::53"]))
    );
    assert_eq!(
        fact(&sheet(&[stub]), "dns.resolvers"),
        Fact::Unread(UnreadReason::NotCollected)
    );
    assert_eq!(
        one(
            "cat /etc/resolv.conf",
            "search example.org\n",
            "dns.resolvers"
        ),
        Fact::Absent
    );
    refuses("cat /etc/resolv.conf", "dns.resolvers");
}
