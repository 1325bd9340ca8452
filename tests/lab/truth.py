#!/usr/bin/env python3
"""Reads truth.yaml, a plain part of YAML, with the standard library alone.

What is understood: block mappings and sequences by indentation, one-line flow
collections, plain and double-quoted scalars, comments. Anything else is an error.

    truth.py json             the whole file as JSON
    truth.py plan FOLDER      one folder per host with what `up` needs to build it
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\[\]{},]|:(?=\s|$)|(?:[^\s\[\]{},:"]|:(?=\S)|[ ]+(?=[^\s\[\]{},:"#]))+)')


def strip_comment(line):
    quoted = False
    for i, char in enumerate(line):
        if char == '"' and (i == 0 or line[i - 1] != '\\'):
            quoted = not quoted
        if char == '#' and not quoted and (i == 0 or line[i - 1] in ' \t'):
            return line[:i].rstrip()
    return line.rstrip()


def scalar(text):
    if text.startswith('"'):
        return json.loads(text)
    if re.fullmatch(r'-?\d+', text):
        return int(text)
    return {'true': True, 'false': False, 'null': None}.get(text, text)


def flow(text, where):
    """A one-line value: a flow collection or a scalar."""
    if not text.startswith(('[', '{', '"')):
        return scalar(text)
    tokens, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError(f'{where}: cannot read {text[at:]!r}')
        tokens.append(match.group(1))
        at = match.end()
    tokens.reverse()

    def value():
        token = tokens.pop()
        if token not in '[{':
            return scalar(token.strip())
        close, out = (']', []) if token == '[' else ('}', {})
        while tokens[-1] != close:
            if isinstance(out, list):
                out.append(value())
            else:
                key = tokens.pop().strip()
                if tokens.pop() != ':':
                    raise SyntaxError(f'{where}: a colon is missing after {key}')
                out[key] = value()
            if tokens[-1] == ',':
                tokens.pop()
        tokens.pop()
        return out

    try:
        result = value()
    except IndexError:
        raise SyntaxError(f'{where}: the collection is not closed') from None
    if tokens:
        raise SyntaxError(f'{where}: text after the value')
    return result


def block(lines, indent):
    """The block that starts at the head of `lines`, all of it at `indent`."""
    is_list = lines[0][1].startswith('- ')
    out = [] if is_list else {}
    while lines and lines[0][0] == indent:
        number, text = lines[0][2], lines[0][1]
        if text.startswith('- ') != is_list:
            raise SyntaxError(f'line {number}: list and mapping are mixed')
        if is_list:
            item = text[2:].lstrip()
            if re.match(r'[\w-]+:(\s|$)', item):
                lines[0] = (indent + len(text) - len(item), item, number)
                out.append(block(lines, lines[0][0]))
            else:
                lines.pop(0)
                out.append(flow(item, f'line {number}'))
            continue
        match = re.match(r'("[^"]*"|[^\s:]+):(?:\s+(.*))?$', text)
        if not match:
            raise SyntaxError(f'line {number}: a key is expected')
        key = scalar(match.group(1))
        if key in out:
            raise SyntaxError(f'line {number}: {key} stands twice')
        lines.pop(0)
        if match.group(2):
            out[key] = flow(match.group(2), f'line {number}')
        elif lines and lines[0][0] > indent:
            out[key] = block(lines, lines[0][0])
        else:
            out[key] = None
    if lines and lines[0][0] > indent:
        raise SyntaxError(f'line {lines[0][2]}: unexpected indentation')
    return out


def load():
    lines = []
    for number, line in enumerate((HERE / 'truth.yaml').read_text().splitlines(), 1):
        text = strip_comment(line)
        if text.strip():
            lines.append((len(text) - len(text.lstrip()), text.strip(), number))
    return block(lines, 0)


def plan(folder):
    """Writes, for each host, its interfaces, names and DMI strings as small files."""
    truth = load()
    for host in truth['hosts']:
        at = pathlib.Path(folder) / host['name']
        (at / 'dmi').mkdir(parents=True, exist_ok=True)
        rows = [
            ' '.join([i['name'], i['mac'], i['ipv4'], i.get('ipv6', '-'), i.get('port', '-')])
            for i in host['interfaces']
        ]
        (at / 'interfaces').write_text('\n'.join(rows) + '\n')
        (at / 'hostname').write_text(host['hostname'] + '\n')
        (at / 'machine-id').write_text(host['machine_id'] + '\n')
        for key, text in host['dmi'].items():
            (at / 'dmi' / key).write_text(text + '\n' if text else '')
    names = [host['name'] for host in truth['hosts']]
    (pathlib.Path(folder) / 'names').write_text('\n'.join(names) + '\n')


if __name__ == '__main__':
    if sys.argv[1:] == ['json']:
        json.dump(load(), sys.stdout, indent=1)
    elif len(sys.argv) == 3 and sys.argv[1] == 'plan':
        plan(sys.argv[2])
    else:
        sys.exit(__doc__)
