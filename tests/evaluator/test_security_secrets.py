"""Secrets, hashes, ciphers, keys: what is found, and the twins that are right."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import found, weaknesses

AES = "from Crypto.Cipher import AES\n"
HAZMAT = "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes\n"

CREDENTIALS = {
    "assignment": "DB_PASSWORD = 'S3cr3t!pass'\n",
    "simple password": "password = 'admin123'\n",
    "attribute": (
        "class C:\n    def __init__(self):\n        self.api_key = 'a8f5f167f44f4964e6c998dee827110c'\n"
    ),
    "keyword": "conn = psycopg2.connect(host='h', user='u', password='hunter2')\n",
    "default": "def connect(host, password='letmein1'):\n    return db(host, password)\n",
    "keyword-only default": "def connect(*, secret='s3cr3tvalue'):\n    return secret\n",
    "dictionary": "CONFIG = {'host': 'h', 'db_password': 'pa55word!'}\n",
    "dict()": "cfg = dict(user='u', passwd='qwerty12')\n",
    "comparison": (
        "def login(user, password):\n    if password == 'letmein':\n        return True\n    return False\n"
    ),
    "comparison turned": "def login(p):\n    return 'opensesame42' == p.password\n",
    "comparison with request": (
        "def f():\n    if request.form['password'] == 'admin':\n        return 'ok'\n    return 'no'\n"
    ),
    "in a tuple": "def login(password):\n    return password in ('letmein', 'hunter2')\n",
    "AWS": "client = boto3.client('s3', aws_access_key_id='AKIAIOSFODNN7EXAMPLE')\n",
    "AWS secret": "AWS_SECRET_ACCESS_KEY = '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'\n",
    "GitHub": "x = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'\n",
    "Stripe": "stripe.api_key = 'sk_live_4eC39HqLyjWDarjtT1zdp7dc'\n",
    "Slack": "post('xoxb-123456789012-abcdefGHIJKL')\n",
    "private key": "KEY = '''-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----'''\n",
    "address": "engine = create_engine('postgresql://app:hunter2@localhost/db')\n",
    "address in a variable": "MONGO = 'mongodb://root:s3cret@10.0.0.5:27017/admin'\n",
    "connection text": "conn = pyodbc.connect('Driver=x;Server=s;UID=sa;PWD=Passw0rd;')\n",
    "dsn": "conn = psycopg2.connect('dbname=app user=app password=hunter2 host=db')\n",
    "fallback": "SECRET = os.environ.get('SECRET_KEY', 'dev-secret-key-123')\n",
    "or fallback": "api_token = os.getenv('API_TOKEN') or 'a1b2c3d4e5f6g7h8'\n",
    "flask": "app.config['SECRET_KEY'] = 'supersecretkey'\n",
    "flask attribute": "app.secret_key = 'my-very-secret'\n",
    "basic auth": "def f(u):\n    return requests.get(u, auth=('admin', 'hunter2!'), timeout=5)\n",
    "HTTPBasicAuth": (
        "def f(u):\n    return requests.get(u, auth=HTTPBasicAuth('a', 'hunter2!'), timeout=3)\n"
    ),
    "header": "headers = {'Authorization': 'Bearer abcdef1234567890abcdef'}\n",
    "smtp": "def f():\n    s = smtplib.SMTP('h')\n    s.login('me@example.org', 'hunter2!')\n",
    "positional connect": "conn = MySQLdb.connect('localhost', 'root', 'toor1234', 'db')\n",
    "class attribute": "class Config:\n    SECRET_KEY = 'f3cfe9ed8fae309f02079dbf'\n",
    "bytes": "SECRET = b'0123456789abcdef-secret'\n",
    "local variable": "def connect():\n    pwd = 'T0pSecret'\n    return ftplib.FTP_TLS('h', 'u', pwd)\n",
    "annotated": "TOKEN: str = 'a94a8fe5ccb19ba61c4c0873d391e987'\n",
    "hmac key": "def f(m):\n    return hmac.new(b'topsecretkey', m, hashlib.sha256).hexdigest()\n",
    "fernet": "f = Fernet(b'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=')\n",
    "aes key": (
        AES + "def f(d):\n    c = AES.new(b'sixteen byte key', AES.MODE_GCM)\n    return c.encrypt(d)\n"
    ),
    "aes key in a variable": (
        AES + "KEY = b'0123456789abcdef'\ndef f(d):\n    return AES.new(KEY, AES.MODE_EAX).encrypt(d)\n"
    ),
    "encoded key": "def f(m):\n    return hmac.new('secret'.encode(), m, 'sha256').digest()\n",
    "does not parse": "def f(:\n    password = 'hunter2-x1'\n    return password\n",
    "camel case": "apiKey = '9d207bf0-10f5-4d8f-a479-22ff5aeff8d1'\n",
    "user table": "USERS = {'admin': {'password': 'P@ssw0rd'}}\n",
    "serializer": "s = URLSafeTimedSerializer('my signing secret')\n",
}
CREDENTIALS_SECURE = {
    "environment": "DB_PASSWORD = os.environ['DB_PASSWORD']\n",
    "getenv": "API_KEY = os.getenv('API_KEY')\nTOKEN = os.environ.get('TOKEN', '')\n",
    "empty": "password = ''\ntoken = None\n",
    "placeholder": "API_KEY = '<your-api-key>'\nSECRET = 'changeme'\nTOKEN = 'YOUR_TOKEN_HERE'\n",
    "names": (
        "PASSWORD_FIELD = 'password'\nTOKEN_URL = 'https://example.org/token'\npassword_label = 'Password'\n"
    ),
    "form": "FIELDS = {'password': 'password', 'token': 'access_token'}\n",
    "prompt": "password = getpass.getpass('Password: ')\n",
    "tokens of a parser": (
        "def f(tokens):\n    token = '('\n    for token in tokens:\n"
        "        if token == '+' or token == 'while':\n            return token\n"
    ),
    "argparse": "p.add_argument('--password', default=None, help='the password')\n",
    "parameter": "def login(user, password):\n    return connect(user=user, password=password)\n",
    "hash compare": "def login(p, h):\n    return bcrypt.checkpw(p.encode(), h)\n",
    "empty compare": (
        "def f(password):\n    if password == '' or password is None:\n        return False\n"
        "    return len(password) >= 8\n"
    ),
    "secret store": "password = vault.get('db/password')\n",
    "generated": "token = secrets.token_urlsafe(32)\nkey = Fernet.generate_key()\n",
    "keyring": "api_key = keyring.get_password('service', 'user')\n",
    "message": "raise_error(password='must have at least 8 characters')\n",
    "address": "URL = 'https://example.org/path?x=1'\nDB = 'postgresql://localhost/app'\n",
    "built address": "url = f'postgres://{user}:{password}@{host}/db'\n",
    "regular expression": "PASSWORD_REGEX = r'^(?=.*[A-Z])(?=.*\\d).{8,}$'\n",
    "kind of token": "token_type = 'Bearer'\ngrant = {'token_type': 'bearer'}\n",
    "file": (
        "SECRET_FILE = '/run/secrets/db'\nwith open('/run/secrets/db') as f:\n"
        "    password = f.read().strip()\n"
    ),
    "kwargs": "parser = Parser(secret=None, token='')\n",
    "header": "headers = {'Authorization': f'Bearer {token}', 'Content-Type': 'application/json'}\n",
    "enumeration": "class Kind(Enum):\n    PASSWORD = 'password'\n    TOKEN = 'token'\n",
    "strength": (
        "def strength(password):\n    if password.isdigit():\n        return 'weak'\n    return 'strong'\n"
    ),
    "keys of a dictionary": (
        "def f(d):\n    key = 'name'\n    key2 = 'long_key_name'\n    return d[key], d[key2]\n"
    ),
    "pass": "passed = 'yes'\nbypass = 'never again'\ncompass = 'north'\n",
}
CRYPTOGRAPHY = {
    "md5": (328, "def f(d):\n    return hashlib.md5(d.encode()).hexdigest()\n"),
    "sha1 imported": (328, "from hashlib import sha1\ndef f(d):\n    return sha1(d).digest()\n"),
    "hashlib.new": (328, "def f(d):\n    return hashlib.new('md5', d).hexdigest()\n"),
    "hashlib.new by variable": (
        328,
        "ALGO = 'SHA1'\ndef f(d):\n    h = hashlib.new(ALGO)\n    h.update(d)\n    return h\n",
    ),
    "getattr": (328, "def f(d):\n    return getattr(hashlib, 'md5')(d).hexdigest()\n"),
    "default algorithm": (328, "def f(d, algo='md5'):\n    return hashlib.new(algo, d).hexdigest()\n"),
    "pycrypto": (328, "from Crypto.Hash import MD5\ndef f(d):\n    return MD5.new(d).hexdigest()\n"),
    "hazmat": (328, "from cryptography.hazmat.primitives import hashes\nh = hashes.Hash(hashes.SHA1())\n"),
    "hmac md5": (328, "def f(k, m):\n    return hmac.new(k, m, hashlib.md5).hexdigest()\n"),
    "hmac by name": (328, "def f(k, m):\n    return hmac.new(k, m, digestmod='md5').hexdigest()\n"),
    "no import": (328, "def f(d):\n    return md5(d).hexdigest()\n"),
    "des": (
        327,
        "from Crypto.Cipher import DES\ndef f(k, d):\n    return DES.new(k, DES.MODE_ECB).encrypt(d)\n",
    ),
    "arc4": (327, "from Cryptodome.Cipher import ARC4\ndef f(k, d):\n    return ARC4.new(k).encrypt(d)\n"),
    "3des hazmat": (
        327,
        HAZMAT + "def f(k, iv):\n    return Cipher(algorithms.TripleDES(k), modes.CBC(iv))\n",
    ),
    "blowfish": (327, "def f(k, iv):\n    return Blowfish.new(k, Blowfish.MODE_CBC, iv)\n"),
    "rc4 hazmat": (327, HAZMAT + "def f(k):\n    return Cipher(algorithms.ARC4(k), mode=None).encryptor()\n"),
    "ecb": (327, AES + "def f(k, d):\n    return AES.new(k, AES.MODE_ECB).encrypt(d)\n"),
    "ecb by variable": (
        327,
        AES + "def f(k, d):\n    mode = AES.MODE_ECB\n    return AES.new(k, mode).encrypt(d)\n",
    ),
    "ecb by default": (
        327,
        AES + "def f(k, d, mode=AES.MODE_ECB):\n    return AES.new(k, mode).encrypt(d)\n",
    ),
    "ecb hazmat": (327, HAZMAT + "def f(k):\n    return Cipher(algorithms.AES(k), modes.ECB())\n"),
    "iv of zeros": (329, AES + "def f(k, d):\n    return AES.new(k, AES.MODE_CBC, b'\\0' * 16).encrypt(d)\n"),
    "iv constant": (
        329,
        AES + "IV = b'1234567890123456'\ndef f(k, d):\n    return AES.new(k, AES.MODE_CBC, IV).encrypt(d)\n",
    ),
    "iv keyword": (329, AES + "def f(k, d):\n    return AES.new(k, AES.MODE_CBC, iv=bytes(16)).encrypt(d)\n"),
    "iv hazmat": (329, HAZMAT + "def f(k):\n    return Cipher(algorithms.AES(k), modes.CBC(b'0' * 16))\n"),
    "iv of the key": (
        329,
        AES + "def f(key, d):\n    return AES.new(key, AES.MODE_CBC, key[:16]).encrypt(d)\n",
    ),
    "nonce": (
        323,
        AES + "def f(k, d):\n    return AES.new(k, AES.MODE_GCM, nonce=b'123456789012').encrypt(d)\n",
    ),
    "nonce aead": (
        323,
        "def f(k, d):\n    a = AESGCM(k)\n    nonce = b'\\x00' * 12\n    return a.encrypt(nonce, d, None)\n",
    ),
    "nonce hazmat": (323, HAZMAT + "def f(k):\n    return Cipher(algorithms.AES(k), modes.GCM(b'0' * 12))\n"),
    "rsa": (326, "def f():\n    return rsa.generate_private_key(public_exponent=65537, key_size=1024)\n"),
    "rsa by variable": (326, "def f():\n    bits = 512 * 2\n    return RSA.generate(bits)\n"),
    "rsa by default": (326, "def f(bits=1024):\n    return RSA.generate(bits)\n"),
    "dsa": (326, "def f():\n    return dsa.generate_private_key(key_size=1024)\n"),
    "dh": (326, "def f():\n    return dh.generate_parameters(generator=2, key_size=512)\n"),
    "newkeys": (326, "import rsa\ndef f():\n    return rsa.newkeys(512)\n"),
    "curve": (326, "def f():\n    return ec.generate_private_key(ec.SECP192R1())\n"),
    "token": (
        338,
        "def make_token():\n    return ''.join(random.choice(string.ascii_letters) for _ in range(32))\n",
    ),
    "password": (
        338,
        "def f(n):\n    password = ''\n    for i in range(n):\n        password += random.choice(CHARS)\n"
        "    return password\n",
    ),
    "otp": (338, "def f():\n    otp = random.randint(100000, 999999)\n    return otp\n"),
    "session": (338, "def new_session_id():\n    return '%030x' % random.getrandbits(128)\n"),
    "salt": (338, "def f():\n    salt = bytes(random.randint(0, 255) for _ in range(16))\n    return salt\n"),
    "reset code": (338, "def reset_code():\n    return str(random.randrange(10**6)).zfill(6)\n"),
    "numpy": (338, "def f():\n    key = np.random.bytes(16)\n    return key\n"),
    "uuid1": (338, "def f():\n    token = str(uuid.uuid1())\n    return token\n"),
    "choices": (338, "def api_key():\n    return ''.join(random.choices(string.hexdigits, k=32))\n"),
    "pbkdf2": (916, "def f(p, s):\n    return hashlib.pbkdf2_hmac('sha256', p, s, 1000)\n"),
    "timing": (
        208,
        "def f(k, m, s):\n    expected = hmac.new(k, m, hashlib.sha256).hexdigest()\n"
        "    return expected == s\n",
    ),
}
CRYPTOGRAPHY_SECURE = {
    "sha256": "def f(d):\n    return hashlib.sha256(d).hexdigest()\n",
    "checksum": "def f(d):\n    return hashlib.md5(d, usedforsecurity=False).hexdigest()\n",
    "new": "def f(d):\n    return hashlib.new('sha256', d).hexdigest()\n",
    "hmac": "def f(k, m, s):\n    return hmac.compare_digest(hmac.new(k, m, hashlib.sha256).digest(), s)\n",
    "gcm": (
        AES + "def f(k, d):\n    c = AES.new(k, AES.MODE_GCM)\n    return c.nonce, c.encrypt_and_digest(d)\n"
    ),
    "cbc": (
        AES + "def f(k, d):\n    iv = get_random_bytes(16)\n"
        "    return iv + AES.new(k, AES.MODE_CBC, iv).encrypt(d)\n"
    ),
    "cbc decrypt": (
        AES + "def f(k, d):\n    iv, d = d[:16], d[16:]\n    return AES.new(k, AES.MODE_CBC, iv).decrypt(d)\n"
    ),
    "hazmat": HAZMAT + "def f(k):\n    return Cipher(algorithms.AES(k), modes.CBC(os.urandom(16)))\n",
    "aead": "def f(k, d):\n    n = os.urandom(12)\n    return n + AESGCM(k).encrypt(n, d, None)\n",
    "rsa": "def f():\n    return rsa.generate_private_key(public_exponent=65537, key_size=2048)\n",
    "rsa by default": "def f(bits=3072):\n    return RSA.generate(bits)\n",
    "curve": "def f():\n    return ec.generate_private_key(ec.SECP256R1())\n",
    "secrets": (
        "def make_token():\n    return ''.join(secrets.choice(string.ascii_letters) for _ in range(32))\n"
    ),
    "SystemRandom": (
        "def make_token():\n    r = random.SystemRandom()\n"
        "    return ''.join(r.choice('abc') for _ in range(32))\n"
    ),
    "game": (
        "def roll():\n    return random.randint(1, 6)\ndef pick(items):\n    return random.choice(items)\n"
    ),
    "shuffle": "def f(cards):\n    random.shuffle(cards)\n    return cards\n",
    "pbkdf2": "def f(p, s):\n    return hashlib.pbkdf2_hmac('sha256', p, s, 600000)\n",
    "uuid4": "def f():\n    token = str(uuid.uuid4())\n    return token\n",
    "scrypt": (
        "def f(p):\n    salt = os.urandom(16)\n"
        "    return salt + hashlib.scrypt(p, salt=salt, n=2**14, r=8, p=1)\n"
    ),
    "sort key": "def f(d):\n    key = lambda x: x[1]\n    return sorted(d, key=key)\n",
    "keys of a game": "def f(d):\n    item = random.choice(list(d.keys()))\n    return d[item]\n",
}


@pytest.mark.parametrize("source", CREDENTIALS.values(), ids=CREDENTIALS)
def test_a_secret_in_the_source_is_found(source: str) -> None:
    assert weaknesses(source) & {798, 321}


@pytest.mark.parametrize(("cwe", "source"), CRYPTOGRAPHY.values(), ids=CRYPTOGRAPHY)
def test_weak_cryptography_is_found(cwe: int, source: str) -> None:
    assert cwe in weaknesses(source)


@pytest.mark.parametrize(
    "source",
    (CREDENTIALS_SECURE | CRYPTOGRAPHY_SECURE).values(),
    ids=[*CREDENTIALS_SECURE, *CRYPTOGRAPHY_SECURE],
)
def test_the_twin_is_left_alone(source: str) -> None:
    assert found(source) == set()
