"""Stands in for services that Debian does not have, or that would need hardware: a Docker daemon, a
portmapper with a mount daemon, remote desktop, Smart Install, a management controller, a wrong clock."""
import selectors
import socket
import struct
import time

WRONG_BY = 90  # seconds that the clock is ahead
PAGE = b'{"ApiVersion":"1.43","Version":"24.0.7"}'
DOCKER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' % (len(PAGE), PAGE)
RDP = bytes.fromhex('030000130ed00000123400' '0200080002000000')  # network level authentication
SMART_INSTALL = struct.pack('>6I', 4, 0, 3, 8, 1, 0)


def rpc(data, *words):
    """A reply to an RPC call, accepted and executed (RFC 5531)."""
    body = data[4:8] + struct.pack('>5I', 1, 0, 0, 0, 0) + b''.join(words)
    return struct.pack('>I', len(body) | 1 << 31) + body


def text(data):
    return struct.pack('>I', len(data)) + data + bytes(-len(data) % 4)


def exports(data):
    one, end = struct.pack('>I', 1), bytes(4)
    return rpc(data, one, text(b'/srv/exports'), one, text(b'*'), end, end)


STREAMS = {
    111: lambda data: rpc(data, struct.pack('>I', 20048)),
    2375: lambda data: DOCKER,
    3389: lambda data: RDP,
    4786: lambda data: SMART_INSTALL,
    20048: exports,
}


def ntp(data):
    """A server at stratum 2 whose source is 192.0.2.1 (RFC 5905)."""
    now = time.time() + 2208988800 + WRONG_BY
    stamp = struct.pack('>II', int(now), int(now % 1 * (1 << 32)))
    return bytes([0x24, 2, 6, 0xec]) + bytes(8) + bytes([192, 0, 2, 1]) + stamp + data[40:48] + stamp + stamp


def ipmi(data):
    """Channel capabilities, or a session that cipher suite 0 opens (IPMI 2.0 sections 22.13 and 13.18)."""
    if data[4] == 6:
        return data[:4] + bytes([6, 0x11]) + bytes(8) + bytes([36, 0, 0, 0]) + bytes(34)
    return data[:4] + bytes(9) + bytes([16, 0x81, 0x1c, 0x63, 0x20, 0, 0x38, 0, 1, 0x94, 4, 2]) + bytes(5)


DATAGRAMS = {123: (48, ntp), 623: (23, ipmi)}

selector = selectors.DefaultSelector()
for port, answer in STREAMS.items():
    listener = socket.create_server(('0.0.0.0', port), backlog=64)
    selector.register(listener, selectors.EVENT_READ, ('accept', answer))
for port, answer in DATAGRAMS.items():
    endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.bind(('0.0.0.0', port))
    selector.register(endpoint, selectors.EVENT_READ, ('datagram', answer))

while True:
    for key, _ in selector.select():
        kind, answer = key.data
        if kind == 'accept':
            connection, _ = key.fileobj.accept()
            selector.register(connection, selectors.EVENT_READ, ('talk', answer))
        elif kind == 'datagram':
            data, peer = key.fileobj.recvfrom(2048)
            if len(data) >= answer[0]:
                key.fileobj.sendto(answer[1](data), peer)
        else:
            try:
                data = key.fileobj.recv(65536)
                if data:
                    key.fileobj.sendall(answer(data))
            except OSError:
                pass
            selector.unregister(key.fileobj)
            key.fileobj.close()
