"""SQL: the ways in which values get into statements."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import weaknesses

INSECURE = {
    "concatenation": """
def get_user(conn, username):
    cur = conn.cursor()
    cur.execute("SELECT * FROM users WHERE username = '" + username + "'")
    return cur.fetchone()
""",
    "percent": """
def get_user(cursor, user_id):
    sql = "SELECT name FROM users WHERE id = %s" % user_id
    cursor.execute(sql)
""",
    "percent of a tuple": """
def insert(cursor, name, age):
    cursor.execute("INSERT INTO people (name, age) VALUES ('%s', %d)" % (name, age))
""",
    "percent of a dictionary": """
def find(cursor, name):
    cursor.execute("SELECT * FROM t WHERE n = '%(name)s'" % {"name": name})
""",
    "format": """
def find(self, email):
    query = "SELECT * FROM accounts WHERE email = '{}'".format(email)
    return self.db.execute(query).fetchall()
""",
    "format with names": """
def find(db, table_row):
    q = "DELETE FROM logs WHERE row = '{row}'".format(row=table_row)
    db.execute(q)
""",
    "f-string in executescript": """
def purge(conn, day):
    conn.executescript(f"DELETE FROM events WHERE day < '{day}'; VACUUM;")
""",
    "appended in a branch": """
def search(conn, name, city=None):
    query = "SELECT * FROM p WHERE name = ?"
    if city:
        query += " AND city = '" + city + "'"
    return conn.execute(query, (name,))
""",
    "joined list": """
def find(conn, ids):
    return conn.execute("SELECT * FROM t WHERE id IN (" + ",".join(ids) + ")")
""",
    "joined list of numbers as text": """
def find(conn, ids):
    joined = ", ".join(str(i) for i in ids)
    return conn.execute(f"SELECT * FROM t WHERE id IN ({joined})")
""",
    "list of clauses": """
def find(conn, filters):
    clauses = []
    for key, value in filters.items():
        clauses.append(f"{key} = '{value}'")
    sql = "SELECT * FROM t WHERE " + " AND ".join(clauses)
    return conn.execute(sql).fetchall()
""",
    "flask": """
@app.route("/user")
def user():
    name = request.args.get("name")
    return str(db.session.execute("SELECT * FROM user WHERE name = '%s'" % name).fetchall())
""",
    "whole statement from a request": """
@app.route("/run", methods=["POST"])
def run():
    cursor = get_db().cursor()
    cursor.execute(request.form["sql"])
    return str(cursor.fetchall())
""",
    "input": """
name = input("name? ")
conn = sqlite3.connect("a.db")
conn.execute("UPDATE t SET name = '%s'" % name)
""",
    "order by": """
def list_users(conn, order):
    return conn.execute("SELECT * FROM users ORDER BY " + order).fetchall()
""",
    "table name": """
def count(conn, table):
    return conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
""",
    "limit": """
def page(cur, n):
    cur.execute("SELECT * FROM users LIMIT " + n)
""",
    "like": """
def search(cur, term):
    cur.execute(f"SELECT * FROM items WHERE title LIKE '%{term}%'")
""",
    "helper": """
def build(name):
    return "SELECT * FROM users WHERE name = '" + name + "'"

def find(cur, name):
    cur.execute(build(name))
""",
    "method": """
class Repo:
    def __init__(self, conn):
        self.conn = conn
        self.base = "SELECT * FROM users"

    def by_name(self, name):
        return self.conn.execute(self.base + " WHERE name = '" + name + "'").fetchall()
""",
    "django raw": """
def find(request):
    return User.objects.raw("SELECT * FROM auth_user WHERE username = '%s'" % request.GET["u"])
""",
    "django extra": """
def find(q):
    return Entry.objects.extra(where=["headline='%s'" % q])
""",
    "django RawSQL": """
def find(col):
    return Entry.objects.annotate(v=RawSQL("select x from y where z = '" + col + "'", []))
""",
    "sqlalchemy text": """
def find(session, name):
    stmt = text("SELECT * FROM users WHERE name = '" + name + "'")
    return session.execute(stmt).all()
""",
    "sqlalchemy filter": """
def find(session, name):
    return session.query(User).filter("name = '%s'" % name).all()
""",
    "pandas": """
def load(engine, region):
    return pd.read_sql(f"SELECT * FROM sales WHERE region = '{region}'", engine)
""",
    "asyncpg": """
async def find(conn, email):
    return await conn.fetchrow(f"SELECT * FROM users WHERE email = '{email}'")
""",
    "keyword": """
def find(cursor, x):
    cursor.execute(query="SELECT a FROM b WHERE c = '" + x + "'")
""",
    "psycopg SQL of a built text": """
from psycopg2 import sql
def find(cur, name):
    cur.execute(sql.SQL(f"SELECT * FROM users WHERE name = '{name}'"))
""",
    "weak blacklist": """
def find(cur, name):
    name = name.replace("--", "")
    cur.execute("SELECT * FROM users WHERE name = '" + name + "'")
""",
    "only returned": """
def login_query(user, password):
    return f"SELECT * FROM users WHERE user = '{user}' AND password = '{password}'"
""",
    "passed to a helper that isn't here": """
def find(name):
    return run_sql("SELECT * FROM users WHERE name = '" + name + "'")
""",
    "does not parse": """
def find(cur, name):
    print "searching"
    query = "SELECT * FROM users WHERE name = '%s'" % name
    cur.execute(query)
    return cur.fetchall(
""",
    "walrus and ternary": """
def find(cur, name, exact):
    sql = f"SELECT * FROM u WHERE n = '{name}'" if exact else "SELECT * FROM u"
    cur.execute(sql)
""",
    "template constant": """
TEMPLATE = "SELECT * FROM users WHERE name = '{name}'"

def find(cur, name):
    cur.execute(TEMPLATE.format(name=name))
""",
    "with": """
def find(path, name):
    with sqlite3.connect(path) as db:
        return db.execute('SELECT * FROM t WHERE name = "%s"' % name).fetchall()
""",
    "callproc by text": """
def call(cursor, arg):
    cursor.execute("CALL do_it('" + arg + "')")
""",
    "set clause of a dictionary": """
def update(conn, user_id, fields):
    sets = ", ".join(f"{k} = '{v}'" for k, v in fields.items())
    conn.execute(f"UPDATE users SET {sets} WHERE id = ?", (user_id,))
""",
    "column names of a dictionary": """
def update(conn, user_id, fields):
    sets = ", ".join(f"{k} = ?" for k in fields)
    conn.execute(f"UPDATE users SET {sets} WHERE id = ?", (*fields.values(), user_id))
""",
    "string join": """
def find(cur, name):
    parts = ["SELECT * FROM users", "WHERE name = '" + name + "'"]
    cur.execute(" ".join(parts))
""",
    "class with connect": """
class Store:
    def __init__(self):
        self.connection = sqlite3.connect("x.db")
        self.cursor = self.connection.cursor()

    def delete(self, key):
        self.cursor.execute("DELETE FROM store WHERE key = '" + key + "'")
        self.connection.commit()
""",
    "string.Template": """
from string import Template
def find(cur, name):
    cur.execute(Template("SELECT * FROM users WHERE name = '$name'").substitute(name=name))
""",
    "assert is no guard": """
def count(conn, table):
    assert table in ("a", "b")
    return conn.execute("SELECT COUNT(*) FROM " + table)
""",
}


@pytest.mark.parametrize("source", INSECURE.values(), ids=INSECURE)
def test_a_built_statement_is_found(source: str) -> None:
    assert 89 in weaknesses(source)
