use super::{Answer, Redactor};

fn clean(text: &str) -> String {
    Redactor::new([("snmp-ro".to_owned(), "s3cret-ro".to_owned())]).text(text)
}

#[test]
fn our_own_credential_is_named() {
    assert_eq!(
        clean("rocommunity s3cret-ro 10.0.0.0/8"),
        "rocommunity <secret:snmp-ro> 10.0.0.0/8"
    );
}

#[test]
fn a_well_known_community_stays() {
    assert_eq!(
        clean("rocommunity public\nrwcommunity private"),
        "rocommunity public\nrwcommunity private"
    );
}

#[test]
fn found_secrets_are_masked() {
    let cases = [
        ("rwcommunity hunter22", "rwcommunity <hash:community>"),
        (
            "createUser bob SHA \"authpass1\" AES \"privpass1\"",
            "createUser bob SHA <hash:password> AES <hash:password>",
        ),
        (
            "createUser bob MD5 authpass1",
            "createUser bob MD5 <hash:password>",
        ),
        (
            "root:$6$salt$abcdefghijklmnopqrst.:19000:0",
            "root:$6$<hash:password>:19000:0",
        ),
        (
            "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
            "enable secret 5 $1$<hash:password>",
        ),
        (
            "snmp-server community topsecret RO 10",
            "snmp-server community <hash:community> RO 10",
        ),
        (
            "username joe privilege 15 password 7 0822455D0A16",
            "username joe privilege 15 password 7 <hash:password>",
        ),
    ];
    for (before, after) in cases {
        assert_eq!(clean(before), after);
    }
}

#[test]
fn sshd_options_are_not_taken_for_passwords() {
    let text = "permitrootlogin no\npasswordauthentication no\npermitemptypasswords no";
    assert_eq!(clean(text), text);
}

#[test]
fn redaction_twice_changes_nothing_more() {
    let once = clean("rwcommunity hunter22\ncreateUser bob SHA \"authpass1\" AES \"privpass1\"");
    assert_eq!(clean(&once), once);
}

/// What an output of a shell becomes.
fn output(text: &str) -> String {
    let redactor = Redactor::new([("sw".to_owned(), "our-Enable-1".to_owned())]);
    let answer = Answer::Exec {
        status: None,
        stdout: text.to_owned(),
        stderr: String::new(),
        truncated: false,
    };
    match redactor.answer(answer) {
        Answer::Exec { stdout, .. } => stdout,
        other => panic!("{other:?}"),
    }
}

#[test]
fn tags_of_sudo_are_no_passwords() {
    let text =
        "alice ALL=(ALL) NOPASSWD: ALL\nbob ALL = NOPASSWD:OPS, PASSWD: /bin/ls, PASSWD: ALL";
    assert_eq!(output(text), text);
    assert_eq!(output("DB_PASSWD: Canary"), "DB_PASSWD: <hash:password>");
}

