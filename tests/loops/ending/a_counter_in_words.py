def solve(x):
    s = ''
    while x:
        s += 'ab'
        if len(s) > 40000: return 3
