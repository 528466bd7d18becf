"""What is known of other people's functions: which bring in a stranger's data, which make data harmless."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Mapping
from typing import Final

from evaluator.security.flow.values import ANY
from evaluator.security.words import words

# --- where strangers' data comes in ------------------------------------------------------------------------

_REQUEST_PARTS = (
    "args|form|values|json|data|cookies|headers|files|get_json|get_data|query_string|url|full_path|path"
    "|referrer|stream|view_args|environ|GET|POST|COOKIES|META|FILES|body|query_params|match_info|query"
    "|rel_url|params|post|text|read|get_param|path_params|get_argument|arguments|REQUEST|base_url|host"
    "|json_body|media|forms|path_info|uri|remote_addr|user_agent|raw_post_data|content|input"
)
_SOURCES: Final = re.compile(
    rf"(?:^|[.$])(?:request|req|http_request|flask_request)\.(?:{_REQUEST_PARTS})$"
    r"|^self\.(?:get_argument|get_query_argument|get_body_argument|get_arguments|get_cookie)$"
    r"|^(?:sys\.argv|sys\.stdin)$"
)
_HTTP_HANDLER = re.compile(r"^self\.(?:path|headers|rfile|requestline)$")
_SOURCE_CALLS: Final = frozenset({"input", "raw_input", "cgi.FieldStorage", "fileinput.input"})
_SOURCE_METHODS: Final = words(
    "recv recvfrom receive_text receive_json get_argument namelist infolist getnames getmembers get_filename"
)

# Parameters whose name says that a stranger fills them.
STRANGERS_PARAMETER: Final = re.compile(
    r"user_?(?:input|supplied|provided|data|query|url|path|file_?name|expr\w*|code|command|cmd|text|content)$"
    r"|^(?:untrusted|tainted|unsafe|raw_user)\w*"
    r"|^(?:callback|webhook|redirect|next|return|target|image|avatar|remote|feed|preview|proxy)_?(?:url|uri)$"
)
# What a docstring says when strangers fill the parameters.
STRANGERS_DOCSTRING: Final = re.compile(
    r"user[- ](?:supplied|provided|given|controlled|submitted|entered|input)|untrusted"
    r"|(?:supplied|provided|given|submitted|entered|chosen|sent|typed|specified) by (?:the |a |an )?"
    r"(?:user|client|visitor|caller over|customer|stranger|browser|remote)"
    r"|from (?:the |a |an )?(?:user|client|visitor|request|query string|browser|web form|http)",
    re.IGNORECASE,
)


def is_source(qual: str, function_name: str = "") -> bool:
    """Whether this dotted name holds a stranger's data."""
    if _SOURCES.search(qual):
        return True
    return function_name.startswith("do_") and _HTTP_HANDLER.match(qual) is not None


def is_source_call(qual: str, name: str) -> bool:
    """Whether calling this brings in a stranger's data."""
    return qual in _SOURCE_CALLS or name in _SOURCE_METHODS


# --- what makes data harmless, and where -------------------------------------------------------------------

SANITIZERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        words(
            "int float bool len hash ord id abs round complex uuid.UUID uuid.uuid4 uuid.uuid1 time.time "
            "secrets.token_hex secrets.token_urlsafe decimal.Decimal datetime.date.fromisoformat "
            "datetime.datetime.strptime datetime.datetime.fromisoformat ast.literal_eval hashlib.sha256 "
            "hashlib.md5 hashlib.sha1 isinstance ipaddress.ip_address ipaddress.ip_network "
            "ipaddress.IPv4Address ipaddress.IPv6Address hash type datetime.datetime.now "
            "datetime.datetime.utcnow os.getpid os.getcwd tempfile.mkdtemp secrets.choice "
            "secrets.token_bytes "
            "os.urandom Crypto.Random.get_random_bytes bson.ObjectId bson.objectid.ObjectId url_for "
            "flask.url_for django.urls.reverse reverse socket.gethostname random.randint random.random"
        ),
        (ANY,),
    ),
    "shlex.quote": ("shell",),
    "shlex.join": ("shell",),
    "subprocess.list2cmdline": ("shell",),
    "html.escape": ("html",),
    "markupsafe.escape": ("html",),
    "markupsafe.Markup.escape": ("html",),
    "django.utils.html.conditional_escape": ("html",),
    "django.utils.html.format_html": ("html",),
    "django.utils.html.strip_tags": ("html",),
    "bleach.clean": ("html",),
    "nh3.clean": ("html",),
    "html.sanitizer": ("html",),
    "xml.sax.saxutils.quoteattr": ("html", "xpath"),
    "urllib.parse.quote": ("html", "header", "log", "url_part", "path", "redirect"),
    "urllib.parse.quote_plus": ("html", "header", "log", "url_part", "path", "redirect"),
    "urllib.parse.urlencode": ("html", "header", "log", "url_part", "redirect"),
    "json.dumps": ("log", "header"),
    "repr": ("log", "header"),
    "ascii": ("log", "header"),
    "re.escape": ("regex", "shell_weak"),
    "werkzeug.utils.secure_filename": ("path", "log", "header", "shell_weak"),
    "django.utils.text.get_valid_filename": ("path", "log", "header"),
    "werkzeug.utils.safe_join": ("path",),
    "os.path.basename": ("path",),
    "ldap.filter.escape_filter_chars": ("ldap",),
    "ldap3.utils.conv.escape_filter_chars": ("ldap",),
    "ldap3.utils.conv.escape_rdn": ("ldap",),
    "ldap.dn.escape_dn_chars": ("ldap",),
    "ldap.filter.filter_format": ("ldap",),
    "psycopg2.sql.Identifier": ("sql",),
    "psycopg2.sql.Literal": ("sql",),
    "psycopg2.sql.Placeholder": ("sql",),
    "psycopg.sql.Identifier": ("sql",),
    "psycopg.sql.Literal": ("sql",),
    "psycopg.sql.Placeholder": ("sql",),
    "sql.Identifier": ("sql",),
    "sql.Literal": ("sql",),
    "sql.Placeholder": ("sql",),
    "hashlib.new": (ANY,),
    "hmac.new": (ANY,),
    "base64.urlsafe_b64encode": ("path", "html", "log", "header", "sql", "ldap", "shell"),
    "base64.b64encode": ("html", "log", "header", "sql", "ldap", "shell"),
    "binascii.hexlify": (ANY,),
}

