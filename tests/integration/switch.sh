#!/bin/bash
# A switch's command line, played behind a real sshd: the terminal echoes and ends lines.
# Argument: a file that takes what was typed.
typed=$1
mode='>'

if [ -n "$SSH_ORIGINAL_COMMAND" ]; then
  # It runs no single commands, and ends the connection on whoever asks.
  kill -9 "$PPID"
  exit 1
fi

paged() { # 24 lines a page, whatever the terminal says
  local line count=0 key
  while IFS= read -r line <&3; do
    if [ "$count" -eq 24 ]; then
      printf ' --More-- '
      IFS= read -rsn1 key
      printf '\b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\b'
      echo page >>"$typed"
      count=0
    fi
    printf '%s\n' "$line"
    count=$((count + 1))
  done 3< <("$@")
}

version() {
  echo 'Playswitch Software, Version 15.2(7)E3'
  echo 'System serial number : PLAY0001'
}

configuration() {
  echo 'Current configuration : 4711 bytes'
  echo 'enable secret 5 $1$Cana$ryCanaryCanaryCanary.'
  echo 'snmp-server community CanaryCommunity RO'
  echo 'username joe password 7 CanaryPassword'
  for port in $(seq 1 30); do
    echo "interface GigabitEthernet1/0/$port"
    echo ' switchport mode access'
  done
  echo 'tacacs-server key CanaryTacacs'
  echo 'end'
}

refuse() {
  echo "            ^"
  echo "% Invalid input detected at '^' marker."
  echo
}

enable() {
  local secret try
  for try in 1 2 3; do
    printf 'Password: '
    IFS= read -rs secret
    echo
    echo "secret $secret" >>"$typed"
    if [ "$secret" = lab-Enable-1 ]; then mode='#'; return; fi
  done
  echo '% Bad secrets'
}

printf '\nAuthorised persons only.\n\n'
while printf 'sw1%s' "$mode" && IFS= read -r line; do
  [ -z "$line" ] || echo "line $line" >>"$typed"
  case $mode$line in
  ?) ;;
  '>enable') enable ;;
  ?'show version') paged version ;;
  '#show running-config') paged configuration ;;
  ?'show interfaces')
    for port in $(seq 1 40); do echo "Gi1/0/$port is up"; done
    printf 'Gi1/0/4'
    sleep 0.3
    kill -9 "$PPID"
    exit ;;
  *) refuse ;;
  esac
done
