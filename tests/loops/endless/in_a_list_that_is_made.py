def solve(s):
    s = 'aab'
    while len(s) < 9: s = ''.join([c for i, c in enumerate(s) if c in s])  # goes on for ever
