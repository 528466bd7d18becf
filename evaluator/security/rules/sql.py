"""Rules about SQL: values and names that become part of a statement."""

from __future__ import annotations

from evaluator.records import Severity
from evaluator.security.flow.events import Call, Event, Returned, Stored
from evaluator.security.flow.values import Level, Value
from evaluator.security.rule import Only, Rule, calls, returned, stored
from evaluator.security.rules.sql_texts import SPEAKS_OF_DATABASES, Place, looks_like_sql, places
from evaluator.security.words import words

_TEXT_NAMES = ("sql", "query", "operation", "statement", "stmt", "sql_script", "command", "raw_query")
_EXECUTORS = (
    "execute executemany executescript execute_sql execute_query raw fetch fetchrow fetchval fetch_all "
    "fetch_one "
    "read_sql read_sql_query mogrify query exec_driver_sql executeQuery run_query execute_async sql "
    "scalar scalars"
)
_ORM = "text literal_column RawSQL extra filter where having order_by filter_by annotate from_statement"
# What takes a text to show it, not to run it.
_ONLY_SHOWS = words(
    "print debug info warning error exception critical log write format strip len append join "
    "Exception repr str encode fail echo"
)
_ORM_WORDS = (
    "session Session sqlalchemy engine objects query db extra RawSQL literal_column conn connection "
    "execute select"
)
_STATEMENTS = Only(
    hints="select insert update delete drop", text=r"['\"]\s*(?:select|insert|update|delete|drop|with)\s"
)


def _worst(event: Event, text: Value) -> Place | None:
    """The place in a statement's text that is most clearly another's to fill."""
    found = None
    for choice in text.choices():
        for place in places(choice, lambda hole: event.level(hole, "sql")):
            if not place.is_name:
                return place
            found = found or place
    return found


def _statement(call: Call) -> Value | None:
    value = call.argument(0, *_TEXT_NAMES)
    if call.name in ("read_sql", "read_sql_query") or value is None:
        return value
    if value.qual.endswith(("text()", "RawSQL()", "literal_column()")):
        return None  # found where it was made
    return value


def _built_value(call: Call) -> str | None:
    text = _statement(call)
    if text is None:
        return None
    place = _worst(call, text)
    if place is not None and not place.is_name and _is_database(call, text):
        return f"{call.name}() runs a statement with a value written into its text."
    # The whole statement, or its beginning, is a stranger's.
    for choice in text.choices():
        if choice.parts is None and event_source(call, choice) and call.name.startswith("execute"):
            return f"{call.name}() runs a statement that somebody else wrote."
    return None


def event_source(event: Event, value: Value) -> bool:
    """Whether a stranger decides this value as a whole."""
    return event.level(value, "sql") is Level.SOURCE and not value.items and value.mapping is None


def _built_name(call: Call) -> str | None:
    text = _statement(call)
    if text is None:
        return None
    place = _worst(call, text)
    if place is None or not place.is_name or not _is_database(call, text):
        return None
    return f"{call.name}() runs a statement with a name or keyword from outside in it."


def _is_database(call: Call, text: Value) -> bool:
    if call.name in (
        "execute",
        "executemany",
        "executescript",
        "read_sql",
        "read_sql_query",
        "raw",
        "execute_sql",
    ):
        return looks_like_sql(text, strictly=False) or SPEAKS_OF_DATABASES.search(call.qual) is not None
    return looks_like_sql(text, strictly=False)


def _orm(call: Call) -> str | None:
    values = [*call.args, *call.kwargs.values()]
    flat = [item for value in values for item in _parts_of(value)]
    for value in flat:
        if value.parts is None and not value.options:
            continue
        place = _worst(call, value)
        strict = call.name not in ("text", "RawSQL", "extra", "literal_column")
        if place is None or (strict and place.is_name and not looks_like_sql(value, strictly=False)):
            continue
        if strict and not _like_condition(value):
            continue
        return f"{call.name}() takes its text as SQL, and a value is written into it."
    if call.name in ("text", "RawSQL", "literal_column") and call.args and event_source(call, call.args[0]):
        return f"{call.name}() takes a stranger's text as SQL."
    return None


def _parts_of(value: Value) -> tuple[Value, ...]:
    if value.mapping is not None:
        return tuple(value.mapping.values())
    return value.items if value.items is not None else (value,)


def _like_condition(value: Value) -> bool:
    text = "".join(part for part in value.text_parts() if isinstance(part, str))
    return any(mark in text for mark in ("=", "'", " LIKE ", " like ", " IN ", " in ", " DESC", " ASC"))