/// Every secret holds the word Canary; what else stands on the line stays.
#[test]
fn secrets_of_network_configurations_are_masked_whoever_made_the_device() {
    let lines = [
        // IOS, NX-OS, EOS, ASA.
        "enable secret 5 $1$Cana$ryCanaryCanaryCanary.",
        "enable secret 9 $9$Canary-Canary$Canary/Canary.Canary",
        "enable password level 15 7 07CanaryB",
        "enable password Canary encrypted",
        "username joe privilege 15 secret sha512 $6$Canary$Canary.Canary/",
        "username joe password 0 Canary",
        " password 7 0822Canary",
        "snmp-server community Canary RO 10",
        "snmp-server community \"Canary rw\" unrestricted",
        "snmp-server host 10.0.0.5 traps version 2c Canary",
        "snmp-server host 10.0.0.5 Canary",
        "snmp-server host inside 10.0.0.5 community Canary version 2c",
        "snmp-server user joe group v3 auth sha Canary1 priv aes 128 Canary2",
        "snmp-server user joe network-admin auth md5 0xCanary priv 0xabcdefCanary localizedkey",
        "tacacs-server key 7 01Canary",
        "tacacs-server host 10.0.0.6 key Canary",
        "radius-server host 10.0.0.7 auth-port 1812 key 7 \"Canary\"",
        " server-private 10.0.0.8 timeout 5 key Canary",
        " key 7 06Canary",
        " key Canary",
        "  key-string 7 Canary",
        "crypto isakmp key Canary address 0.0.0.0",
        " pre-shared-key address 0.0.0.0 0.0.0.0 key 6 Canary",
        " pre-shared-key local Canary",
        " ikev1 pre-shared-key Canary",
        " ip ospf message-digest-key 1 md5 7 Canary",
        " ip ospf authentication-key Canary",
        "ntp authentication-key 1 md5 Canary 7",
        " standby 1 authentication md5 key-string 7 Canary",
        " vrrp 1 authentication text Canary",
        " neighbor 10.0.0.9 password 7 Canary",
        " ppp chap password 7 Canary",
        " wpa-psk ascii 0 Canary",
        " security wpa akm psk set-key ascii 0 Canary",
        "failover key Canary",
        " ldap-login-password Canary",
        "passwd Canary encrypted",
        "Community name: Canary",
        // ArubaOS, AOS-CX, ProCurve.
        "password manager user-name \"admin\" sha1 \"Canary\"",
        "snmpv3 user joe auth sha auth-pass ciphertext Canary priv aes priv-pass ciphertext Canary",
        "radius-server host 10.0.0.7 encrypted-key \"Canary\"",
        " wpa-passphrase Canary",
        // Comware, Huawei.
        "snmp-agent community read cipher %^%#Canary with blanks%^%# acl 2000",
        "snmp-agent community write Canary",
        "snmp-agent target-host trap address udp-domain 10.0.0.5 params securityname Canary v2c",
        "snmp-agent usm-user v3 joe g authentication-mode sha Canary privacy-mode aes128 Canary",
        " local-user joe password irreversible-cipher $1c$Canary$Canary$",
        " password hash $h$6$Canary==",
        " set authentication password cipher Canary",
        "radius-server shared-key cipher Canary",
        " key authentication cipher $c$3$Canary==",
        " ospf authentication-mode md5 1 cipher Canary",
        " vrrp vrid 1 authentication-mode simple plain Canary",
        // Junos.
        "set system root-authentication encrypted-password \"$6$Canary$Canary\"",
        "    secret \"$9$Can-ary.Canary\"; ## SECRET-DATA",
        "    simple-password \"Canary\"; ## SECRET-DATA",
        "    authentication-key \"$9$Canary\";",
        "    pre-shared-key ascii-text \"$9$Canary\";",
        "set snmp community Canary authorization read-only",
        "    community Canary {",
        // FortiOS.
        "        set password ENC SH2Canary=",
        "        set psksecret ENC Canary+/=",
        "        set passphrase \"Canary\"",
        "        set passwd ENC Canary",
        "        set auth-pwd ENC Canary",
        // RouterOS, Alcatel, Extreme, others.
        " 0 name=\"ppp1\" password=\"Canary\" profile=default",
        " wpa2-pre-shared-key=\"Canary\" mode=dynamic",
        "aaa radius-server \"r1\" host 10.0.0.7 hash-key Canary",
        "user admin password Canary",
        "snmp community map \"Canary\" user \"joe\" on",
        "configure snmpv3 add community Canary name x",
        "configure radius shared-secret encrypted \"Canary\"",
        "{\"password\": \"Canary\", \"port\": 1}",
        "<secret>Canary</secret>",
        "Shared Secret : Canary",
        "-----BEGIN RSA PRIVATE KEY-----\nCanary\nCanary\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nCanary cut",
    ];
    let leaks: Vec<String> = lines
        .iter()
        .map(|line| output(&format!("hostname sw1\n{line}\ninterface Vlan1\n")))
        .filter(|clean| {
            let cut = clean.contains("BEGIN OPENSSH");
            clean.to_lowercase().contains("canary")
                || !clean.starts_with("hostname sw1\n")
                || !(cut || clean.ends_with("\ninterface Vlan1\n"))
        })
        .collect();
    assert!(leaks.is_empty(), "{}", leaks.join("---\n"));
    let all = lines.join("\n");
    let once = output(&all);
    assert_eq!(output(&once), once, "twice changes nothing more");
}

