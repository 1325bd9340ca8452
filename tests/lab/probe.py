"""The small tools of the lab's check: one question to one host each."""
import os
import socket
import subprocess

import truth

UNTOUCHED = ('thirdparty', 'excluded')
# An SNMPv3 message for engine discovery: every agent answers it, whatever its communities.
ENGINE_DISCOVERY = bytes.fromhex(
    '303a020103'                            # version 3
    '300f02024a69020300ffe3040104020103'    # reportable, USM
    '0410300e0400020100020100040004000400'  # no engine, no user
    '301204000400a00c020237130201000201003000')


def hosts():
    return truth.load()['hosts']


def address(host):
    return host['interfaces'][0]['ipv4'].split('/')[0]


def tcp_open(ip, port, timeout=1.0):
    try:
        with socket.create_connection((ip, port), timeout):
            return True
    except OSError:
        return False


def agent_answers(ip, timeout=0.5):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        try:
            s.sendto(ENGINE_DISCOVERY, (ip, 161))
            return len(s.recv(2048)) > 0
        except OSError:
            return False


def run(*command, timeout=10, data=None, env=None):
    """Exit code and both outputs together."""
    try:
        done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=None if data is not None else subprocess.DEVNULL,
                              timeout=timeout, env={**os.environ, **(env or {})})
        return done.returncode, done.stdout.decode(errors='replace')
    except subprocess.TimeoutExpired:
        return 124, 'timeout'


def own_side(name, *command):
    """A command in the host's own network: nothing of it passes the switch."""
    return run('ip', 'netns', 'exec', f"{os.environ['LAB_PREFIX']}-{name}", *command)


def key_exchange_lists(ip):
    """The name lists of the server's KEXINIT (RFC 4253, section 7.1): kex, host keys, ciphers, MACs."""
    with socket.create_connection((ip, 22), 3) as s:
        s.sendall(b'SSH-2.0-lab_check\r\n')
        stream = s.makefile('rb')
        while not stream.readline(255).startswith(b'SSH-'):
            pass
        length = int.from_bytes(stream.read(4), 'big')
        body = stream.read(min(length, 35000))[18:]
    lists = []
    for _ in range(10):
        size = int.from_bytes(body[:4], 'big')
        lists.append(body[4:4 + size].decode().split(','))
        body = body[4 + size:]
    return lists[0], lists[1], lists[2] + lists[3], lists[4] + lists[5]
