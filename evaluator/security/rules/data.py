"""Rules about data and files: deserialisation, archives, XML, permissions, temporary files."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.rule import Rule

_XML_USES = (
    (
        "S314",
        "xml.etree",
        "from xml.etree.ElementTree import fromstring\ndef read(t):\n    return fromstring(t)\n",
    ),
    ("S315", "xml.sax.expatreader", "import xml.sax.expatreader as x\nparser = x.create_parser()\n"),
    (
        "S316",
        "xml.dom.expatbuilder",
        "import xml.dom.expatbuilder as x\ndef read(t):\n    return x.parseString(t)\n",
    ),
    ("S317", "xml.sax", "import xml.sax\ndef read(t, h):\n    xml.sax.parseString(t, h)\n"),
    ("S318", "xml.dom.minidom", "import xml.dom.minidom as x\ndef read(t):\n    return x.parseString(t)\n"),
    ("S319", "xml.dom.pulldom", "import xml.dom.pulldom as x\ndef read(t):\n    return x.parseString(t)\n"),
)

# 776 and not 611: these parsers have left external entities alone since Python 3.7.1, but an old
# libexpat (before 2.4.1) still expands nested entities without a bound.
_XML_RULES = tuple(
    Rule(
        id=rule_id,
        title=f"XML parsed with {module}",
        cwe=776,
        severity=Severity.LOW,
        confidence=Severity.LOW,
        why="A small document with nested entities can grow to gigabytes where libexpat is an old one.",
        fix="Parse XML that others wrote with defusedxml.",
        insecure=insecure,
        secure="import defusedxml.ElementTree as x\ndef read(t):\n    return x.fromstring(t)\n",
    )
    for rule_id, module, insecure in _XML_USES
)

DATA_RULES = (
    Rule(
        id="S301",
        title="pickle and its relatives",
        cwe=502,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="A pickle names functions that loading it calls: data from outside runs code.",
        fix="Use JSON, or check a signature before loading.",
        insecure="import pickle\ndef load(data):\n    return pickle.loads(data)\n",
        secure="import json\ndef load(data):\n    return json.loads(data)\n",
    ),
    Rule(
        id="S302",
        title="marshal",
        cwe=502,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="marshal is not made for data from outside: crafted bytes crash it, and loaded code may be run.",
        fix="Use JSON.",
        insecure="import marshal\ndef load(data):\n    return marshal.loads(data)\n",
        secure="import json\ndef load(data):\n    return json.loads(data)\n",
    ),
    Rule(
        id="S506",
        title="yaml.load with an unsafe loader",
        cwe=502,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="A YAML document can name Python objects that loading it creates and calls.",
        fix="Use yaml.safe_load.",
        insecure="import yaml\ndef load(text):\n    return yaml.load(text, Loader=yaml.Loader)\n",
        secure="import yaml\ndef load(text):\n    return yaml.safe_load(text)\n",
    ),
    Rule(
        id="S202",
        title="Archive unpacked unchecked",
        cwe=22,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="Names such as ../../etc/cron.d/x in the archive are written outside the target folder.",
        fix="Give extractall filter='data'.",
        insecure="import tarfile\ndef unpack(path):\n    tarfile.open(path).extractall('out')\n",
        secure="import tarfile\ndef unpack(path):\n    tarfile.open(path).extractall('out', filter='data')\n",
    ),
    *_XML_RULES,
    Rule(
        id="S103",
        title="Permissive file mode",
        cwe=732,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Other accounts of the machine may change or run the file.",
        fix="Give rights to the owner only: 0o600, or 0o700 for what is run.",
        insecure="import os\ndef share(path):\n    os.chmod(path, 0o777)\n",
        secure="import os\ndef keep(path):\n    os.chmod(path, 0o600)\n",
    ),
    Rule(
        id="S108",
        title="Fixed name in a shared temporary folder",
        cwe=377,
        severity=Severity.LOW,
        confidence=Severity.LOW,
        why="Another account can create the file or a link of that name first.",
        fix="Let tempfile choose the name.",
        insecure="def save(text):\n    with open('/tmp/report.txt', 'w') as f:\n        f.write(text)\n",
        secure="import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.write(b'x')\n",
    ),
    Rule(
        id="S306",
        title="tempfile.mktemp",
        cwe=377,
        severity=Severity.MEDIUM,
        confidence=Severity.HIGH,
        why="Between the choice of the name and its use another account can create the file.",
        fix="Use tempfile.mkstemp or NamedTemporaryFile.",
        insecure="import tempfile\nname = tempfile.mktemp()\n",
        secure="import tempfile\nhandle, name = tempfile.mkstemp()\n",
    ),
    Rule(
        id="S201",
        title="Flask in debug mode",
        cwe=489,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="The debugger shows source and variables on an error, and its console runs code.",
        fix="Leave debug off, and switch it on in your own environment only.",
        insecure="from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n",
        secure="from flask import Flask\napp = Flask(__name__)\napp.run()\n",
    ),
)