# A function that calls itself this is believed to do what its name says.
SANITIZER_NAME: Final = re.compile(
    r"(?:^|_)(?:escape|sanitize|sanitise|quote|clean|secure|slugify|normalize_name|whitelist|allowlist|safe)"
    r"(?:_|$|d)|^(?:escape|sanitize|sanitise|quote|clean|safe)[A-Z]",
)
# Methods that turn any object into something harmless.
SAFE_METHODS: Final = words(
    "hexdigest digest isoformat timestamp total_seconds bit_length count index find rfind hex fileno "
    "isdigit isalnum isalpha"
)

# --- what passes data on -----------------------------------------------------------------------------------

TEXT_METHODS: Final = words(
    "strip lstrip rstrip lower upper title capitalize casefold swapcase encode decode expandtabs "
    "zfill center ljust rjust removeprefix removesuffix replace translate format format_map join "
    "split rsplit splitlines partition rpartition"
)
# Methods of a container or file that hand out what it holds.
HOLDER_METHODS: Final = words(
    "get pop popitem setdefault copy items keys values read readline readlines getvalue getlist "
    "get_all first to_dict dict model_dump json get_json get_data text as_posix with_suffix with_name "
    "absolute expanduser joinpath resolve getall get_argument geturl _replace group groups groupdict "
    "copy __getitem__"
)
PASSES_ON: Final = re.compile(
    r"^(?:str|bytes|bytearray|list|tuple|set|frozenset|dict|sorted|reversed|iter|next|map|filter|zip"
    r"|enumerate"
    r"|max|min|sum|format|vars|copy\.\w+|json\.(?:loads|load|dumps)|base64\.\w+|urllib\.parse\.\w+"
    r"|os\.path\.\w+"
    r"|pathlib\.\w+|io\.\w+|textwrap\.\w+|socket\.get\w+|shlex\.\w+|html\.unescape|itertools\.\w+|os\.fs\w+|operator\.\w+"
    r"|functools\.reduce|string\.\w+|codecs\.\w+|collections\.\w+|re\.sub|re\.split|re\.findall|re\.compile"
    r"|ast\.\w+|compile|re\.(?:match|search|fullmatch)|typing\.cast|django\.utils\.encoding\.\w+"
    r"|sqlalchemy\.\w+|yaml\.safe_load"
    r"|werkzeug\.utils\.\w+|unicodedata\.normalize|chr|super|lxml\.etree\.\w+|urllib3\.util\.\w+|zlib\.\w+"
    r"|gzip\.\w+|binascii\.\w+|django\.http\.\w+|flask\.make_response|markupsafe\.\w+|bytes\.fromhex"
    r"|django\.utils\.safestring\.\w+|(?:urllib\.request|requests|httpx)\.Request|email\.\w+(?:\.\w+)*)$"
)
NORMALISERS: Final = frozenset({"realpath", "abspath", "normpath", "resolve", "normcase", "absolute"})

# Attributes that say as much of a thing as the thing itself: who checks them has checked it.
TELLING: Final = words(
    "name filename path hostname netloc scheme host suffix stem parts parent parents domain port"
)

MODULES: Final = frozenset(sys.stdlib_module_names) | words(
    "flask django requests httpx aiohttp jwt jose yaml numpy pandas torch joblib jsonpickle "
    "sqlalchemy psycopg2 psycopg pymysql MySQLdb paramiko Crypto cryptography lxml defusedxml ldap "
    "ldap3 jinja2 markupsafe werkzeug bleach boto3 redis pymongo fastapi uvicorn tornado bottle "
    "starlette mako rsa bcrypt argon2 passlib itsdangerous urllib3 pexpect fabric invoke sanic keras "
    "tensorflow dill shelve magic settings config app db conf"
)
STAT_CONSTANTS: Final[Mapping[str, int]] = {
    f"stat.{name}": getattr(stat, name) for name in dir(stat) if name.startswith(("S_IR", "S_IW", "S_IX"))
}