#[test]
fn what_stands_beside_a_secret_stays() {
    for (before, after) in [
        (
            "snmp-server community Canary RO 10",
            "snmp-server community <hash:community> RO 10",
        ),
        (
            "username joe password 7 Canary privilege 15",
            "username joe password 7 <hash:password> privilege 15",
        ),
        (
            "snmp-server user joe group v3 auth sha A1b2 priv aes 128 C3d4 access 10",
            "snmp-server user joe group v3 auth sha <hash:password> priv aes 128 <hash:password> access 10",
        ),
        (
            "crypto isakmp key Canary address 10.0.0.1",
            "crypto isakmp key <hash:password> address 10.0.0.1",
        ),
        (
            "ntp authentication-key 1 md5 Canary 7",
            "ntp authentication-key 1 md5 <hash:password> 7",
        ),
        (
            "snmp-agent community read cipher %^%#a b%^%# acl 2000",
            "snmp-agent community read cipher <hash:password> acl 2000",
        ),
        (
            "{\"password\": \"x\", \"port\": 1}",
            "{\"password\": <hash:password>, \"port\": 1}",
        ),
        (
            "<secret>Canary</secret>",
            "<secret><hash:password></secret>",
        ),
    ] {
        assert_eq!(output(before), after);
    }
}

/// How a password is kept is a finding; the password is not.
#[test]
fn how_a_secret_is_kept_survives_its_redaction() {
    for (before, after) in [
        (
            "username a password 5 $5$KKHJAB$abcdefghijklmnopqrstuvwxyz0123456789  role network-admin",
            "username a password 5 $5$<hash:password>  role network-admin",
        ),
        (
            "encrypted-password \"$6$abcdefgh$abcdefghijklmnop\"; ## SECRET-DATA",
            "encrypted-password $6$<hash:password>; ## SECRET-DATA",
        ),
        (
            "        set password ENC SH2abcdefghijklmnopqrstuvwxyz=",
            "        set password ENC SH2<hash:password>",
        ),
        (
            "enable password abcdefgh pbkdf2",
            "enable password <hash:password> pbkdf2",
        ),
        (
            " local-user a password irreversible-cipher $1c$abcdefghij$klmnopqrstuvw$",
            " local-user a password irreversible-cipher $1c$<hash:password>",
        ),
        (
            "username a password 0 $6$short",
            "username a password 0 <hash:password>",
        ),
        (
            "password manager user-name \"a\" sha256 \"0123456789\"",
            "password manager user-name \"a\" sha256 <hash:password>",
        ),
    ] {
        assert_eq!(output(before), after);
        assert_eq!(output(after), after);
    }
}

#[test]
fn a_community_of_fortios_is_known_by_its_block() {
    let text = "config system snmp community\n    edit 1\n        set name \"topsecret\"\n        config hosts\n            edit 1\n            next\n        end\n    next\n    edit 2\n        set name \"public\"\n    next\nend\nconfig system admin\n    edit \"x\"\n        set name \"kept\"\n";
    let clean = output(text);
    assert!(clean.contains("set name <hash:community>\n"), "{clean}");
    assert!(clean.contains("set name \"public\""), "{clean}");
    assert!(clean.contains("set name \"kept\""), "{clean}");
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "service password-encryption",
        "The password-recovery mechanism is enabled.",
        "snmp-server community public RO",
        "snmp-server group g v3 priv read all write all",
        "crypto key generate rsa modulus 2048",
        "crypto pki trustpoint TP-self-signed-1",
        "key chain ospf",
        " key 1",
        "ip ssh version 2",
        "aaa authentication login default group tacacs+ local",
        "username joe nopassword",
        "set password \"\"",
        "community 65000:1 permit",
        "passwordauthentication no\npermitemptypasswords no\nhostkey /etc/ssh/ssh_host_rsa_key",
        "Cisco IOS Software, Version 15.2(7)E3, RELEASE SOFTWARE (fc3)",
        "Processor board ID FOC1234X0AB",
    ] {
        assert_eq!(output(text), text);
    }
    // A page's title is no configuration.
    let page = Answer::Http {
        status: 200,
        headers: Vec::new(),
        body: "<title>My Password Manager Pro</title>".to_owned(),
    };
    assert_eq!(Redactor::default().answer(page.clone()), page);
}

#[test]
fn our_own_secret_is_named_in_an_output() {
    assert_eq!(output("echo our-Enable-1"), "echo <secret:sw>");
}
