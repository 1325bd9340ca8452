#!/usr/bin/env python3
"""wait.py STATE: returns when every host has started everything and every port answers.

Runs in the scanner's namespace. Nothing is sent to the hosts that must not be touched, nor to the
printer's raw ports: those say in their log that they listen.
"""
import pathlib
import sys
import time

from probe import UNTOUCHED, address, agent_answers, hosts, tcp_open


def has_ended(pid_file):
    """Whether the process is gone, or a zombie; a file that is not written yet says nothing."""
    text = pid_file.read_text().split() if pid_file.exists() else []
    if not text:
        return False
    stat = pathlib.Path('/proc', text[0], 'stat')
    return not stat.exists() or stat.read_text().rpartition(')')[2].split()[0] == 'Z'


def wait(state, limit=60.0):
    """Until every host has started everything, and every port that may be touched answers."""
    starting = {h['name']: pathlib.Path(state) / 'hosts' / h['name'] for h in hosts()}
    end = time.monotonic() + limit
    dead = {}
    while starting and not dead and time.monotonic() < end:
        dead = {name: at for name, at in starting.items() if has_ended(at / 'pid')}
        starting = {name: at for name, at in starting.items()
                    if not (at / 'log').exists() or 'host: everything started' not in (at / 'log').read_text(errors='replace')}
        time.sleep(0.02)
    if starting:
        for name, at in (dead or starting).items():
            print(f'lab: {name} did not start everything:', *(at / 'log').read_text(errors='replace').splitlines()[-5:], sep='\n  ', file=sys.stderr)
        return False
    todo = {(h['name'], address(h), 'tcp', port) for h in hosts() for port in h['tcp']
            if h['name'] not in UNTOUCHED and h['name'] != 'printer'}
    todo |= {(h['name'], address(h), 'udp', 161) for h in hosts() if 161 in h['udp'] and h['name'] not in UNTOUCHED}
    while todo and time.monotonic() < end:
        for item in sorted(todo):
            _, ip, kind, port = item
            if tcp_open(ip, port, 0.2) if kind == 'tcp' else agent_answers(ip, 0.2):
                todo.discard(item)
        time.sleep(0.02)
    for name, ip, kind, port in sorted(todo):
        print(f'lab: {name} ({ip}) does not answer on {kind}/{port}', file=sys.stderr)
    return not todo


if __name__ == '__main__':
    sys.exit(0 if wait(sys.argv[1]) else 1)
