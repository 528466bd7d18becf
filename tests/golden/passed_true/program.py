    return not n & 1
