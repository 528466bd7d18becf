    return complex(n, 0) / 2
