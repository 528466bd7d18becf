"""Commands and code: the ways in which text gets run, and the twins in which it doesn't."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import found, weaknesses

SHELL = {
    "os.system": "def f(host):\n    os.system('ping ' + host)\n",
    "from os import system": "from os import system as run_it\ndef f(h):\n    run_it(f'ping {h}')\n",
    "os.popen": "def f(host):\n    return os.popen('ping %s' % host).read()\n",
    "shell=True": "def f(name):\n    subprocess.call('rm -rf ' + name, shell=True)\n",
    "shell by variable": "def f(c):\n    use_shell = True\n    subprocess.Popen(c, shell=use_shell)\n",
    "shell by options": (
        "def f(c):\n    opts = dict(shell=True)\n    opts['text'] = True\n    subprocess.run(c, **opts)\n"
    ),
    "shell added to options": (
        "def f(c):\n    opts = {}\n    opts['shell'] = True\n    subprocess.run(c, **opts)\n"
    ),
    "shell by default": "def f(c, shell=True):\n    return subprocess.run(c, shell=shell)\n",
    "getoutput": "def f(d):\n    return subprocess.getoutput('ls ' + d)\n",
    "sh -c": "def f(d):\n    subprocess.run(['sh', '-c', f'ls {d}'])\n",
    "bash -c by variable": (
        "def f(d):\n    cmd = ['/bin/bash', '-c', 'ls ' + d]\n    subprocess.check_call(cmd)\n"
    ),
    "sudo sh -c": "def f(d):\n    subprocess.run(['sudo', 'sh', '-c', d])\n",
    "os.execl": "def f(d):\n    os.execl('/bin/sh', 'sh', '-c', d)\n",
    "asyncio shell": "async def f(d):\n    await asyncio.create_subprocess_shell(f'ls {d}')\n",
    "ssh list": "def f(host, path):\n    subprocess.run(['ssh', host, f'cat {path}'])\n",
    "paramiko": "def f(client, name):\n    client.exec_command('useradd ' + name)\n",
    "request": "@app.route('/')\ndef f():\n    os.system('nslookup ' + request.args['d'])\n    return ''\n",
    "list with shell": "def f(x):\n    subprocess.run(['ls ' + x], shell=True)\n",
    "joined": "def f(args):\n    os.system(' '.join(['git'] + args))\n",
    "appended": "def f(x):\n    c = 'tar cf a.tar'\n    c += ' ' + x\n    os.system(c)\n",
    "format": "def f(x):\n    subprocess.check_output('convert {} out.png'.format(x), shell=True)\n",
    "weak filter": "def f(x):\n    x = x.replace(';', '')\n    os.system('ls ' + x)\n",
    "program of a stranger": "def f():\n    subprocess.run(input().split())\n",
    "getattr": "def f(c):\n    getattr(os, 'system')('ls ' + c)\n",
    "alias": "def f(c):\n    run = subprocess.run\n    run(c, shell=True)\n",
    "class attribute": "class A:\n    cmd = 'ls '\n    def f(self, d):\n        os.system(self.cmd + d)\n",
    "quoted by hand": "def f(d):\n    os.system(f\"ls '{d}'\")\n",
    "does not parse": "def f(d)\n    cmd = 'ls ' + d\n    os.system(cmd)\n",
    "pexpect": "def f(d):\n    pexpect.run('ls ' + d)\n",
    "fabric": "def f(c, d):\n    c.run(f'ls {d}')\n",
    "main": "import sys, os\nif __name__ == '__main__':\n    os.system('ls ' + sys.argv[1])\n",
    "env of unknown": "def f():\n    target = read_target()\n    os.system('ls ' + target)\n",
    "lambda": "run = lambda c: os.system('echo ' + c)\n",
    "with": (
        "def f(c):\n    with subprocess.Popen(f'cat {c}', shell=True, stdout=-1) as p:\n"
        "        return p.stdout.read()\n"
    ),
}
SHELL_SECURE = {
    "list": "def f(host):\n    subprocess.run(['ping', '-c', '1', host], check=True)\n",
    "list, shell False": "def f(host):\n    subprocess.run(['ping', host], shell=False)\n",
    "constant": "def f():\n    os.system('uptime')\n    subprocess.run('df -h | sort', shell=True)\n",
    "quoted": "def f(host):\n    os.system('ping ' + shlex.quote(host))\n",
    "quoted before": (
        "def f(host):\n    host = shlex.quote(host)\n    subprocess.run(f'ping {host}', shell=True)\n"
    ),
    "joined by shlex": "def f(args):\n    os.system(shlex.join(args))\n",
    "split": "def f(cmd):\n    subprocess.run(shlex.split(cmd))\n",
    "allow-list": (
        "OK = ['a', 'b']\ndef f(x):\n    if x not in OK:\n        raise ValueError\n"
        "    os.system('run ' + x)\n"
    ),
    "table": (
        "T = {'d': 'date', 'u': 'uptime'}\ndef f(x):\n    return subprocess.check_output(T[x], shell=True)\n"
    ),
    "number": "def f(port):\n    os.system(f'fuser -k {int(port)}/tcp')\n",
    "checked": (
        "def f(h):\n    if not re.fullmatch(r'[a-z.]+', h):\n        raise ValueError\n"
        "    os.system('ping ' + h)\n"
    ),
    "address": "def f(h):\n    ip = ipaddress.ip_address(h)\n    os.system(f'ping {ip}')\n",
    "module constant": "DIR = '/srv'\ndef f():\n    os.system('ls ' + DIR)\n",
    "sh -c of a constant": "def f():\n    subprocess.run(['sh', '-c', 'ls | wc -l'])\n",
    "ssh constant": "def f(host):\n    subprocess.run(['ssh', host, 'uptime'])\n",
    "paramiko quoted": "def f(client, n):\n    client.exec_command('id ' + shlex.quote(n))\n",
    "other run": (
        "def f(runner, suite):\n    runner.run(suite)\n    asyncio.run(main(suite))\n    app.run()\n"
    ),
    "other system": "def f(self, x):\n    self.system = x\n    platform.system()\n",
    "alnum": (
        "def f(n):\n    if not n.isalnum():\n        return None\n    return os.popen('id ' + n).read()\n"
    ),
    "uuid": "def f(n):\n    os.system('run ' + str(uuid.UUID(n)))\n",
    "validator elsewhere": (
        "def f(h):\n    if not is_valid_hostname(h):\n        raise ValueError\n    os.system('ping ' + h)\n"
    ),
    "own validator": (
        "def check(h):\n    if not h.isalnum():\n        raise ValueError(h)\ndef f(h):\n    check(h)\n"
        "    os.system('ping ' + h)\n"
    ),
    "temporary file": "def f():\n    d = tempfile.mkdtemp()\n    os.system(f'ls {d}')\n",
    "loop over constants": "def f():\n    for t in ('a', 'b'):\n        os.system('make ' + t)\n",
}
CODE = {
    "eval": "def f(x):\n    return eval(x)\n",
    "eval of a sum": "def f(a, op, b):\n    return eval(f'{a} {op} {b}')\n",
    "eval with empty builtins": "def f(x):\n    return eval(x, {'__builtins__': {}})\n",
    "exec": "def f(x):\n    ns = {}\n    exec(x, ns)\n    return ns\n",
    "compile": "def f(x):\n    return eval(compile(x, '<s>', 'eval'))\n",
    "input": "print(eval(input('? ')))\n",
    "request": "def f(request):\n    return HttpResponse(str(eval(request.GET['e'])))\n",
    "file": "def f(p):\n    with open(p) as h:\n        exec(h.read())\n",
    "builtins": "import builtins\ndef f(x):\n    return builtins.eval(x)\n",
    "alias": "def f(x):\n    run = eval\n    return run(x)\n",
    "literal": "def f(x):\n    return eval('[' + x + ']')\n",
    "lambda text": "def f(body):\n    return eval('lambda x: ' + body)\n",
    "import": "def f(name):\n    return __import__(name)\n",
    "import_module of request": "def f():\n    return importlib.import_module('p.' + request.args['m'])\n",
    "template": "def f():\n    return render_template_string('<p>%s</p>' % request.args['n'])\n",
    "jinja2": "def f(t, ctx):\n    return jinja2.Template(t).render(ctx)\n",
    "from_string": "def f(env, t):\n    return env.from_string(t).render()\n",
    "nested f": "def f(x):\n    def g():\n        return eval(x)\n    return g()\n",
}
CODE_SECURE = {
    "literal_eval": "def f(x):\n    return ast.literal_eval(x)\n",
    "constant": "def f():\n    return eval('1 + 1')\n",
    "torch": "def f(model, x):\n    model.eval()\n    return model(x)\n",
    "pattern": "def f(p):\n    return re.compile(p)\n",
    "table": "OPS = {'+': operator.add}\ndef f(a, op, b):\n    return OPS[op](a, b)\n",
    "json": "def f(x):\n    return json.loads(x)\n",
    "db exec": "def f(session, q):\n    return session.exec(q)\n",
    "import of a list": (
        "OK = {'a', 'b'}\ndef f(n):\n    if n not in OK:\n        raise ValueError\n"
        "    return importlib.import_module(n)\n"
    ),
    "template constant": (
        "def f():\n    return render_template_string('<p>{{ n }}</p>', n=request.args['n'])\n"
    ),
    "render": "def f(n):\n    return render_template('a.html', n=n)\n",
    "checked characters": (
        "def f(x):\n    if not re.fullmatch(r'[0-9+*/() -]+', x):\n        raise ValueError\n"
        "    return eval(x)\n"
    ),
    "checked nodes": (
        "def f(x):\n    tree = ast.parse(x, mode='eval')\n    for node in ast.walk(tree):\n"
        "        if not isinstance(node, ALLOWED):\n            raise ValueError\n"
        "    return eval(compile(tree, '', 'eval'))\n"
    ),
    "sandbox": "def f(t):\n    return SandboxedEnvironment().from_string(t).render()\n",
    "string template": (
        "from string import Template\ndef f(t, v):\n    return Template(t).safe_substitute(v)\n"
    ),
}


@pytest.mark.parametrize("source", SHELL.values(), ids=SHELL)
def test_a_built_command_is_found(source: str) -> None:
    assert 78 in weaknesses(source)


@pytest.mark.parametrize("source", CODE.values(), ids=CODE)
def test_text_that_is_run_is_found(source: str) -> None:
    assert weaknesses(source) & {94, 95, 470, 1336}


@pytest.mark.parametrize("source", (SHELL_SECURE | CODE_SECURE).values(), ids=SHELL_SECURE | CODE_SECURE)
def test_the_twin_is_left_alone(source: str) -> None:
    assert found(source) == set()
