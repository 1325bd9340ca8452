# Shared by the benchmarks: where their state lives, the namespaces, audit folders, figures.
# Sourced, never run.
set -euo pipefail

SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(dirname "$SRC")
PREFIX=${ARPENTEUR_BENCH_PREFIX:-arb}
DIR=${ARPENTEUR_BENCH_DIR:-/tmp/arpenteur-bench-$(id -u)}
SCAN=$PREFIX-scan
FARM=$PREFIX-farm
SSH=$PREFIX-ssh
PROGRAM=${ARPENTEUR:-${CARGO_TARGET_DIR:-$ROOT/target}/release/arpenteur}
export BENCH_COMMUNITY=bench-ro
PATH=$PATH:/usr/sbin:/sbin

# Prefixes of RFC 2544, which no network routes. Behind a router: 200 switches, a /24 with 50,
# a /24 of SSH servers. On an attached network: a /24 with 50.
SWITCHES=198.18.0.0/24
ROUTED=198.18.1.0/24
SERVERS=198.18.8.0/24
ATTACHED=198.19.0.0/24

die() { printf 'bench: %s\n' "$*" >&2; exit 2; }
[ "$(id -u)" = 0 ] || die "needs root for network namespaces"
need() { local c; for c; do command -v "$c" >/dev/null || die "needs $c"; done; }
need_up() { [ -e "$DIR/up" ] || die "the farm is not up (benches/farm-up)"; [ -x "$PROGRAM" ] || die "no $PROGRAM: cargo build --release, or name it in ARPENTEUR"; }
scanner() { ip netns exec "$SCAN" "$@"; }

# The fourth numbers of the 50 switches of a /24: spread, and always the same.
fifty() { local i; for i in $(seq 50); do echo $((i * 5 - 2)); done; }

# A pid alone may have been given to somebody else since: its start time is kept beside it.
started_at() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
note_pid() { printf '%s %s\n' "$1" "$(started_at "$1")" >"$2"; }
end_noted() { # pid file
  local pid start
  [ -f "$1" ] && read -r pid start <"$1" || return 0
  [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ] && kill -9 "$pid" 2>/dev/null || true
}

# What else the machine is doing falsifies every figure: waits for quiet, at most five minutes.
quiet() {
  local i load
  for i in $(seq 30); do
    read -r load _ </proc/loadavg
    awk "BEGIN { exit !($load <= ${BENCH_LOAD:-2}) }" && return
    [ "$i" = 1 ] && echo "waiting for a load of ${BENCH_LOAD:-2} or less (now $load)" >&2
    sleep 10
  done
  echo "measured all the same at load $load: compare nothing with other runs" >&2
}
machine() { echo "machine: $(nproc) CPU, load $(cut -d' ' -f1-3 /proc/loadavg), $(uname -sr)"; }

# A fresh audit folder: name, limits (raised or default), then lines of audit.yaml from stdin.
audit_folder() {
  local folder=$DIR/audits/$1
  rm -rf "$folder"; mkdir -p "$folder"
  {
    cat <<Y
version: 1
id: 6d0f3c6e-9f0e-4f6e-8a37-0d9a3a9b7c11
client: {name: Bench}
provider: {name: Bench}
auditors: [{name: Bench}]
mandate: {reference: BENCH, valid_from: $(date -u +%F), valid_to: $(date -u -d tomorrow +%F)}
Y
    # Rates that never bind; time-outs, retries and one connection at a time stay.
    [ "$2" = default ] || echo "limits: {packets_per_second: 1000000, packets_per_second_per_host: 100000, packets_per_second_fragile: 100000, hosts_at_a_time: ${HOSTS_AT_A_TIME:-100}}"
    cat
  } >"$folder/audit.yaml"
  echo "$folder"
}
snmp_credential() { echo "  - {name: bench, networks: [198.18.0.0/21, $ATTACHED], snmp_v2c: {community: {env: BENCH_COMMUNITY}}}"; }
newest() { echo "$1/runs/$(cat "$1/runs/latest")"; }
# Seconds of wall and of CPU of a command of the scanner: "wall cpu"; its output goes to a file.
timed() { # log, command...
  local log=$1 out; shift
  out=$({ TIMEFORMAT='%R %U %S'; time scanner "$@" >"$log" 2>&1; } 2>&1) || { cat "$log" >&2; die "failed: $*"; }
  awk '{ printf "%.2f %.2f\n", $1, $2 + $3 }' <<<"$out"
}
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