def _elsewhere(call: Call) -> str | None:
    if call.name in _ONLY_SHOWS or call.name.endswith(("Error", "Exception", "Warning")):
        return None
    if call.name in _EXECUTORS.split() or call.name in _ORM.split():
        return None
    for value in (*call.args, *call.kwargs.values()):
        if _is_clear(call, value):
            return f"{call.name}() is given a statement with a value written into its text."
    return None


def _handed_back(event: Returned) -> str | None:
    values = event.value.items if event.value.items is not None else (event.value,)
    if any(_is_clear(event, value) for value in values):
        return "A statement with a value written into its text is handed back."
    return None


def _is_clear(event: Event, value: Value) -> bool:
    if not (value.parts or value.options) or not looks_like_sql(value, strictly=True):
        return False
    place = _worst(event, value)
    return place is not None and not place.is_name and place.level >= Level.PARAMETER


def _javascript(event: Stored) -> str | None:
    if event.how != "item" or event.name not in ("$where", "$function", "mapReduce"):
        return None
    if event.level(event.value, "sql") < Level.PARAMETER:
        return None
    return "A value from outside becomes JavaScript that the database runs."


SQL_RULES = (
    Rule(
        id="PB101",
        title="SQL with a value in its text",
        cwe=89,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="A value that becomes part of the statement can change what the statement does.",
        fix="Put placeholders into the statement and give the values to execute().",
        insecure=(
            'def find(db, name):\n    query = "SELECT * FROM users WHERE name = \'"\n'
            '    query += name + "\'"\n    return db.execute(query)\n'
        ),
        secure=(
            "def find(db, name):\n    query = 'SELECT * FROM users '\n    query += 'WHERE name = ?'\n"
            "    return db.execute(query, (name,))\n"
        ),
        watches=(calls(_EXECUTORS, _built_value),),
    ),
    Rule(
        id="PB102",
        title="SQL with a table, column or keyword from outside",
        cwe=89,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="Placeholders don't work for names, and a name from outside can bring more than a name.",
        fix="Look the name up in a list of allowed ones, or quote it with psycopg's sql.Identifier.",
        insecure=(
            "def listing(db, column):\n    return db.execute(f'SELECT id, name FROM users ORDER BY "
            "{column}')\n"
        ),
        secure=(
            "COLUMNS = {'name', 'age'}\n\ndef listing(db, column):\n    if column not in COLUMNS:\n"
            "        raise ValueError(column)\n"
            "    return db.execute(f'SELECT id, name FROM users ORDER BY {column}')\n"
        ),
        watches=(calls(_EXECUTORS, _built_name),),
    ),
    Rule(
        id="PB103",
        title="SQL text built for an ORM",
        cwe=89,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="text(), extra(), RawSQL() and the like put their text into the statement as it is.",
        fix="Use the query API, or name the values in the text and give them beside it.",
        insecure=(
            "from sqlalchemy import text\n\ndef find(session, name):\n"
            "    return session.execute(text(f\"SELECT * FROM users WHERE name = '{name}'\"))\n"
        ),
        secure=(
            "from sqlalchemy import text\n\ndef find(session, name):\n"
            "    return session.execute(text('SELECT * FROM users WHERE name = :name'), {'name': name})\n"
        ),
        watches=(calls(_ORM, _orm, Only(needs=_ORM_WORDS)),),
    ),
    Rule(
        id="PB104",
        title="SQL built and passed on",
        cwe=89,
        severity=Severity.HIGH,
        confidence=Severity.MEDIUM,
        why="Whoever runs the statement can't tell the value in it from the statement itself any more.",
        fix="Hand the statement with placeholders and the values on as two things.",
        insecure=("def by_name(name):\n    return \"SELECT * FROM users WHERE name = '%s'\" % name\n"),
        secure="def by_name(name):\n    return 'SELECT * FROM users WHERE name = %s', (name,)\n",
        watches=(calls("", _elsewhere, _STATEMENTS), returned(_handed_back, _STATEMENTS)),
    ),
    Rule(
        id="PB105",
        title="JavaScript for a database built from values",
        cwe=943,
        severity=Severity.HIGH,
        confidence=Severity.HIGH,
        why="$where runs its text as JavaScript, so a value in it can bring its own code.",
        fix="Use the query operators, which take values as values.",
        insecure="def find(db, n):\n    return db.users.find({'$where': f\"this.name == '{n}'\"})\n",
        secure="def find(db, n):\n    return db.users.find({'name': {'$eq': str(n)}})\n",
        watches=(stored(_javascript, Only(hints="$where $function")),),
    ),
)
