    return ''.join(chr((ord(c) - 5 - 97) % 26 + 97) for c in s)
