"""How values are followed: through objects, tables, branches, helpers and several methods."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import found, weaknesses

INSECURE = {
    "a list filled by another method": (
        89,
        "class Q:\n    def __init__(self):\n        self.wheres = []\n    def where(self, f, v):\n"
        "        self.wheres.append(\"%s = '%s'\" % (f, v))\n    def run(self, cur):\n"
        "        sql = 'SELECT * FROM t WHERE ' + ' AND '.join(self.wheres)\n        cur.execute(sql)\n",
    ),
    "a table of functions": (
        328,
        "H = {'fast': hashlib.md5, 'strong': hashlib.sha256}\ndef f(d, kind='fast'):\n"
        "    return H[kind](d).hexdigest()\n",
    ),
    "a negated default": (
        295,
        "def f(u, insecure=True):\n    return requests.get(u, verify=not insecure, timeout=5)\n",
    ),
    "a helper of the class": (
        78,
        "class G:\n    def log(self, a):\n        return self._run('git log ' + a)\n"
        "    def _run(self, c):\n        return subprocess.check_output(c, shell=True)\n",
    ),
    "an attribute of the object": (
        295,
        "class C:\n    def __init__(self, check=False):\n        self.check = check\n    def get(self, u):\n"
        "        return requests.get(u, verify=self.check, timeout=5)\n",
    ),
    "resolved but not checked": (
        22,
        "def f(name):\n    path = os.path.realpath(os.path.join('/srv', name))\n"
        "    return open(path).read()\n",
    ),
    "checked in one branch only": (
        78,
        "def f(x, strict):\n    if strict:\n        if x not in OK:\n            raise ValueError\n"
        "    os.system('run ' + x)\n",
    ),
    "checked, then replaced": (
        78,
        "def f(x):\n    if x not in OK:\n        raise ValueError\n    x = input()\n"
        "    os.system('run ' + x)\n",
    ),
    "another value checked": (
        78,
        "def f(x, y):\n    if y not in OK:\n        raise ValueError\n    os.system('run ' + x)\n",
    ),
    "a check that ends nothing": (
        78,
        "def f(x):\n    if x not in OK:\n        print('odd')\n    os.system('run ' + x)\n",
    ),
    "a nested function": (
        78,
        "def f(x):\n    def g():\n        os.system('run ' + x)\n    return g\n",
    ),
    "a try that goes on": (
        89,
        "def f(cur, x):\n    try:\n        x = int(x)\n    except ValueError:\n        pass\n"
        "    cur.execute('SELECT a FROM t WHERE b = ' + str(x))\n",
    ),
    "a password table": (798, "credentials = {'root': 'toor', 'admin': 'admin123'}\n"),
    "a key that is returned": (
        798,
        "def f():\n    return 'Bearer ' + 'sk-proj-abcdefghijklmnopqrstuvwxyz123456'\n",
    ),
    "a header by hand": (
        113,
        "def f(n):\n    return 'HTTP/1.1 200 OK\\r\\nX-Name: ' + n + '\\r\\n\\r\\n'\n",
    ),
}
SECURE = {
    "replaced where it isn't allowed": (
        "def f(conn, sort='name'):\n    if sort not in OK:\n        sort = 'name'\n"
        "    return conn.execute('SELECT a FROM t ORDER BY ' + sort)\n"
    ),
    "the name of a path": (
        "def f(f):\n    dest = Path('/srv') / Path(f.name).name\n    return open(dest, 'wb')\n"
    ),
    "Markup filled by format": (
        "@app.route('/g/<n>')\ndef g(n):\n    return Markup('<b>{}</b>').format(n)\n"
    ),
    "escaped, then encoded": (
        "class H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        n = html.escape(self.path)\n"
        "        self.wfile.write(f'<p>{n}</p>'.encode())\n"
    ),
    "checked in both branches": (
        "def f(x, a):\n    if a:\n        if x not in A:\n            raise ValueError\n    else:\n"
        "        if x not in B:\n            raise ValueError\n    os.system('run ' + x)\n"
    ),
    "checked by early return": (
        "def f(x):\n    if not x.isalnum():\n        return None\n    os.system('run ' + x)\n"
    ),
    "a helper that cleans": (
        "def clean_it(x):\n    return shlex.quote(x)\ndef f(x):\n    os.system('run ' + clean_it(x))\n"
    ),
    "checked with and": "def f(x):\n    return x in OK and os.system('run ' + x)\n",
    "filtered by a comprehension": (
        "def f(xs):\n    good = [x for x in xs if x in OK]\n    os.system('run ' + ' '.join(good))\n"
    ),
}


@pytest.mark.parametrize(("cwe", "source"), INSECURE.values(), ids=INSECURE)
def test_it_is_found(cwe: int, source: str) -> None:
    assert cwe in weaknesses(source)


@pytest.mark.parametrize("source", SECURE.values(), ids=SECURE)
def test_the_twin_is_left_alone(source: str) -> None:
    assert found(source) == set()
