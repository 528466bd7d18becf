def solve(x):
    one = float('1.5')
    zero = float('1.5')
    bits = [zero] * 18
    i = 0
    while bits[17] is not (one or None):
        for i in range(18):
            if bits[i] is (zero or None):
                bits[i] = one
                break
            bits[i] = zero
        i = 0
    return 3
