"""What a name means: imports as written, and where there are none, the usual ones.

A generated function seldom has its imports. A name that nothing in the program binds is therefore read as
if the usual import of it stood above.
"""

from __future__ import annotations

from collections.abc import Mapping

# Names whose usual import gives them another dotted name than their own: `os`, `subprocess`, `jwt` and the
# like mean themselves.
_ASSUMED_IMPORTS = """
    numpy: np
    pandas: pd
    torch: th
    tensorflow: tf
    xml.etree.ElementTree: ET ElementTree
    lxml.etree: etree
    xml.dom.minidom: minidom
    xml.dom.pulldom: pulldom
    xml.sax: sax
    defusedxml.ElementTree: DefusedET safe_ET
    subprocess: sp
    subprocess.: Popen check_output check_call getoutput getstatusoutput PIPE
    shlex: shlex
    urllib.request.: urlopen urlretrieve
    urllib.parse.: urlparse urlsplit urljoin urlencode quote_plus parse_qs unquote
    pathlib.: Path PurePath PosixPath
    flask.: request redirect render_template_string render_template make_response send_file url_for abort
    flask.: send_from_directory jsonify Response Flask session current_app
    werkzeug.utils.: secure_filename safe_join
    django.utils.safestring.: mark_safe SafeString SafeText
    django.utils.html.: format_html conditional_escape strip_tags
    django.http.: HttpResponse HttpResponseRedirect JsonResponse FileResponse HttpResponsePermanentRedirect
    django.utils.http.: url_has_allowed_host_and_scheme is_safe_url
    django.db.models.expressions.: RawSQL
    django.db.: connection connections
    markupsafe.: Markup escape
    fastapi.responses.: RedirectResponse HTMLResponse PlainTextResponse
    fastapi.: FastAPI APIRouter
    sqlalchemy.: text create_engine
    sqlalchemy.sql.: literal_column
    jinja2.: Environment Template
    Crypto.Cipher.: AES DES DES3 ARC4 ARC2 Blowfish CAST ChaCha20 ChaCha20_Poly1305 PKCS1_OAEP
    Crypto.PublicKey.: RSA DSA ECC
    Crypto.Random.: get_random_bytes
    Crypto.Hash.: MD5 SHA1 SHA MD4 MD2 SHA256 SHA512 HMAC
    cryptography.hazmat.primitives.: hashes serialization
    cryptography.hazmat.primitives.ciphers.: Cipher algorithms modes
    cryptography.hazmat.primitives.ciphers.aead.: AESGCM ChaCha20Poly1305 AESCCM AESOCB3
    cryptography.hazmat.primitives.asymmetric.: rsa dsa ec dh padding
    cryptography.hazmat.backends.: default_backend
    cryptography.hazmat.primitives.kdf.pbkdf2.: PBKDF2HMAC
    cryptography.fernet.: Fernet
    hashlib.: md5 sha1 sha256 sha512 pbkdf2_hmac new
    random.: randint choice choices randrange getrandbits sample shuffle
    secrets.: token_hex token_urlsafe token_bytes
    uuid.: uuid1 uuid4
    os.: system popen urandom
    tempfile.: mktemp mkstemp mkdtemp NamedTemporaryFile TemporaryDirectory
    http.server.: HTTPServer BaseHTTPRequestHandler
    paramiko.: SSHClient AutoAddPolicy WarningPolicy RejectPolicy
    ldap3.: Connection Server
    ldap.filter.: escape_filter_chars filter_format
    ldap3.utils.conv.: escape_filter_chars
    itsdangerous.: URLSafeTimedSerializer URLSafeSerializer TimedJSONWebSignatureSerializer
    telnetlib.: Telnet
    ftplib.: FTP FTP_TLS
    zipfile.: ZipFile
    requests.auth.: HTTPBasicAuth
    aiohttp.: ClientSession TCPConnector
    smtplib.: SMTP
    html.: unescape
    yaml.: SafeLoader FullLoader UnsafeLoader CSafeLoader
"""

# Other spellings of the same thing; a dotted name that begins with the left is read as the right.
_SPELLINGS = {
    "Cryptodome": "Crypto",
    "cPickle": "pickle",
    "_pickle": "pickle",
    "cloudpickle": "pickle",
    "dill": "pickle",
    "simplejson": "json",
    "ujson": "json",
    "posixpath": "os.path",
    "ntpath": "os.path",
    "urllib2": "urllib.request",
    "urllib.urlopen": "urllib.request.urlopen",
    "urllib.quote": "urllib.parse.quote",
    "urllib.unquote": "urllib.parse.unquote",
    "urllib.urlencode": "urllib.parse.urlencode",
    "urlparse.urlparse": "urllib.parse.urlparse",
    "commands": "subprocess",
    "pipes.quote": "shlex.quote",
    "xml.etree.cElementTree": "xml.etree.ElementTree",
    "flask.globals.request": "flask.request",
    "flask.Markup": "markupsafe.Markup",
    "jinja2.Markup": "markupsafe.Markup",
    "flask.escape": "markupsafe.escape",
    "jinja2.escape": "markupsafe.escape",
    "requests.session": "requests.Session",
    "requests.sessions": "requests",
    "requests.api": "requests",
    "django.shortcuts.redirect": "flask.redirect",
    "flask.helpers": "flask",
    "quart": "flask",
    "starlette": "fastapi",
    "sklearn.externals.joblib": "joblib",
    "werkzeug.secure_filename": "werkzeug.utils.secure_filename",
    "werkzeug.security.safe_join": "werkzeug.utils.safe_join",
    "flask.safe_join": "werkzeug.utils.safe_join",
    "django.utils.html.escape": "html.escape",
    "django.utils.html.mark_safe": "django.utils.safestring.mark_safe",
    "cgi.escape": "html.escape",
    "xml.sax.saxutils.escape": "html.escape",
    "sqlalchemy.sql.expression": "sqlalchemy",
    "sqlalchemy.sql.text": "sqlalchemy.text",
    "django.db.models.RawSQL": "django.db.models.expressions.RawSQL",
    "regex": "re",
}


def _read(text: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in text.split("\n"):
        home, _, names = line.strip().partition(":")
        for name in names.split():
            table[name] = home + name if home.endswith(".") else home
    return table


ASSUMED: Mapping[str, str] = _read(_ASSUMED_IMPORTS)
_FIRST_WORDS = frozenset(spelling.split(".")[0] for spelling in _SPELLINGS)


def meaning_of(name: str) -> str:
    """The dotted name that an unbound name stands for: `md5` → "hashlib.md5", `os` → "os"."""
    return ASSUMED.get(name, name)


def canonical(name: str) -> str:
    """One spelling for what has several: "Cryptodome.Cipher.AES" → "Crypto.Cipher.AES"."""
    if name.partition(".")[0] not in _FIRST_WORDS:
        return name
    head = name
    while head:
        if head in _SPELLINGS:
            return _SPELLINGS[head] + name[len(head) :]
        head = head.rpartition(".")[0]
    return name
