"""Prints, for each host of truth.yaml with `counts: true`, what reached it since the lab came up.

    frames_to_mac         frames addressed to its MAC
    arp_requests          ARP requests for its IPv4 address
    nd_requests           neighbour solicitations for its link-local address
    print_bytes           bytes received on ports 515, 631 and 9100-9107
    print_connections     connections accepted there
    print_payload_frames  frames with PSH to those ports, opened connection or not
    print_syn_frames      connection attempts to those ports
"""
import json
import pathlib
import subprocess
import sys

import truth

state, prefix = pathlib.Path(sys.argv[1]), sys.argv[2]
out = {}
for host in truth.load()['hosts']:
    if not host.get('counts'):
        continue
    name = host['name']
    listed = subprocess.run(
        ['ip', 'netns', 'exec', f'{prefix}-{name}', 'nft', '-j', 'list', 'counters'],
        check=True, capture_output=True, text=True).stdout
    counts = {c['counter']['name']: c['counter']['packets']
              for c in json.loads(listed)['nftables'] if 'counter' in c}
    if 'frames_to_mac' not in counts:
        sys.exit(f'lab: {name} has no counters')
    log = state / 'hosts' / name / 'print.log'
    events = [json.loads(line) for line in log.read_text().splitlines()]
    counts['print_bytes'] = sum(e.get('count', 0) for e in events)
    counts['print_connections'] = sum(e['event'] == 'connection' for e in events)
    out[name] = counts
json.dump(out, sys.stdout, indent=2)
print()
