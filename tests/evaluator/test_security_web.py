"""Pages, addresses, documents and files: what is found, and the twins that are right."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import weaknesses

LXML = "from lxml import etree\n"
ROUTE = "@app.route('/x')\n"

INSECURE = {
    "flask f-string": (
        79,
        ROUTE + "def f():\n    name = request.args.get('name', '')\n    return f'<h1>Hello {name}</h1>'\n",
    ),
    "flask plain": (79, ROUTE + "def f():\n    return 'Hello ' + request.args['name']\n"),
    "flask echo": (79, ROUTE + "def f():\n    return request.args.get('q')\n"),
    "route parameter": (79, "@app.route('/u/<name>')\ndef f(name):\n    return '<p>%s</p>' % name\n"),
    "django": (79, "def f(request):\n    return HttpResponse('<b>' + request.GET['q'] + '</b>')\n"),
    "make_response": (
        79,
        "def f():\n    q = request.args['q']\n    r = make_response('<p>{}</p>'.format(q))\n    return r\n",
    ),
    "function": (
        79,
        "def render_comment(author, text):\n    return '<div><b>' + author + '</b>: ' + text + '</div>'\n",
    ),
    "joined rows": (
        79,
        "def table(rows):\n    out = '<table>'\n    for r in rows:\n"
        "        out += f'<tr><td>{r}</td></tr>'\n    return out + '</table>'\n",
    ),
    "comprehension": (
        79,
        "def items(xs):\n    return '<ul>' + ''.join(f'<li>{x}</li>' for x in xs) + '</ul>'\n",
    ),
    "mark_safe": (79, "def f(x):\n    return mark_safe(x)\n"),
    "Markup": (79, "def f(x):\n    return Markup('<b>' + x + '</b>')\n"),
    "Markup percent": (79, "from flask import Markup\ndef f(x):\n    return Markup('<b>%s</b>' % x)\n"),
    "jinja2 environment": (79, "env = jinja2.Environment(loader=loader)\n"),
    "autoescape false": (79, "env = Environment(autoescape=False, loader=x)\n"),
    "autoescape by variable": (79, "escape_it = False\nenv = Environment(autoescape=escape_it)\n"),
    "safe filter": (
        79,
        "def f():\n    return render_template_string('<p>{{ n|safe }}</p>', n=request.args['n'])\n",
    ),
    "jinja2 template": (79, "def f(n):\n    return jinja2.Template('<p>{{ n }}</p>').render(n=n)\n"),
    "wfile": (
        79,
        "class H(BaseHTTPRequestHandler):\n    def do_GET(self):\n"
        "        self.wfile.write(b'<p>' + self.path.encode() + b'</p>')\n",
    ),
    "tornado": (
        79,
        "class M(RequestHandler):\n    def get(self):\n"
        "        self.write('<p>' + self.get_argument('q') + '</p>')\n",
    ),
    "fastapi": (
        79,
        "@app.get('/', response_class=HTMLResponse)\ndef f(q: str):\n"
        "    return HTMLResponse(f'<p>{q}</p>')\n",
    ),
    "string template": (
        79,
        "from string import Template\ndef f(n):\n    return Template('<p>$n</p>').substitute(n=n)\n",
    ),
    "redirect": (601, ROUTE + "def f():\n    return redirect(request.args.get('next'))\n"),
    "redirect with default": (
        601,
        ROUTE + "def f():\n    target = request.args.get('next') or '/'\n    return redirect(target)\n",
    ),
    "django redirect": (601, "def f(request):\n    return HttpResponseRedirect(request.GET['url'])\n"),
    "redirect parameter": (601, "def after_login(next_url):\n    return redirect(next_url)\n"),
    "location header": (
        601,
        "def f():\n    r = make_response('', 302)\n    r.headers['Location'] = request.args['u']\n"
        "    return r\n",
    ),
    "fastapi redirect": (601, "@app.get('/go')\ndef go(url: str):\n    return RedirectResponse(url)\n"),
    "requests": (918, ROUTE + "def f():\n    return requests.get(request.args['url'], timeout=3).text\n"),
    "urlopen": (
        918,
        ROUTE
        + "def f():\n    u = request.form['u']\n    return urllib.request.urlopen(u, timeout=2).read()\n",
    ),
    "httpx": (
        918,
        "@app.get('/p')\nasync def p(url: str):\n    async with httpx.AsyncClient() as c:\n"
        "        return (await c.get(url)).text\n",
    ),
    "user url": (918, "def fetch(user_url):\n    return requests.get(user_url, timeout=5).content\n"),
    "docstring": (
        918,
        'def fetch(url):\n    """Fetch the page at a user-supplied URL."""\n'
        "    return requests.get(url, timeout=5).text\n",
    ),
    "host": (
        918,
        ROUTE + "def f():\n    host = request.args['host']\n"
        "    return requests.get(f'http://{host}/status', timeout=2).text\n",
    ),
    "header": (
        113,
        ROUTE + "def f():\n    r = make_response('ok')\n    r.headers['X-Name'] = request.args['n']\n"
        "    return r\n",
    ),
    "log": (117, ROUTE + "def f():\n    app.logger.info('user ' + request.args['u'])\n    return 'ok'\n"),
    "log arguments": (117, "def f(request):\n    logger.warning('failed login for %s', request.POST['u'])\n"),
    "lxml": (611, LXML + "def f(x):\n    return etree.fromstring(x)\n"),
    "lxml parser": (
        611,
        LXML + "def f(x):\n    p = etree.XMLParser(resolve_entities=True)\n    return etree.parse(x, p)\n",
    ),
    "lxml default parser": (
        611,
        LXML + "def f(x):\n    p = etree.XMLParser()\n    return etree.fromstring(x, parser=p)\n",
    ),
    "lxml dtd": (
        611,
        LXML + "def f(x):\n    return etree.XML(x, etree.XMLParser(load_dtd=True, no_network=False))\n",
    ),
    "sax feature": (
        611,
        "def f(x):\n    p = xml.sax.make_parser()\n"
        "    p.setFeature(xml.sax.handler.feature_external_ges, True)\n    p.parse(x)\n",
    ),
    "elementtree": (776, "import xml.etree.ElementTree as ET\ndef f(p):\n    return ET.parse(p).getroot()\n"),
    "elementtree without import": (776, "def f(t):\n    return ET.fromstring(t)\n"),
    "minidom": (776, "from xml.dom import minidom\ndef f(t):\n    return minidom.parseString(t)\n"),
    "sax": (776, "import xml.sax\ndef f(t, h):\n    xml.sax.parseString(t, h)\n"),
    "xpath": (643, "def f(tree, u):\n    return tree.xpath(f\"//user[@name='{u}']\")\n"),
    "xpath by variable": (
        643,
        "def f(root, u, p):\n    q = \"//u[name='%s' and pw='%s']\" % (u, p)\n    return root.xpath(q)\n",
    ),
    "findall": (643, 'def f(root, k):\n    return root.findall(".//item[@key=\'" + k + "\']")\n'),
    "ldap": (90, "def f(c, u):\n    return c.search_s('dc=x', ldap.SCOPE_SUBTREE, '(uid=%s)' % u)\n"),
    "ldap3": (
        90,
        "def f(conn, u):\n    conn.search('dc=x', f'(&(objectClass=person)(cn={u}))')\n"
        "    return conn.entries\n",
    ),
    "ldap filter": (
        90,
        "def f(conn, u):\n    search_filter = '(uid=' + u + ')'\n"
        "    conn.search(search_base='dc=x', search_filter=search_filter)\n",
    ),
    "open joined": (22, "def f(name):\n    return open(os.path.join('/srv/files', name)).read()\n"),
    "open concatenated": (
        22,
        "BASE = '/srv/files/'\ndef f(name):\n    with open(BASE + name) as h:\n        return h.read()\n",
    ),
    "send_file": (22, ROUTE + "def f():\n    return send_file(request.args['file'])\n"),
    "send_file joined": (
        22,
        "@app.route('/d/<path:name>')\ndef d(name):\n    return send_file('/srv/' + name)\n",
    ),
    "pathlib": (22, "ROOT = Path('/srv')\ndef f(name):\n    return (ROOT / name).read_text()\n"),
    "pathlib by variable": (
        22,
        "def f(base, name):\n    path = Path(base) / name\n    return path.read_bytes()\n",
    ),
    "remove": (22, "def f(name):\n    os.remove(os.path.join(UPLOADS, name))\n"),
    "upload": (
        22,
        ROUTE + "def f():\n    file = request.files['f']\n    file.save(os.path.join('/up', file.filename))\n"
        "    return 'ok'\n",
    ),
    "request path": (22, ROUTE + "def f():\n    return open(request.args.get('p')).read()\n"),
    "format": (
        22,
        "def f(user):\n    with open('/data/{}.json'.format(user)) as h:\n        return json.load(h)\n",
    ),
    "weak check": (
        22,
        "def f(name):\n    path = os.path.join('/srv/files', name)\n"
        "    if not path.startswith('/srv/files'):\n        raise ValueError\n"
        "    return open(path).read()\n",
    ),
    "tar": (22, "def f(p, d):\n    with tarfile.open(p) as t:\n        t.extractall(d)\n"),
    "tar members": (
        22,
        "def f(p, d):\n    tar = tarfile.open(p)\n    for m in tar.getmembers():\n"
        "        tar.extract(m, d)\n",
    ),
    "tar without filter": (
        22,
        "def f(p, d):\n    with tarfile.open(p) as t:\n"
        "        t.extractall(path=d, filter='fully_trusted')\n",
    ),
    "zip by hand": (
        22,
        "def f(z, d):\n    for n in z.namelist():\n        with open(os.path.join(d, n), 'wb') as h:\n"
        "            h.write(z.read(n))\n",
    ),
    "unpack": (22, "def f(p, d):\n    shutil.unpack_archive(p, d)\n"),
    "mktemp": (377, "def f():\n    p = tempfile.mktemp(suffix='.txt')\n    return open(p, 'w')\n"),
    "tmp name": (377, "def f(d):\n    with open('/tmp/out.dat', 'wb') as h:\n        h.write(d)\n"),
    "tmp name with pid": (
        377,
        "def f(d):\n    path = f'/tmp/app-{os.getpid()}.txt'\n    with open(path, 'w') as h:\n"
        "        h.write(d)\n",
    ),
    "chmod": (732, "def f(p):\n    os.chmod(p, 0o777)\n"),
    "chmod by stat": (732, "def f(p):\n    os.chmod(p, stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)\n"),
    "chmod by variable": (732, "MODE = 0o666\ndef f(p):\n    os.chmod(p, MODE)\n"),
    "pathlib chmod": (732, "def f(p):\n    Path(p).chmod(0o777)\n"),
    "os.open": (732, "def f(p):\n    return os.open(p, os.O_CREAT | os.O_WRONLY, 0o666)\n"),
    "makedirs": (732, "def f(p):\n    os.makedirs(p, mode=0o777)\n"),
    "umask": (732, "def f(p):\n    os.umask(0)\n    return open(p, 'w')\n"),
    "chmod command": (732, "def f():\n    subprocess.run(['chmod', '-R', '777', '/srv'])\n"),
    "key readable": (732, "def f(d):\n    os.chmod('/etc/app/private.key', 0o644)\n"),
    "pickle": (502, "def f(d):\n    return pickle.loads(d)\n"),
    "pickle of a file": (502, "def f(p):\n    with open(p, 'rb') as h:\n        return pickle.load(h)\n"),
    "pickle imported": (502, "from pickle import loads\ndef f(d):\n    return loads(base64.b64decode(d))\n"),
    "cPickle": (502, "import cPickle as p\ndef f(d):\n    return p.loads(d)\n"),
    "unpickler": (502, "def f(h):\n    return pickle.Unpickler(h).load()\n"),
    "dill": (502, "import dill\ndef f(d):\n    return dill.loads(d)\n"),
    "yaml": (502, "def f(t):\n    return yaml.load(t)\n"),
    "yaml Loader": (502, "def f(t):\n    return yaml.load(t, Loader=yaml.UnsafeLoader)\n"),
    "yaml FullLoader": (
        502,
        "from yaml import load, FullLoader\ndef f(t):\n    return load(t, Loader=FullLoader)\n",
    ),
    "yaml unsafe_load": (502, "def f(t):\n    return yaml.unsafe_load(t)\n"),
    "marshal": (502, "def f(d):\n    return marshal.loads(d)\n"),
    "jsonpickle": (502, "def f(t):\n    return jsonpickle.decode(t)\n"),
    "shelve": (502, "def f(p):\n    return shelve.open(p)\n"),
    "joblib": (502, "def f(p):\n    return joblib.load(p)\n"),
    "torch": (502, "def f(p):\n    return torch.load(p, map_location='cpu')\n"),
    "numpy": (502, "def f(p):\n    return np.load(p, allow_pickle=True)\n"),
    "read_pickle": (502, "def f(p):\n    return pd.read_pickle(p)\n"),
}


@pytest.mark.parametrize(("cwe", "source"), INSECURE.values(), ids=INSECURE)
def test_it_is_found(cwe: int, source: str) -> None:
    assert cwe in weaknesses(source)
