#!/bin/bash
# Process 1 of one host: builds a root file system of its own, then starts the host's daemons.
# Runs inside fresh mount, UTS and pid namespaces; arguments: host name, state folder.
set -euo pipefail
NAME=$1 STATE=$2
SRC=$(cd "$(dirname "$0")" && pwd)
SELF=$STATE/hosts/$NAME
ROOT=$SELF/root
export LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin HOME=/root

# ---- root file system: one tmpfs, the machine's /usr read-only, nothing else of the machine
mount --make-rprivate /
mount -t tmpfs -o size=64m,mode=755 lab-root "$ROOT"
mkdir -p "$ROOT"/{usr,proc,sys,dev/pts,dev/shm,run,tmp,old,home/audit/.ssh,root,srv,opt,var/{lib/snmp,log,tmp,empty,cache}}
ln -s /run "$ROOT/var/run"
for link in bin sbin lib lib64; do [ ! -L "/$link" ] || ln -s "usr/$link" "$ROOT/$link"; done
cp -a "$STATE/base/etc" "$ROOT/etc"
# As an overlay, whose type net-snmp leaves out of its storage tables: else every host would show
# how full the machine's own disk is. A kernel without overlays gives a plain read-only bind.
if ! mount -t overlay -o "lowerdir=/usr:$ROOT/opt" overlay "$ROOT/usr" 2>/dev/null; then
  mount --bind /usr "$ROOT/usr"
  mount -o remount,bind,ro "$ROOT/usr"
fi
mount -t proc proc "$ROOT/proc"
mount -t sysfs -o ro sysfs "$ROOT/sys"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$ROOT/dev/pts"
mknod -m 666 "$ROOT/dev/null" c 1 3
mknod -m 666 "$ROOT/dev/zero" c 1 5
mknod -m 666 "$ROOT/dev/full" c 1 7
mknod -m 666 "$ROOT/dev/random" c 1 8
mknod -m 666 "$ROOT/dev/urandom" c 1 9
mknod -m 666 "$ROOT/dev/tty" c 5 0
ln -s pts/ptmx "$ROOT/dev/ptmx"
ln -s /proc/self/fd "$ROOT/dev/fd"
ln -s /proc/self/mounts "$ROOT/etc/mtab"
chmod 1777 "$ROOT/tmp" "$ROOT/var/tmp"

# ---- DMI of its own. Where the kernel shows one, it is covered; where it shows none (many
# virtual machines), /sys/class is rebuilt with the host's network interfaces and a dmi folder.
if [ -d /sys/devices/virtual/dmi/id ]; then
  dmi=$ROOT/sys/devices/virtual/dmi/id
  mount -t tmpfs -o size=64k,mode=755 dmi "$dmi"
else
  mkdir "$ROOT/run/net"
  mount --bind "$ROOT/sys/class/net" "$ROOT/run/net"
  mount -t tmpfs -o size=64k,mode=755 class "$ROOT/sys/class"
  dmi=$ROOT/sys/class/dmi/id
  mkdir -p "$dmi" "$ROOT/sys/class/net"
  mount --move "$ROOT/run/net" "$ROOT/sys/class/net"
  rmdir "$ROOT/run/net"
fi
cp "$SELF"/dmi/* "$dmi/"
chmod 444 "$dmi"/*
chmod 400 "$dmi"/*serial "$dmi"/*uuid # as the kernel has them: root alone

# ---- identity, keys, accounts
hostname "$(cat "$SELF/hostname")"
cp "$SELF/hostname" "$ROOT/etc/hostname"
install -m 444 "$SELF/machine-id" "$ROOT/etc/machine-id"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$(cat "$SELF/hostname")" >"$ROOT/etc/hosts"
mkdir -p "$ROOT/etc/ssl/lab"
shopt -s nullglob
for key in "$STATE/keys/$NAME"/{ssh_host_,dropbear_}*; do cp "$key" "$ROOT/etc/ssh/"; done
for key in "$STATE/keys/$NAME"/*.{crt,key}; do cp "$key" "$ROOT/etc/ssl/lab/"; done
cp "$STATE/keys/client/id_ed25519.pub" "$ROOT/home/audit/.ssh/authorized_keys"
chmod 700 "$ROOT/home/audit" "$ROOT/home/audit/.ssh"
chown -R 5000:5000 "$ROOT/home/audit"
cp "$SRC/printer.py" "$SRC/answers.py" "$SRC/rservice.py" "$SRC/services.sh" "$SRC/hosts/$NAME.sh" "$ROOT/opt/"
exec 3>>"$SELF/print.log" # the printer's log outlives its root file system

pivot_root "$ROOT" "$ROOT/old"
cd /
umount -l /old
rmdir /old

. /opt/services.sh
. "/opt/$NAME.sh"
echo "host: everything started"
# Process 1 must stay, and must take up what its daemons orphan.
while :; do wait || true; sleep 3600 & wait $! || true; done
