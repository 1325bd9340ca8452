# Shared by the lab's commands: where its state lives, how its namespaces are named.
# Sourced, never run.
set -euo pipefail

LAB_SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LAB_PREFIX=${ARPENTEUR_LAB_PREFIX:-arl}
LAB_DIR=${ARPENTEUR_LAB_DIR:-${XDG_RUNTIME_DIR:-/tmp}/arpenteur-lab-${SUDO_UID:-$(id -u)}}
LAB_HOSTS=$LAB_DIR/hosts
LAB_KEYS=$LAB_DIR/keys
LAB_SCANNER=$LAB_PREFIX-scan
export PYTHONDONTWRITEBYTECODE=1 # the sources may be read-only, or not ours
PATH=$PATH:/usr/sbin:/sbin

die() { printf 'lab: %s\n' "$*" >&2; exit 2; }

# Namespaces need root: the command starts itself again by sudo when it was not called by root.
as_root() {
  [ "$(id -u)" = 0 ] && return
  command -v sudo >/dev/null || die "needs root, and there is no sudo"
  exec sudo -n --preserve-env ARPENTEUR_LAB_DIR="$LAB_DIR" ARPENTEUR_LAB_PREFIX="$LAB_PREFIX" "$0" "$@"
}

# The default folder has a guessable name in a shared folder: refuse one that somebody else made.
state_dir() {
  mkdir -p "$LAB_DIR"
  [ ! -L "$LAB_DIR" ] || die "$LAB_DIR is a symbolic link"
  local owner; owner=$(stat -c %u "$LAB_DIR")
  [ "$owner" = 0 ] || [ "$owner" = "${SUDO_UID:-0}" ] || die "$LAB_DIR belongs to user $owner"
  chmod go-w "$LAB_DIR"
}

# One command at a time changes the lab. Long-lived processes must not inherit descriptor 9;
# short ones may, so the lock of a command that was killed is waited for.
lock() {
  state_dir
  exec 9>"$LAB_DIR/lock"
  flock -w 5 9 || die "another lab command is at work in $LAB_DIR"
}

is_up() { [ -e "$LAB_DIR/up" ]; }
need_up() { is_up || die "the lab is not up (tests/lab/up)"; }

# A pid alone may have been given to somebody else since: its start time is kept beside it.
started_at() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
note_pid() { printf '%s %s\n' "$1" "$(started_at "$1")" >"$2"; }
alive() { # pid file
  local pid start
  [ -f "$1" ] && read -r pid start <"$1" && [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ]
}
pid_of() { cut -d' ' -f1 "$1"; }
