# The lab's keys and certificates, kept between one `up` and the next. Sourced by `up`.

ssh_key() { # folder, file, ssh-keygen arguments
  local at=$LAB_KEYS/$1 file=$2; shift 2
  mkdir -p "$at"
  [ -s "$at/$file" ] || ssh-keygen -q -N '' -C '' -f "$at/$file" "$@" </dev/null
}

# A certificate of the lab's own authority; made anew when it has less than `keep` days left.
certificate() { # folder, common name, address, days, days left below which it is renewed
  local at=$LAB_KEYS/$1 name=$2 address=$3 days=$4 keep=$5
  mkdir -p "$at"
  if [ -s "$at/tls.crt" ] && openssl x509 -in "$at/tls.crt" -noout -checkend $((keep * 86400)) >/dev/null; then return; fi
  openssl req -new -newkey rsa:2048 -nodes -keyout "$at/tls.key" -out "$at/tls.csr" -subj "/O=Lab/CN=$name" 2>/dev/null
  openssl x509 -req -in "$at/tls.csr" -CA "$LAB_KEYS/ca/ca.crt" -CAkey "$LAB_KEYS/ca/ca.key" -CAcreateserial -days "$days" -sha256 \
    -extfile <(printf 'subjectAltName=DNS:%s,IP:%s\n' "$name" "$address") -out "$at/tls.crt" 2>/dev/null
}

# Expired since 2016, SHA-1, RSA-1024: what an appliance that nobody looked after still shows.
expired_certificate() { # folder, common name
  local at=$LAB_KEYS/$1 name=$2 work
  mkdir -p "$at"
  [ ! -s "$at/expired.crt" ] || return 0
  work=$at/work
  mkdir -p "$work"
  printf '[ca]\ndefault_ca=d\n[d]\ndatabase=%s/db\nserial=%s/serial\nnew_certs_dir=%s\npolicy=p\n[p]\ncommonName=supplied\n' \
    "$work" "$work" "$work" >"$work/ca.cnf"
  : >"$work/db"; echo 01 >"$work/serial"
  openssl req -new -newkey rsa:1024 -nodes -keyout "$at/expired.key" -out "$work/csr" -subj "/CN=$name" 2>/dev/null
  openssl ca -batch -config "$work/ca.cnf" -selfsign -keyfile "$at/expired.key" -in "$work/csr" -out "$at/expired.crt" \
    -startdate 20150101000000Z -enddate 20160101000000Z -md sha1 -notext 2>/dev/null
  rm -rf "$work"
}

make_keys() {
  umask 077
  mkdir -p "$LAB_KEYS/ca"
  ssh_key client id_ed25519 -t ed25519
  local n
  for n in r1 web db tlsold thirdparty excluded multi clone1 clone2 app hardened; do ssh_key $n ssh_host_ed25519_key -t ed25519; done
  for n in r1 web db app; do ssh_key $n ssh_host_ecdsa_key -t ecdsa; done
  ssh_key web ssh_host_rsa_key -t rsa -b 2048
  ssh_key hardened ssh_host_rsa_key -t rsa -b 3072
  ssh_key legacy ssh_host_rsa_key -t rsa -b 1024
  mkdir -p "$LAB_KEYS/drop"
  [ -s "$LAB_KEYS/drop/dropbear_rsa" ] || dropbearkey -t rsa -s 2048 -f "$LAB_KEYS/drop/dropbear_rsa" >/dev/null 2>&1
  [ -s "$LAB_KEYS/drop/dropbear_ed25519" ] || dropbearkey -t ed25519 -f "$LAB_KEYS/drop/dropbear_ed25519" >/dev/null 2>&1
  [ -s "$LAB_KEYS/ca/ca.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -keyout "$LAB_KEYS/ca/ca.key" -out "$LAB_KEYS/ca/ca.crt" -subj "/O=Lab/CN=Lab authority" 2>/dev/null
  certificate hardened hardened.lab.test 10.77.0.12 800 400
  certificate web web.lab.test 10.77.0.11 800 400
  certificate tlsold tlsold.lab.test 10.77.0.16 20 5
  expired_certificate web old.lab.test
  umask 022
  # The tests of a user who came by sudo read the client's key; nothing else leaves root.
  if [ -n "${SUDO_UID:-}" ]; then
    chmod 711 "$LAB_KEYS"; chown -R "$SUDO_UID" "$LAB_KEYS/client"
  fi
}
