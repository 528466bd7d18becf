    return half(n)
