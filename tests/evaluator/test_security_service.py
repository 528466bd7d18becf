"""Tokens, TLS, servers, patterns, asserts: what is found, and the twins that are right."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import found, weaknesses

INSECURE = {
    "no signature check": (347, "def f(t):\n    return jwt.decode(t, options={'verify_signature': False})\n"),
    "options by variable": (
        347,
        "def f(t, k):\n    opts = {'verify_signature': False}\n"
        "    return jwt.decode(t, k, algorithms=['HS256'], options=opts)\n",
    ),
    "verify False": (347, "def f(t, k):\n    return jwt.decode(t, k, verify=False)\n"),
    "none allowed": (347, "def f(t, k):\n    return jwt.decode(t, k, algorithms=['HS256', 'none'])\n"),
    "no algorithms": (347, "from jose import jwt\ndef f(t, k):\n    return jwt.decode(t, k)\n"),
    "encode none": (347, "def f(p):\n    return jwt.encode(p, '', algorithm='none')\n"),
    "unverified claims": (347, "from jose import jwt\ndef f(t):\n    return jwt.get_unverified_claims(t)\n"),
    "literal key": (798, "def f(u):\n    return jwt.encode({'u': u}, 'secret', algorithm='HS256')\n"),
    "literal key by constant": (
        798,
        "KEY = 'abc123'\ndef f(t):\n    return jwt.decode(t, KEY, algorithms=['HS256'])\n",
    ),
    "literal key by keyword": (
        798,
        "def f(u):\n    return jwt.encode(payload={'u': u}, key='topsecret', algorithm='HS256')\n",
    ),
    "verify": (295, "def f(u):\n    return requests.get(u, verify=False, timeout=3)\n"),
    "verify by variable": (
        295,
        "def f(u):\n    check = False\n    return requests.post(u, verify=check, timeout=3)\n",
    ),
    "verify by default": (
        295,
        "def f(u, verify=False):\n    return requests.get(u, verify=verify, timeout=3)\n",
    ),
    "verify by options": (
        295,
        "def f(u):\n    opts = {'timeout': 3, 'verify': False}\n    return requests.get(u, **opts)\n",
    ),
    "session": (
        295,
        "def f(u):\n    s = requests.Session()\n    s.verify = False\n    return s.get(u, timeout=3)\n",
    ),
    "httpx": (295, "def f():\n    return httpx.Client(verify=False)\n"),
    "aiohttp": (
        295,
        "async def f(u):\n    async with aiohttp.ClientSession() as s:\n"
        "        async with s.get(u, ssl=False) as r:\n            return await r.text()\n",
    ),
    "connector": (295, "def f():\n    return aiohttp.TCPConnector(verify_ssl=False)\n"),
    "context": (
        295,
        "def f(u):\n    c = ssl._create_unverified_context()\n    return urlopen(u, context=c, timeout=3)\n",
    ),
    "check_hostname": (
        295,
        "def f():\n    c = ssl.create_default_context()\n    c.check_hostname = False\n"
        "    c.verify_mode = ssl.CERT_NONE\n    return c\n",
    ),
    "CERT_NONE": (295, "def f(s):\n    return ssl.wrap_socket(s, cert_reqs=ssl.CERT_NONE)\n"),
    "urllib3": (295, "def f():\n    return urllib3.PoolManager(cert_reqs='CERT_NONE')\n"),
    "global context": (295, "ssl._create_default_https_context = ssl._create_unverified_context\n"),
    "plain context": (295, "def f():\n    return ssl.SSLContext()\n"),
    "class attribute": (
        295,
        "class C:\n    def __init__(self):\n        self.session = requests.Session()\n"
        "        self.session.verify = False\n",
    ),
    "paramiko": (
        322,
        "def f(h):\n    c = paramiko.SSHClient()\n"
        "    c.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n    c.connect(h)\n",
    ),
    "old version": (327, "def f():\n    return ssl.SSLContext(ssl.PROTOCOL_SSLv3)\n"),
    "minimum version": (
        327,
        "def f():\n    c = ssl.create_default_context()\n    c.minimum_version = ssl.TLSVersion.TLSv1\n"
        "    return c\n",
    ),
    "telnet": (319, "import telnetlib\ndef f(h):\n    return telnetlib.Telnet(h)\n"),
    "ftp": (319, "def f(h):\n    with FTP(h) as ftp:\n        ftp.login()\n"),
    "debug": (489, "app = Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=True)\n"),
    "debug by variable": (489, "DEBUG_MODE = True\napp.run(host='127.0.0.1', debug=DEBUG_MODE)\n"),
    "debug attribute": (489, "app = Flask(__name__)\napp.debug = True\n"),
    "debug config": (489, "app = Flask(__name__)\napp.config['DEBUG'] = True\n"),
    "django debug": (489, "DEBUG = True\nALLOWED_HOSTS = []\n"),
    "fastapi debug": (489, "app = FastAPI(debug=True)\n"),
    "debug by options": (489, "def main(app):\n    opts = {'debug': True}\n    app.run(**opts)\n"),
    "tornado debug": (489, "def make():\n    return tornado.web.Application([], debug=True)\n"),
    "all interfaces": (1327, "app.run(host='0.0.0.0')\n"),
    "bind": (1327, "def f():\n    s = socket.socket()\n    s.bind(('', 80))\n"),
    "bind by constant": (
        1327,
        "HOST = '0.0.0.0'\ndef f(port):\n    s = socket.socket()\n    s.bind((HOST, port))\n",
    ),
    "http server": (1327, "def f():\n    return HTTPServer(('0.0.0.0', 80), H)\n"),
    "uvicorn": (1327, "def f(app):\n    uvicorn.run(app, host='0.0.0.0', port=80)\n"),
    "start_server": (1327, "async def f(h):\n    return await asyncio.start_server(h, '0.0.0.0', 80)\n"),
    "requests without": (400, "def f(u):\n    return requests.get(u).json()\n"),
    "session without": (400, "def f(u):\n    with requests.Session() as s:\n        return s.get(u)\n"),
    "requests None": (400, "def f(u):\n    return requests.post(u, timeout=None)\n"),
    "urlopen without": (400, "def f(u):\n    return urllib.request.urlopen(u).read()\n"),
    "httpx None": (400, "def f(u):\n    return httpx.get(u, timeout=None)\n"),
    "self session without": (
        400,
        "class C:\n    def __init__(self):\n        self.s = requests.Session()\n    def get(self, u):\n"
        "        return self.s.get(u)\n",
    ),
    "nested": (1333, "def f(s):\n    return re.match(r'^(a+)+$', s)\n"),
    "nested by constant": (
        1333,
        "EMAIL = re.compile(r'^([a-zA-Z0-9]+\\.?)+@x\\.org$')\ndef f(s):\n    return EMAIL.match(s)\n",
    ),
    "alternatives": (1333, "def f(s):\n    return re.search('(a|aa)+$', s)\n"),
    "stars": (1333, "def f(s):\n    return re.fullmatch(r'(\\s*\\w+\\s*)*;', s)\n"),
    "stranger's pattern": (1333, "def f():\n    return re.search(request.args['p'], TEXT)\n"),
    "admin": (617, "def f(user, x):\n    assert user.is_admin, 'no'\n    x.delete()\n"),
    "permission": (617, "def f(user):\n    assert 'admin' in user.roles\n    return secret()\n"),
    "path": (
        617,
        "def f(p):\n    path = os.path.realpath(p)\n    assert path.startswith(BASE)\n    return path\n",
    ),
    "password": (617, "def f(u, password):\n    assert check_password(u, password)\n    return session(u)\n"),
    "token": (617, "def f(request):\n    assert request.headers['X'] == TOKEN\n    return 1\n"),
}
SECURE = {
    "decode": "def f(t, k):\n    return jwt.decode(t, k, algorithms=['HS256'])\n",
    "decode with options": (
        "def f(t, k):\n    return jwt.decode(t, k, algorithms=['RS256'], options={'require': ['exp']})\n"
    ),
    "decode by constant": (
        "ALGORITHMS = ['HS256']\ndef f(t):\n"
        "    return jwt.decode(t, os.environ['K'], algorithms=ALGORITHMS)\n"
    ),
    "encode": "def f(p, k):\n    return jwt.encode(p, k, algorithm='HS256')\n",
    "encode by config": "def f(p):\n    return jwt.encode(p, settings.SECRET_KEY, algorithm='HS256')\n",
    "text": "def f(b):\n    return b.decode('utf-8', 'ignore')\n",
    "requests": "def f(u):\n    return requests.get(u, timeout=3, verify=True)\n",
    "own authority": "def f(u):\n    return requests.get(u, timeout=3, verify='/etc/ca.pem')\n",
    "session": (
        "def f(u):\n    s = requests.Session()\n    s.verify = '/etc/ca.pem'\n"
        "    return s.get(u, timeout=3)\n"
    ),
    "context": (
        "def f(u):\n    c = ssl.create_default_context()\n    return urlopen(u, context=c, timeout=3)\n"
    ),
    "client context": (
        "def f():\n    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n    c.load_default_certs()\n"
        "    return c\n"
    ),
    "hostname": (
        "def f():\n    c = ssl.create_default_context()\n    c.check_hostname = True\n"
        "    c.verify_mode = ssl.CERT_REQUIRED\n    c.minimum_version = ssl.TLSVersion.TLSv1_2\n"
        "    return c\n"
    ),
    "other verify": "def f(x):\n    return image.load(x, verify=False)\n",
    "reject policy": (
        "def f():\n    c = paramiko.SSHClient()\n    c.load_system_host_keys()\n"
        "    c.set_missing_host_key_policy(paramiko.RejectPolicy())\n    return c\n"
    ),
    "ftp tls": "def f(h):\n    with FTP_TLS(h) as ftp:\n        ftp.login()\n",
    "run": "app = Flask(__name__)\nif __name__ == '__main__':\n    app.run(host='127.0.0.1', port=5000)\n",
    "debug off": "app.run(debug=False)\napp.debug = False\nDEBUG = False\n",
    "debug of the environment": "DEBUG = os.environ.get('DEBUG') == '1'\napp.run(debug=DEBUG)\n",
    "debug of logging": "logging.basicConfig(level=logging.DEBUG)\nlogger.debug('x')\n",
    "debug parameter": "def solve(n, debug=True):\n    if debug:\n        print(n)\n    return n\n",
    "local": "def f():\n    s = socket.socket()\n    s.bind(('127.0.0.1', 80))\n",
    "address as text": "def f(ip):\n    return ip == '0.0.0.0' or ip in ('::', '0.0.0.0')\n",
    "slices": "def f(s):\n    return s[::-1] + s[::2]\n",
    "timeouts": "def f(u):\n    requests.get(u, timeout=(3, 10))\n    return urlopen(u, timeout=5)\n",
    "timeout by options": "OPTS = {'timeout': 5}\ndef f(u):\n    return requests.get(u, **OPTS)\n",
    "other get": "def f(d, k):\n    return d.get(k), session.get(k), client.post(k)\n",
    "httpx": "def f(u):\n    return httpx.get(u)\n",
    "pattern": "def f(s):\n    return re.match(r'^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$', s)\n",
    "pattern of words": "def f(s):\n    return re.match(r'^\\w+( \\w+)*$', s)\n",
    "pattern of a parameter": "def f(p, s):\n    return re.search(p, s)\n",
    "escaped pattern": "def f():\n    return re.search(re.escape(request.args['p']), TEXT)\n",
    "date": "def f(s):\n    return re.fullmatch(r'(\\d{1,3}\\.){3}\\d{1,3}', s)\n",
    "assert of a result": (
        "def f(n):\n    assert n >= 0\n    assert isinstance(n, int), 'role'\n    return n\n"
    ),
    "assert of a test": "def test_admin(user):\n    assert user.is_admin\n",
    "if": "def f(user, x):\n    if not user.is_admin:\n        raise PermissionError\n    x.delete()\n",
    "assert of brackets": (
        "def f(s):\n    assert s.startswith('(')\n    assert len(s) % 2 == 0\n    return s\n"
    ),
}


@pytest.mark.parametrize(("cwe", "source"), INSECURE.values(), ids=INSECURE)
def test_it_is_found(cwe: int, source: str) -> None:
    assert cwe in weaknesses(source)


@pytest.mark.parametrize("source", SECURE.values(), ids=SECURE)
def test_the_twin_is_left_alone(source: str) -> None:
    assert found(source) == set()
