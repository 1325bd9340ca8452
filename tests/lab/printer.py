"""Stands on a printer's raw ports and writes down every connection and every byte it is sent."""
import json
import os
import selectors
import socket
import sys

PORTS = [515, 631, *range(9100, 9108)]
LOG_FD = 3

selector = selectors.DefaultSelector()
for port in PORTS:
    listener = socket.create_server(('0.0.0.0', port), backlog=64)
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, port)


def note(**event):
    os.write(LOG_FD, (json.dumps(event) + '\n').encode())


print('printer: listening', flush=True)
while True:
    for key, _ in selector.select():
        if isinstance(key.data, int):
            connection, peer = key.fileobj.accept()
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, (key.data, peer[0]))
            note(port=key.data, peer=peer[0], event='connection')
            continue
        port, peer = key.data
        try:
            data = key.fileobj.recv(65536)
        except OSError as error:
            print(f'printer: {error}', file=sys.stderr)
            data = b''
        if data:
            note(port=port, peer=peer, event='bytes', count=len(data), hex=data.hex())
        else:
            selector.unregister(key.fileobj)
            key.fileobj.close()
