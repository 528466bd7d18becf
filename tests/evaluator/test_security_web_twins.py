"""Pages, addresses, documents and files that look like the insecure ones and are right."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import found

LXML = "from lxml import etree\n"
ROUTE = "@app.route('/x')\n"

SECURE = {
    "escaped": (
        ROUTE + "def f():\n    name = html.escape(request.args.get('name', ''))\n"
        "    return f'<h1>Hello {name}</h1>'\n"
    ),
    "markupsafe": (
        "from markupsafe import escape\n@app.route('/u/<n>')\ndef f(n):\n    return f'<p>{escape(n)}</p>'\n"
    ),
    "template": ROUTE + "def f():\n    return render_template('a.html', name=request.args['name'])\n",
    "template text": (
        ROUTE + "def f():\n    return render_template_string('<p>{{ n }}</p>', n=request.args['n'])\n"
    ),
    "json": ROUTE + "def f():\n    return jsonify(name=request.args['name'])\n",
    "dictionary": ROUTE + "def f():\n    return {'name': request.args['name']}\n",
    "plain text": ROUTE + "def f():\n    return Response(request.args['q'], mimetype='text/plain')\n",
    "number": ROUTE + "def f():\n    n = int(request.args['n'])\n    return f'<p>{n * 2}</p>'\n",
    "integer route": "@app.route('/p/<int:n>')\ndef f(n):\n    return f'<p>{n}</p>'\n",
    "constant": "def f():\n    return '<p>hello</p>'\n",
    "format_html": "def f(x):\n    return format_html('<b>{}</b>', x)\n",
    "mark_safe constant": "def f():\n    return mark_safe('<b>ok</b>')\n",
    "Markup escaped": "def f(x):\n    return Markup('<b>%s</b>') % escape(x)\n",
    "Markup format": "def f(x):\n    return Markup('<b>{}</b>').format(x)\n",
    "bleach": "def f(x):\n    return mark_safe(bleach.clean(x))\n",
    "jinja2": "env = jinja2.Environment(loader=loader, autoescape=True)\n",
    "select_autoescape": "env = Environment(loader=x, autoescape=select_autoescape(['html']))\n",
    "rows escaped": (
        "def items(xs):\n    return '<ul>' + ''.join(f'<li>{html.escape(x)}</li>' for x in xs) + '</ul>'\n"
    ),
    "map escape": (
        "def items(xs):\n    return '<ul><li>' + '</li><li>'.join(map(html.escape, xs)) + '</li></ul>'\n"
    ),
    "comparison signs": "def f(a, b):\n    return f'{a} < {b} and {b} > {a}'\n",
    "repr of a node": "class N:\n    def __repr__(self):\n        return f'<Node {self.name}>'\n",
    "escape in a helper": (
        "def e(t):\n    return html.escape(t)\ndef f(x):\n    return '<p>' + e(x) + '</p>'\n"
    ),
    "redirect home": ROUTE + "def f():\n    return redirect(url_for('home'))\n",
    "redirect to own path": "@app.route('/u/<name>')\ndef f(name):\n    return redirect(f'/users/{name}')\n",
    "redirect checked": (
        "def f(request):\n    u = request.GET.get('next', '/')\n"
        "    if not url_has_allowed_host_and_scheme(u, allowed_hosts={request.get_host()}):\n"
        "        u = '/'\n    return redirect(u)\n"
    ),
    "redirect by netloc": (
        ROUTE + "def f():\n    u = request.args.get('next', '/')\n    if urlparse(u).netloc != '':\n"
        "        u = '/'\n    return redirect(u)\n"
    ),
    "redirect by host": (
        ROUTE + "def f():\n    u = request.args['u']\n    if urlparse(u).hostname not in ALLOWED_HOSTS:\n"
        "        abort(400)\n    return redirect(u)\n"
    ),
    "redirect by prefix": (
        ROUTE + "def f():\n    u = request.args['u']\n    if not u.startswith('/') or u.startswith('//'):\n"
        "        return redirect('/')\n    return redirect(u)\n"
    ),
    "redirect by table": ROUTE + "def f():\n    return redirect(PAGES.get(request.args['p'], '/'))\n",
    "fixed address": "def f():\n    return requests.get('https://api.example.org/v1', timeout=5).json()\n",
    "parameter": "def f(url):\n    return requests.get(url, timeout=5).json()\n",
    "fixed host": (
        ROUTE + "def f():\n"
        "    return requests.get('https://api.example.org/u/' + request.args['u'], timeout=5).text\n"
    ),
    "params": (
        ROUTE + "def f():\n"
        "    return requests.get('https://a.example.org/s', params={'q': request.args['q']}, "
        "timeout=5).text\n"
    ),
    "host list": (
        ROUTE + "def f():\n    u = request.args['u']\n    if urlparse(u).hostname not in HOSTS:\n"
        "        abort(403)\n    return requests.get(u, timeout=5).text\n"
    ),
    "host by function": (
        "def ok(u):\n    return urlparse(u).hostname in HOSTS\n@app.route('/x')\ndef f():\n"
        "    u = request.args['u']\n    if not ok(u):\n        abort(403)\n"
        "    return requests.get(u, timeout=5).text\n"
    ),
    "private addresses refused": (
        "def fetch(user_url):\n    host = urlparse(user_url).hostname\n"
        "    ip = ipaddress.ip_address(socket.gethostbyname(host))\n"
        "    if ip.is_private or ip.is_loopback:\n        raise ValueError(host)\n"
        "    return requests.get(user_url, timeout=5).text\n"
    ),
    "prefix": (
        ROUTE + "def f():\n    u = request.args['u']\n    if not u.startswith('https://cdn.example.org/'):\n"
        "        abort(400)\n    return requests.get(u, timeout=5).content\n"
    ),
    "header checked": (
        ROUTE + "def f():\n    v = request.args['v']\n    if v not in ('a', 'b'):\n        abort(400)\n"
        "    r = make_response('ok')\n    r.headers['X-V'] = v\n    return r\n"
    ),
    "header cleaned": (
        ROUTE + "def f():\n    v = request.args['v'].replace('\\r', '').replace('\\n', '')\n"
        "    r = make_response('ok')\n    r.headers['X-V'] = v\n    return r\n"
    ),
    "own header": (
        "def f(token):\n    headers = {}\n    headers['Authorization'] = 'Bearer ' + token\n"
        "    return requests.get('https://example.org', headers=headers, timeout=5)\n"
    ),
    "log repr": ROUTE + "def f():\n    app.logger.info('user %r', request.args['u'])\n    return 'ok'\n",
    "log cleaned": (
        ROUTE + "def f():\n    u = request.args['u'].replace('\\n', '').replace('\\r', '')\n"
        "    logging.info('user %s', u)\n    return 'ok'\n"
    ),
    "log of a parameter": "def f(n):\n    logger.info('processing %s', n)\n    return n\n",
    "defusedxml": "import defusedxml.ElementTree as ET\ndef f(t):\n    return ET.fromstring(t)\n",
    "defusedxml from": "from defusedxml.ElementTree import parse\ndef f(p):\n    return parse(p).getroot()\n",
    "defused minidom": "from defusedxml import minidom\ndef f(t):\n    return minidom.parseString(t)\n",
    "lxml parser": (
        LXML
        + "def f(x):\n    p = etree.XMLParser(resolve_entities=False)\n    return etree.fromstring(x, p)\n"
    ),
    "lxml parser keyword": (
        LXML
        + "PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)\ndef f(x):\n"
        "    return etree.parse(x, parser=PARSER)\n"
    ),
    "building": (
        "import xml.etree.ElementTree as ET\ndef f(x):\n    root = ET.Element('a')\n    root.text = x\n"
        "    return ET.tostring(root)\n"
    ),
    "sax feature off": (
        "def f(x):\n    p = defusedxml.sax.make_parser()\n"
        "    p.setFeature(xml.sax.handler.feature_external_ges, False)\n    p.parse(x)\n"
    ),
    "xpath variable": "def f(tree, u):\n    return tree.xpath('//user[@name=$u]', u=u)\n",
    "xpath constant": "def f(tree):\n    return tree.xpath('//user[@id=1]')\n",
    "xpath checked": (
        "def f(tree, u):\n    if not u.isalnum():\n        raise ValueError(u)\n"
        "    return tree.xpath(f\"//user[@name='{u}']\")\n"
    ),
    "text find": "def f(s, k):\n    return s.find('[' + k + ']')\n",
    "ldap escaped": "def f(c, u):\n    return c.search_s('dc=x', 2, '(uid=%s)' % escape_filter_chars(u))\n",
    "ldap filter_format": "def f(c, u):\n    return c.search_s('dc=x', 2, filter_format('(uid=%s)', [u]))\n",
    "regex search": "def f(p, s):\n    return re.search('(a=' + re.escape(p) + ')', s)\n",
    "plain parameter": "def f(path):\n    with open(path) as h:\n        return h.read()\n",
    "fixed": "def f():\n    return open(os.path.join(BASE_DIR, 'config.json')).read()\n",
    "inside the caller's folder": (
        "def f(folder):\n    return open(os.path.join(folder, 'config.json')).read()\n"
    ),
    "basename": "def f(name):\n    return open(os.path.join('/srv', os.path.basename(name))).read()\n",
    "secure_filename": (
        ROUTE + "def f():\n    file = request.files['f']\n"
        "    file.save(os.path.join('/up', secure_filename(file.filename)))\n    return 'ok'\n"
    ),
    "realpath": (
        "def f(name):\n    path = os.path.realpath(os.path.join(BASE, name))\n"
        "    if not path.startswith(BASE + os.sep):\n        raise ValueError\n"
        "    return open(path).read()\n"
    ),
    "commonpath": (
        "def f(name):\n    base = os.path.abspath('/srv')\n"
        "    path = os.path.abspath(os.path.join(base, name))\n"
        "    if os.path.commonpath([base, path]) != base:\n        raise ValueError\n"
        "    return open(path).read()\n"
    ),
    "is_relative_to": (
        "def f(name):\n    path = (ROOT / name).resolve()\n    if not path.is_relative_to(ROOT):\n"
        "        raise ValueError\n    return path.read_text()\n"
    ),
    "relative_to": (
        "def f(name):\n    path = (ROOT / name).resolve()\n    try:\n        path.relative_to(ROOT)\n"
        "    except ValueError:\n        return None\n    return path.read_text()\n"
    ),
    "parents": (
        "def f(name):\n    path = (ROOT / name).resolve()\n    if ROOT not in path.parents:\n"
        "        raise ValueError\n    return path.read_text()\n"
    ),
    "send_from_directory": (
        "@app.route('/d/<path:n>')\ndef d(n):\n    return send_from_directory('/srv', n)\n"
    ),
    "safe_join": ROUTE + "def f():\n    p = safe_join('/srv', request.args['p'])\n    return send_file(p)\n",
    "table": "FILES = {'a': 'a.txt'}\ndef f(k):\n    return open(os.path.join('/srv', FILES[k])).read()\n",
    "list": (
        "def f(name):\n    if name not in os.listdir('/srv'):\n        raise ValueError\n"
        "    return open(os.path.join('/srv', name)).read()\n"
    ),
    "no separators": (
        "def f(name):\n    if '/' in name or '..' in name:\n        raise ValueError\n"
        "    return open(os.path.join('/srv', name)).read()\n"
    ),
    "generated name": (
        "def f(file):\n    name = uuid.uuid4().hex + '.png'\n    file.save(os.path.join('/up', name))\n"
        "    return name\n"
    ),
    "number in a path": "def f(n):\n    return open(f'/srv/{int(n)}.txt').read()\n",
    "checking helper": (
        "def safe_path(name):\n    p = os.path.realpath(os.path.join(BASE, name))\n"
        "    if not p.startswith(BASE):\n        raise ValueError\n    return p\ndef f(name):\n"
        "    return open(safe_path(name)).read()\n"
    ),
    "tar filter": "def f(p, d):\n    with tarfile.open(p) as t:\n        t.extractall(d, filter='data')\n",
    "tar checked": (
        "def f(p, d):\n    with tarfile.open(p) as t:\n        for m in t.getmembers():\n"
        "            target = os.path.realpath(os.path.join(d, m.name))\n"
        "            if not target.startswith(os.path.realpath(d) + os.sep):\n"
        "                raise ValueError\n        t.extractall(d)\n"
    ),
    "tar checked one by one": (
        "def f(p, d):\n    with tarfile.open(p) as t:\n        for m in t.getmembers():\n"
        "            if m.name.startswith('/') or '..' in m.name:\n                continue\n"
        "            t.extract(m, d)\n"
    ),
    "tar members": (
        "def f(p, d):\n    with tarfile.open(p) as t:\n"
        "        t.extractall(d, members=[m for m in t if is_within(d, m.name)])\n"
    ),
    "zip": "def f(p, d):\n    with zipfile.ZipFile(p) as z:\n        z.extractall(d)\n",
    "regular expression groups": "def f(s):\n    return s.str.extract('(a)')\n",
    "named": (
        "def f(d):\n    with tempfile.NamedTemporaryFile(delete=False) as h:\n        h.write(d)\n"
        "    return h.name\n"
    ),
    "mkstemp": "def f():\n    fd, p = tempfile.mkstemp()\n    os.close(fd)\n    return p\n",
    "temporary folder": (
        "def f(d):\n    with tempfile.TemporaryDirectory() as t:\n"
        "        with open(os.path.join(t, 'x'), 'w') as h:\n            h.write(d)\n"
    ),
    "reading": "def f():\n    with open('/tmp/x') as h:\n        return h.read()\n",
    "private mode": "def f(p):\n    os.chmod(p, 0o600)\n    os.makedirs('/srv/x', mode=0o700)\n",
    "ordinary mode": "def f(p):\n    os.chmod(p, 0o644)\n    os.chmod(p, 0o755)\n",
    "by stat": "def f(p):\n    os.chmod(p, stat.S_IRUSR | stat.S_IWUSR)\n",
    "os.open": "def f(p):\n    return os.open(p, os.O_CREAT | os.O_WRONLY, 0o600)\n",
    "chmod command": (
        "def f():\n    subprocess.run(['chmod', '600', '/srv/key'])\n"
        "    subprocess.run(['chmod', '0600', '/srv/k'])\n"
    ),
    "umask": "def f():\n    os.umask(0o077)\n",
    "json loads": "def f(d):\n    return json.loads(d)\n",
    "own pickle": "def f(o):\n    return pickle.loads(pickle.dumps(o))\n",
    "dumps": "def f(o):\n    return pickle.dumps(o)\n",
    "signed": (
        "def f(data, sig, key):\n"
        "    if not hmac.compare_digest(hmac.new(key, data, 'sha256').digest(), sig):\n"
        "        raise ValueError\n    return pickle.loads(data)\n"
    ),
    "restricted": (
        "class R(pickle.Unpickler):\n    def find_class(self, m, n):\n"
        "        raise pickle.UnpicklingError(n)\ndef f(d):\n    return R(io.BytesIO(d)).load()\n"
    ),
    "yaml safe_load": "def f(t):\n    return yaml.safe_load(t)\n",
    "yaml SafeLoader": (
        "from yaml import load, SafeLoader\ndef f(t):\n    return load(t, Loader=SafeLoader)\n"
    ),
    "yaml positional": "def f(t):\n    return yaml.load(t, yaml.CSafeLoader)\n",
    "torch weights": "def f(p):\n    return torch.load(p, weights_only=True)\n",
    "numpy": "def f(p):\n    return np.load(p)\n",
    "json load": "def f(p):\n    with open(p) as h:\n        return json.load(h)\n",
}


@pytest.mark.parametrize("source", SECURE.values(), ids=SECURE)
def test_it_is_left_alone(source: str) -> None:
    assert found(source) == set()
