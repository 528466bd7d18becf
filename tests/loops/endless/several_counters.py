def solve(x):
    a = b = c = 0
    while x:  # goes on for ever
        if x > 0: a += x * 2
        else: b -= x
        c = c + len('ab')
        x = -x
