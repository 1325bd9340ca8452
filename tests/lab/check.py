#!/usr/bin/env python3
"""check.py STATE: compares the running lab with truth.yaml, by hand tools.

Runs in the scanner's namespace. One line per thing looked at; exit 1 if one of them is wrong.
Nothing is sent to the hosts that must not be touched, nor to the printer's raw ports.
"""
import concurrent.futures
import os
import pathlib
import re
import socket
import sys
import tempfile
import time

import truth
from probe import UNTOUCHED, address, key_exchange_lists, own_side, run, tcp_open

# Closed everywhere but where the truth says otherwise.
OTHER_PORTS = [21, 22, 23, 25, 53, 80, 111, 139, 443, 445, 513, 514, 3306, 5432, 6379, 8080, 8443, 2601, 2604, 705]


class Check:
    def __init__(self, state):
        self.state = pathlib.Path(state)
        self.truth = truth.load()
        # ssh wants a private key that nobody else may read, whoever owns the folder.
        self.key = str(self.state / self.truth['lab']['client_key'])
        self.results = []

    def say(self, host, what, good, detail=''):
        self.results.append(bool(good))
        line = f"{'ok  ' if good else 'FAIL'} {host['name']:<10} {what}"
        # One write per line, since several hosts are looked at together.
        sys.stdout.write(line + (f': {detail.strip()[-160:]!r}' if detail and not good else '') + '\n')
        sys.stdout.flush()

    # ---- SNMP
    def snmp_arguments(self, c):
        version = str(c['version'])
        if version != '3':
            return ['-v' + version, '-c', c['community']]
        out = ['-v3', '-u', c['user'], '-l', c['level']]
        if 'auth' in c:
            out += ['-a', c['auth'], '-A', c['auth_password']]
        if 'priv' in c:
            out += ['-x', c['priv'], '-X', c['priv_password']]
        return out

    def snmp_get(self, host, credential, *oids, command='snmpget'):
        return run(command, *self.snmp_arguments(credential), '-On', '-Oq', '-Oe', '-t', '2', '-r', '2', address(host), *oids)

    def snmp(self, host):
        for c in host['snmp']:
            code, out = self.snmp_get(host, c, '.1.3.6.1.2.1.1.5.0')
            label = f"snmp v{c['version']} {c.get('community') or c['user'] + ' ' + c.get('auth', '-') + '/' + c.get('priv', '-')}"
            self.say(host, label, code == 0 and out.split()[-1].strip('"') == host['hostname'], out)
        offered = {str(c['version']) for c in host['snmp']}
        communities = {c['community'] for c in host['snmp'] if 'community' in c}
        for version in ('1', '2c'):
            for community in ('public', 'private'):
                known = community in communities and version in offered or host['name'] == 'drop'
                if not known:
                    code, out = run('snmpget', '-v' + version, '-c', community, '-t', '0.3', '-r', '0', address(host), '.1.3.6.1.2.1.1.5.0')
                    self.say(host, f'snmp v{version} {community} refused', code != 0, out)
        engine = '80001f8803' + host['interfaces'][0]['mac'].replace(':', '')
        if '2c' in offered or '3' in offered:
            code, out = self.snmp_get(host, host['snmp'][0], '.1.3.6.1.6.3.10.2.1.1.0')
            self.say(host, 'engine ID', re.sub(r'[\s"]', '', out.partition(' ')[2]).lower() == engine, out)

    def links(self, host):
        """What the host's LLDP-MIB says of its neighbour, once its neighbour has spoken."""
        for link in host['links']:
            good, out = False, ''
            for _ in range(50):
                code, out = self.snmp_get(host, host['snmp'][0], '.1.0.8802.1.1.2.1.4.1.1', command='snmpwalk')
                good = code == 0 and f'"{link["to"]}"' in out and f'"{link["to_port"]}"' in out
                if good:
                    break
                time.sleep(0.2)
            self.say(host, f"lldp {link['port']} to {link['to']} {link['to_port']}", good, out)

    def switch_links(self):
        """The switch sees every host that speaks LLDP, those that nobody may touch included."""
        switch = self.truth['hosts'][0]
        wanted = {h['hostname'] for h in self.truth['hosts'] if h['links']}
        seen = set()
        for _ in range(50):
            _, out = self.snmp_get(switch, switch['snmp'][0], '.1.0.8802.1.1.2.1.4.1.1.9', command='snmpwalk')
            seen = set(re.findall(r'"(.*)"', out))
            if wanted <= seen:
                break
            time.sleep(0.2)
        self.say(switch, f'lldp neighbours {len(seen)}', seen == wanted, str(seen ^ wanted))

    # ---- SSH
    def ssh(self, host, command, user='audit', password=None, method=None, known='/dev/null'):
        options = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', f'UserKnownHostsFile={known}', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=5']
        if host.get('ssh_algorithms') == 'legacy':
            options += ['-o', 'KexAlgorithms=+diffie-hellman-group1-sha1', '-o', 'HostKeyAlgorithms=+ssh-rsa',
                        '-o', 'Ciphers=+3des-cbc', '-o', 'MACs=+hmac-md5', '-o', 'RequiredRSASize=1024']
        if password is None:
            return run('ssh', *options, '-o', 'BatchMode=yes', '-i', self.key, f'{user}@{address(host)}', command)
        options += ['-o', 'PubkeyAuthentication=no', '-o', f'PreferredAuthentications={method}', '-o', 'NumberOfPasswordPrompts=1']
        with tempfile.NamedTemporaryFile('w', suffix='.sh', delete=False) as ask:
            ask.write(f"#!/bin/sh\necho '{password}'\n")
        os.chmod(ask.name, 0o700)
        try:
            return run('setsid', 'ssh', *options, f'{user}@{address(host)}', command,
                       env={'SSH_ASKPASS': ask.name, 'SSH_ASKPASS_REQUIRE': 'force', 'DISPLAY': ':0'})
        finally:
            os.unlink(ask.name)

    def logins(self, host):
        for c in host['ssh']:
            method = c['method']
            code, out = self.ssh(host, 'hostname; id -un', c['user'], c.get('password'), method)
            self.say(host, f"ssh {c['user']} by {method}", code == 0 and out.split() == [host['hostname'], c['user']], out)
        if not host['ssh']:
            return
        entry = host['ssh'][0]
        how = (entry['user'], entry.get('password'), entry['method'])
        _, out = self.ssh(host, 'cat /etc/machine-id', *how)
        self.say(host, 'machine-id', out.strip() == host['machine_id'], out)
        serial = host['dmi']['product_serial']
        sudo = 'sudo -n ' if host['sudo'] else ''
        code, out = self.ssh(host, sudo + 'cat /sys/class/dmi/id/product_serial', *how)
        if host['sudo']:
            self.say(host, 'DMI serial by sudo', code == 0 and out.strip() == serial, out)
            code, out = self.ssh(host, 'sudo -n sshd -T', *how)
            self.say(host, 'sshd -T by sudo', code == 0 and 'permitrootlogin' in out, out)
            code, out = self.ssh(host, 'sudo -n id', *how)
            self.say(host, 'sudo refuses the rest', code != 0, out)
        else:
            self.say(host, 'DMI serial refused', code != 0, out)
        code, out = self.ssh(host, 'cat /sys/class/dmi/id/sys_vendor', *how)
        self.say(host, 'DMI vendor', out.strip() == host['dmi']['sys_vendor'], out)
        code, out = self.ssh(host, sudo + 'cat /etc/snmp/snmpd.conf', *how)
        self.say(host, 'snmpd.conf', code == 0 and f"sysName {host['hostname']}" in out, out)

    # ---- do the planted weaknesses stand, and no others?
    def weak_ssh(self, host):
        """Which of SSH-002 to SSH-008 fail, by what the server offers and what sshd -T prints."""
        found = set()
        kex, _, ciphers, macs = key_exchange_lists(address(host))
        if any(re.search(r'group1-|-sha1', k) for k in kex):
            found.add('SSH-002')
        if any(re.search(r'cbc|3des|arcfour', c) for c in ciphers):
            found.add('SSH-003')
        if any(re.search(r'md5|-96|umac-64', m) for m in macs):
            found.add('SSH-004')
        # ssh-keyscan has no way to ask for old algorithms: where they are the only ones, ssh writes
        # the one host key down instead.
        _, keys = run('ssh-keyscan', '-T', '3', address(host))
        if host.get('ssh_algorithms') == 'legacy':
            with tempfile.NamedTemporaryFile('r') as known:
                self.ssh(host, 'true', known=known.name)
                keys = known.read()
        sizes = [run('ssh-keygen', '-l', '-f', '-', data=line.encode())[1] for line in keys.splitlines() if not line.startswith('#')]
        if not sizes or any('(DSA)' in out or '(RSA)' in out and int(out.split()[0]) < 2048 for out in sizes):
            found.add('SSH-005')
        if host['sudo']:
            _, out = self.ssh(host, 'sudo -n sshd -T')
            for check, setting, safe in (('SSH-006', 'permitrootlogin', 'no'), ('SSH-007', 'passwordauthentication', 'no'), ('SSH-008', 'permitemptypasswords', 'no')):
                if f'\n{setting} {safe}\n' not in '\n' + out:
                    found.add(check)
        return found

    def weak_snmp(self, host, conf):
        """Which of SNMP-001 to SNMP-005 fail, by snmpd.conf and the table of users."""
        found = set()
        communities = set(re.findall(r'^(?:r[ow]community|com2sec \S+ \S+) (\S+)', conf, re.M))
        if communities & {'public', 'private'}:
            found.add('SNMP-001')
        if re.search(r'^rwcommunity', conf, re.M):
            found.add('SNMP-002')
        if communities:
            found.add('SNMP-003')
        if re.search(r'^rouser \S+ (noauth|auth)$', conf, re.M):
            found.add('SNMP-004')
        weak = 0
        for column, algorithm in ((5, '.1.3.6.1.6.3.10.1.1.2'), (8, '.1.3.6.1.6.3.10.1.2.2')):
            _, out = self.snmp_get(host, host['snmp'][0], f'.1.3.6.1.6.3.15.1.2.2.1.{column}', command='snmpwalk')
            weak += len(re.findall(re.escape(algorithm) + r'$', out, re.M))
        if weak:
            found.add('SNMP-005')
        return found

    def weaknesses(self, host):
        entry = host['ssh'][0]
        sudo = 'sudo -n ' if host['sudo'] else ''
        _, conf = self.ssh(host, sudo + 'cat /etc/snmp/snmpd.conf', entry['user'], entry.get('password'), entry['method'])
        found = self.weak_ssh(host) | self.weak_snmp(host, conf)
        planted = {w['check'] for w in host['weaknesses'] if w['check'].startswith(('SSH-', 'SNMP-'))}
        self.say(host, f"weak as planted: {' '.join(sorted(planted)) or 'not at all'}", found == planted, f'differ: {found ^ planted}')

    # ---- the rest
    def ports(self, host):
        if host['name'] == 'printer':
            return
        for port in sorted({*host['tcp'], *OTHER_PORTS}):
            if tcp_open(address(host), port, 0.5) != (port in host['tcp']):
                self.say(host, f'tcp {port}', False, 'open' if port not in host['tcp'] else 'closed')
                return
        self.say(host, f"tcp {','.join(map(str, host['tcp'])) or 'none'} and no other", True)

    def tls(self, host):
        flags = {'TLSv1': '-tls1', 'TLSv1.1': '-tls1_1', 'TLSv1.2': '-tls1_2', 'TLSv1.3': '-tls1_3'}
        for server in host.get('tls', []):
            to = f"{address(host)}:{server['port']}"
            for version, flag in flags.items():
                _, out = run('openssl', 's_client', '-connect', to, flag, '-cipher', 'ALL:@SECLEVEL=0', data=b'')
                offered = re.search(rf'^New, (?!\(NONE\))', out, re.M) is not None
                self.say(host, f"{server['port']} {version} {'offered' if version in server['versions'] else 'refused'}",
                         offered == (version in server['versions']), out)
            _, out = run('openssl', 's_client', '-connect', to, '-cipher', 'ALL:@SECLEVEL=0', data=b'')
            days = {'expired': (None, 0), 'soon': (0, 30), 'good': (365, None)}[server['certificate']]
            good = all(limit is None or (run('openssl', 'x509', '-noout', '-checkend', str(limit * 86400), data=out.encode())[0] == 0) == alive
                       for limit, alive in zip(days, (True, False)))
            self.say(host, f"{server['port']} certificate {server['certificate']}", good)

    def first_bytes(self, ip, port, send=b'', enough=1):
        with socket.create_connection((ip, port), 2) as s:
            s.settimeout(2)
            s.sendall(send)
            out = b''
            try:
                while len(out) < enough and (part := s.recv(512)):
                    out += part
            except TimeoutError:
                pass
            return out

    def planted(self, by_name):
        legacy, db, drop, hardened = (by_name[n] for n in ('legacy', 'db', 'drop', 'hardened'))
        ip = address(legacy)
        got = self.first_bytes(ip, 23)
        self.say(legacy, 'telnet negotiates', got[:1] == b'\xff', str(got))
        got = self.first_bytes(ip, 21, b'USER anonymous\r\nPASS x\r\n', 60)
        self.say(legacy, 'anonymous ftp', b'230' in got, str(got))
        for port in (513, 514):
            got = self.first_bytes(ip, port, b'\0lab\0lab\0')
            self.say(legacy, f'r-service on {port}', got[:1] == b'\x01', str(got))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(2)
            s.sendto(b'\0\1no-such-file-77\0octet\0', (ip, 69))
            try:
                got = s.recv(512)
            except OSError as error:
                got = str(error).encode()
        self.say(legacy, 'tftp answers', got[:2] == b'\0\5', str(got))
        _, out = self.ssh(legacy, 'echo in', 'guest', '', 'password')
        self.say(legacy, 'empty password logs in', out.strip() == 'in', out)
        got = self.first_bytes(address(db), 6379, b'PING\r\n')
        self.say(db, 'redis without password', got == b'+PONG\r\n', str(got))
        _, out = self.snmp_get(db, db['snmp'][0], '.1.3.6.1.4.1.2021.9.1.9.1', '.1.3.6.1.4.1.2021.9.1.2.1')
        self.say(db, 'dskTable /srv/data 95 %', '.9.1.9.1 95' in out and '/srv/data' in out, out)
        _, out = self.snmp_get(db, db['snmp'][0], '.1.3.6.1.2.1.25.2.3.1.3', command='snmpwalk')
        self.say(db, 'hrStorage has /srv/data', '/srv/data' in out, out)
        _, out = self.snmp_get(db, db['snmp'][0], '.1.3.6.1.6.3.15.1.2.2.1.8', command='snmpwalk')
        self.say(db, 'usmUserTable has DES', '.1.3.6.1.6.3.10.1.2.2' in out, out)
        r1 = by_name['r1']
        _, out = self.snmp_get(r1, r1['snmp'][0], '.1.3.6.1.2.1.14.1.1.0')
        self.say(r1, 'OSPF-MIB through AgentX', '10.77.0.1' in out, out)
        printer = by_name['printer']
        _, out = self.snmp_get(printer, printer['snmp'][0], '.1.3.6.1.2.1.1.2.0')
        self.say(printer, 'sysObjectID JetDirect', '.11.2.3.9.1' in out, out)
        # A set that changes nothing: the value that is there already.
        code, out = run('snmpset', '-v2c', '-c', 'private', '-t', '1', address(drop), '.1.3.6.1.6.3.1.1.6.1.0', 'i', '0')
        self.say(drop, 'community private may write', 'noAccess' not in out and 'notWritable' not in out and 'Timeout' not in out, out)
        for other in ('10.77.0.1', '10.78.0.1', '10.77.0.18', '10.78.0.18'):
            name = 'r1' if other.endswith('.1') else 'multi'
            self.say(by_name[name], f'{other} answers', tcp_open(other, 22))
        web = by_name['web']
        self.say(web, 'fd77::11 answers', tcp_open('fd77::11', 80))
        self.full_disks(by_name)
        _, out = run('ip', 'neigh', 'show', address(by_name['silent']))
        self.say(by_name['silent'], 'answers ARP', by_name['silent']['interfaces'][0]['mac'] in out, out)
        code, out = run('ip', 'route', 'show', 'default')
        self.say({'name': 'scanner'}, 'no default route', not out.strip(), out)

    def full_disks(self, by_name):
        """No file system but the planted one is near 90 %: the machine's own must not show."""
        for host in by_name.values():
            if not host['snmp'] or host['name'] in UNTOUCHED:
                continue
            columns = [self.snmp_get(host, host['snmp'][0], f'.1.3.6.1.2.1.25.2.3.1.{c}', command='snmpwalk')[1] for c in (2, 3, 5, 6)]
            kind, name, size, used = ({line.split()[0].rsplit('.', 1)[1]: line.split(' ', 1)[1].strip('"') for line in text.splitlines() if ' ' in line and line.startswith('.')} for text in columns)
            full = [name[i] for i in size if kind.get(i, '').endswith('.25.2.1.4') and int(size[i]) > 0 and int(used[i]) * 100 >= int(size[i]) * 85]
            self.say(host, 'file systems near their end: ' + (','.join(full) or 'none'), full == (['/srv/data'] if host['name'] == 'db' else []), str(name))

    def host(self, host):
        if host['name'] in UNTOUCHED or host['name'] == 'printer':
            _, out = own_side(host['name'], 'ss', '-Hltn')
            listening = {int(port) for port in re.findall(r'0\.0\.0\.0:(\d+) ', out)}
            self.say(host, 'tcp ports, looked at on its own side', listening == set(host['tcp']), out)
        if host['name'] in UNTOUCHED:
            _, out = own_side(host['name'], 'snmpget', '-v2c', '-c', 'public', '-Oqv', '127.0.0.1', '.1.3.6.1.2.1.1.5.0')
            self.say(host, 'agent answers itself', out.strip().strip('"') == host['name'], out)
            return
        self.ports(host)
        self.snmp(host)
        self.links(host)
        self.logins(host)
        self.tls(host)
        if host['ssh']:
            self.weaknesses(host)

    def all(self):
        every = self.truth['hosts']
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for job in [pool.submit(self.host, h) for h in every]:
                job.result()
        self.switch_links()
        self.planted({h['name']: h for h in every})
        bad = self.results.count(False)
        print(f'{len(self.results)} checked, {bad} wrong')
        return bad == 0


if __name__ == '__main__':
    sys.exit(0 if Check(sys.argv[1]).all() else 1)
