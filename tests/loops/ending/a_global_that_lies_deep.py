n = {'a': [{'b': (1, [0])}]}
def count():
    n['a'][0]['b'][1][0] += 1
    return n['a'][0]['b'][1][0]
def solve(x):
    while count() < 40000: pass
    return 3
