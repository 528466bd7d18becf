"""SQL: statements that look like the insecure ones, and in which nothing gets."""

from __future__ import annotations

import pytest

from tests.evaluator.security_probes import found

SECURE = {
    "placeholder": """
def get_user(conn, username):
    cur = conn.cursor()
    cur.execute("SELECT * FROM users WHERE username = ?", (username,))
    return cur.fetchone()
""",
    "percent style placeholder": """
def get_user(cursor, user_id):
    sql = "SELECT name FROM users WHERE id = %s"
    cursor.execute(sql, (user_id,))
""",
    "number": """
def get_user(cursor, user_id):
    user_id = int(user_id)
    cursor.execute("SELECT name FROM users WHERE id = %d" % user_id)
""",
    "constant parts": """
COLUMNS = "id, name"
TABLE = "users"

def all_users(conn):
    return conn.execute("SELECT " + COLUMNS + " FROM " + TABLE).fetchall()
""",
    "placeholders for a list": """
def find(conn, ids):
    marks = ",".join("?" * len(ids))
    return conn.execute(f"SELECT * FROM t WHERE id IN ({marks})", ids)
""",
    "placeholders by comprehension": """
def find(conn, ids):
    marks = ", ".join("?" for _ in ids)
    return conn.execute("SELECT * FROM t WHERE id IN (%s)" % marks, tuple(ids))
""",
    "placeholders by list product": """
def find(conn, ids):
    marks = ", ".join(["%s"] * len(ids))
    return conn.execute("SELECT * FROM t WHERE id IN ({})".format(marks), tuple(ids))
""",
    "clauses with placeholders": """
def search(conn, name=None, city=None):
    clauses, params = [], []
    if name:
        clauses.append("name = ?")
        params.append(name)
    if city:
        clauses.append("city = ?")
        params.append(city)
    sql = "SELECT * FROM p"
    if clauses:
        sql += " WHERE " + " AND ".join(clauses)
    return conn.execute(sql, params).fetchall()
""",
    "allow-list by membership": """
ALLOWED = {"name", "age"}
def list_users(conn, order):
    if order not in ALLOWED:
        raise ValueError("bad column")
    return conn.execute("SELECT * FROM users ORDER BY " + order).fetchall()
""",
    "allow-list by dictionary": """
ORDERS = {"n": "name", "a": "age DESC"}
def list_users(conn, order):
    column = ORDERS.get(order, "id")
    return conn.execute(f"SELECT * FROM users ORDER BY {column}").fetchall()
""",
    "allow-list by default": """
def list_users(conn, order):
    column = order if order in ("name", "age") else "name"
    return conn.execute(f"SELECT * FROM users ORDER BY {column}").fetchall()
""",
    "direction": """
def list_users(conn, descending):
    direction = "DESC" if descending else "ASC"
    return conn.execute(f"SELECT * FROM users ORDER BY name {direction}").fetchall()
""",
    "filtered columns": """
ALLOWED = {"name", "email"}
def update(conn, user_id, fields):
    names = [k for k in fields if k in ALLOWED]
    sets = ", ".join(f"{k} = ?" for k in names)
    conn.execute(f"UPDATE users SET {sets} WHERE id = ?", [fields[k] for k in names] + [user_id])
""",
    "columns checked in a loop": """
ALLOWED = {"name", "email"}
def update(conn, user_id, fields):
    for key in fields:
        if key not in ALLOWED:
            raise KeyError(key)
    sets = ", ".join(f"{k} = ?" for k in fields)
    conn.execute(f"UPDATE users SET {sets} WHERE id = ?", (*fields.values(), user_id))
""",
    "columns checked by all": """
ALLOWED = {"name", "email"}
def update(conn, user_id, fields):
    if not all(k in ALLOWED for k in fields):
        raise KeyError
    sets = ", ".join(f"{k} = ?" for k in fields)
    conn.execute(f"UPDATE users SET {sets} WHERE id = ?", (*fields.values(), user_id))
""",
    "identifier check": """
def count(conn, table):
    if not table.isidentifier():
        raise ValueError(table)
    return conn.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
""",
    "regular expression check": """
def count(conn, table):
    if not re.fullmatch(r"[A-Za-z_]+", table):
        raise ValueError(table)
    return conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
""",
    "compiled check kept": """
NAME = re.compile(r"^[a-z_]+$")
def count(conn, table):
    match = NAME.match(table)
    if match is None:
        raise ValueError(table)
    return conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
""",
    "validator of the program": """
def check_name(name):
    if name not in ("a", "b"):
        raise ValueError(name)
    return name

def count(conn, table):
    return conn.execute(f"SELECT COUNT(*) FROM {check_name(table)}").fetchone()[0]
""",
    "psycopg identifier": """
from psycopg2 import sql
def find(cur, table, value):
    cur.execute(sql.SQL("SELECT * FROM {} WHERE a = %s").format(sql.Identifier(table)), (value,))
""",
    "sqlalchemy named parameter": """
from sqlalchemy import text
def find(session, name):
    return session.execute(text("SELECT * FROM users WHERE name = :n"), {"n": name}).all()
""",
    "sqlalchemy expression": """
def find(session, name):
    return session.query(User).filter(User.name == name).order_by(User.id).all()
""",
    "django filter": """
def find(request):
    return User.objects.filter(username=request.GET["u"])
""",
    "django raw with params": """
def find(name):
    return User.objects.raw("SELECT * FROM auth_user WHERE username = %s", [name])
""",
    "pandas params": """
def load(engine, region):
    return pd.read_sql("SELECT * FROM sales WHERE region = %(r)s", engine, params={"r": region})
""",
    "like with placeholder": """
def search(cur, term):
    cur.execute("SELECT * FROM items WHERE title LIKE ?", (f"%{term}%",))
""",
    "not SQL": """
def submit(executor, name):
    executor.execute(f"job for {name}")
    print(f"Please select one from {name}")
    raise ValueError(f"could not update {name} set")
""",
    "log of what is done": """
def find(cur, name):
    logging.info("SELECT for name = '%s'" % name)
    cur.execute("SELECT * FROM users WHERE name = %s", [name])
""",
    "early return": """
def count(conn, table):
    if table == "users" or table == "orders":
        return conn.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    return 0
""",
    "match": """
def listing(conn, order):
    match order:
        case "name":
            column = "name"
        case _:
            column = "id"
    return conn.execute(f"SELECT * FROM users ORDER BY {column}").fetchall()
""",
    "own constant table of the class": """
class Repo:
    TABLE = "users"

    def count(self):
        return self.conn.execute(f"SELECT COUNT(*) FROM {self.TABLE}").fetchone()[0]
""",
    "table given at construction": """
class Repo:
    def __init__(self, conn, table):
        self.conn, self.table = conn, table

    def get(self, key):
        return self.conn.execute(f"SELECT * FROM {self.table} WHERE id = ?", (key,)).fetchone()
""",
    "enum": """
def page(conn, size, number):
    offset = int(size) * (int(number) - 1)
    return conn.execute(f"SELECT * FROM t LIMIT {int(size)} OFFSET {offset}").fetchall()
""",
    "flask with integer route": """
@app.route("/user/<int:user_id>")
def user(user_id):
    return str(db.execute(f"SELECT * FROM user WHERE id = {user_id}").fetchall())
""",
    "try int": """
def get(cur, raw):
    try:
        number = int(raw)
    except ValueError:
        return None
    cur.execute("SELECT * FROM t WHERE id = " + str(number))
""",
    "tables of the database itself": """
def counts(conn):
    for table in ("users", "orders"):
        conn.execute(f"SELECT COUNT(*) FROM {table}")
""",
}


@pytest.mark.parametrize("source", SECURE.values(), ids=SECURE)
def test_a_statement_with_placeholders_or_checked_names_is_left_alone(source: str) -> None:
    assert found(source) == set()
