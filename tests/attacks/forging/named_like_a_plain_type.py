# Tries: to be taken for plain data by the names of its class
# Must end: wrong_answer

Fake = type("int", (), {"__module__": "numpy", "__qualname__": "int", "ndim": 0, "item": lambda self: self})


def solve(x):
    return Fake()
