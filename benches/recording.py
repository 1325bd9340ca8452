#!/usr/bin/env python3
"""What a run's recording and ledger tell of its speed: recording.py RUN

Prints `name value` lines: hosts, exchanges, the second at which the last host's discovery
and collection and the whole scan ended (from the run's start; silent addresses come into the last
alone), packets and connections of the ledger, and the seconds spent waiting for
answers by kind of question (added up over all hosts, which are asked side by side)."""
import gzip, json, os, sys
from collections import Counter
from datetime import datetime

run = sys.argv[1]
DISCOVERY = {"neighbour", "ping", "snmp_engine", "tcp_connect"}
path = next(os.path.join(run, name) for name in sorted(os.listdir(run)) if name.startswith("recording"))
moment = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
begun, ends, waited, asked, packets, hosts = None, {}, Counter(), Counter(), Counter(), set()
with gzip.open(path, "rt") as lines:
    for line in map(json.loads, lines):
        kind, line = next(iter(line.items()))
        if kind == "header":
            begun = moment(line["started"])
        if kind == "end":
            ends["scan"] = moment(line["at"]) - begun
        if kind == "ledger":
            packets[line["protocol"]] += line["packets"]
        if kind != "exchange":
            continue
        name = line["question"]["ask"]
        hosts.add(json.dumps(line["target"]))
        asked[name] += 1
        waited[name] += line["elapsed_us"] / 1e6
        if line["at"]:
            place = "discovery" if name in DISCOVERY else "collection"
            ends[place] = max(ends.get(place, 0), moment(line["at"]) - begun)
print("hosts", len(hosts))
print("exchanges", sum(asked.values()))
for place in ("discovery", "collection", "scan"):
    print(f"{place}_end {ends.get(place, 0):.2f}")
print("connections", packets.pop("tcp", 0))
print("datagrams", sum(packets.values()))
for name, seconds in waited.most_common():
    print(f"waited_{name} {seconds:.1f} {asked[name]}")
