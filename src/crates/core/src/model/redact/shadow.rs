//! Password hashes of passwd(5), shadow(5) and group(5): what is kept is how one was made.

/// What stands where no password can match, says shadow(5), and is no secret.
const NO_PASSWORD: [&str; 7] = ["", "x", "*", "!", "NP", "*NP*", "*LK*"];

/// The text with `<hash:sha512>` and the like in place of hashes. An empty field stays empty,
/// and a lock (`!` before the hash) stays in front of it.
pub(super) fn hashes(text: String) -> String {
    if !text.contains(':') {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    for row in text.split_inclusive('\n') {
        match masked(row) {
            Some(row) => clean.push_str(&row),
            None => clean.push_str(row),
        }
    }
    clean
}

/// The row with its second field masked, where it is one of these files' and holds a hash.
fn masked(row: &str) -> Option<String> {
    let (name, rest) = row.split_once(':')?;
    let (field, rest) = rest.split_once(':')?;
    let hash = field.trim_start_matches('!');
    let lock = field.get(..field.len() - hash.len())?;
    let clear = NO_PASSWORD.contains(&hash) || hash.starts_with('<');
    if clear || !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return None;
    }
    let fields: Vec<&str> = rest.trim_end_matches(['\n', '\r']).split(':').collect();
    let numbers = |fields: &[&str]| fields.iter().all(|field| field.parse::<i64>().is_ok());
    let method = match fields.as_slice() {
        // shadow(5): six numbers, each of which may be missing, and a reserved field.
        [ages @ .., _] if ages.len() == 6 => {
            let given = ages.iter().filter(|age| !age.is_empty());
            numbers(&given.copied().collect::<Vec<_>>()).then(|| method(hash).unwrap_or("other"))?
        }
        // passwd(5) and group(5), which other texts look like: only what is a hash is one.
        [uid, gid, _, _, _] if numbers(&[uid, gid]) => method(hash)?,
        [gid, _] if numbers(&[gid]) => method(hash)?,
        _ => return None,
    };
    Some(format!("{name}:{lock}<hash:{method}>:{rest}"))
}

/// How a hash was made, by the prefixes of crypt(5); without one, the length tells DES.
fn method(hash: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, &str); 9] = [
        ("$1$", "md5"),
        ("$2", "bcrypt"),
        ("$5$", "sha256"),
        ("$6$", "sha512"),
        ("$7$", "scrypt"),
        ("$y$", "yescrypt"),
        ("$gy$", "gost-yescrypt"),
        ("$", "other"),
        ("_", "des"),
    ];
    let known = PREFIXES.iter().find(|(prefix, _)| hash.starts_with(prefix));
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    let des = || (hash.len() == 13 && hash.bytes().all(letter)).then_some("des");
    known.map(|(_, method)| *method).or_else(des)
}

#[cfg(test)]
mod tests {
    use super::hashes;

    #[test]
    fn of_a_hash_its_method_alone_is_kept() {
        let cases = [
            (
                "root:$y$j9T$Canary$Canary/.:19000:0:99999:7:::",
                "root:<hash:yescrypt>:19000:0:99999:7:::",
            ),
            (
                "a:$6$rounds=5000$Canary$Canary:19000:0:99999:7:::\n",
                "a:<hash:sha512>:19000:0:99999:7:::\n",
            ),
            (
                "a:$5$Canary$Canary:19000::::::\r\n",
                "a:<hash:sha256>:19000::::::\r\n",
            ),
            ("a:$1$Canary$Canary:::::::", "a:<hash:md5>:::::::"),
            (
                "a:$2b$12$Canary:1:0:99999:7:::",
                "a:<hash:bcrypt>:1:0:99999:7:::",
            ),
            (
                "a:$7$Canary:1:0:99999:7:::",
                "a:<hash:scrypt>:1:0:99999:7:::",
            ),
            (
                "a:$gy$Canary:1:0:99999:7:::",
                "a:<hash:gost-yescrypt>:1:0:99999:7:::",
            ),
            (
                "a:$md5,rounds=904$Canary:1:0:99999:7:::",
                "a:<hash:other>:1:0:99999:7:::",
            ),
            (
                "a:CanaryCanary.:1:0:99999:7:::",
                "a:<hash:des>:1:0:99999:7:::",
            ),
            ("a:Canary:1:-1:99999:7:::", "a:<hash:other>:1:-1:99999:7:::"),
            (
                "a:!$6$Canary$Canary:1:0:99999:7:::",
                "a:!<hash:sha512>:1:0:99999:7:::",
            ),
            (
                "a:!!Canary:1:0:99999:7:::",
                "a:!!<hash:other>:1:0:99999:7:::",
            ),
            // Before shadow files, and still on old appliances.
            (
                "a:CanaryCanary.:0:0:A:/root:/bin/sh",
                "a:<hash:des>:0:0:A:/root:/bin/sh",
            ),
            ("staff:CanaryCanary.:50:a,b", "staff:<hash:des>:50:a,b"),
        ];
        for (before, after) in cases {
            assert_eq!(hashes(before.to_owned()), after);
            assert_eq!(hashes(after.to_owned()), after, "twice");
        }
    }

    #[test]
    fn what_is_no_hash_stays() {
        let text = "root:x:0:0:root:/root:/bin/bash\na::1:0:99999:7:::\nb:*:1:0:99999:7:::\n\
            c:!:1:0:99999:7:::\nd:!*:1::::::\ne:!!:1::::::\nstaff:x:50:a\n\
            02:77:00:00:00:64\n10:20:30:40\n+::::::\n2001:db8:0:1:2:3:4:5\nno colon\na:b\n";
        assert_eq!(hashes(text.to_owned()), text);
    }
}
