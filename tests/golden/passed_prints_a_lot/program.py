    print('x' * 1000000)
    import sys
    sys.stderr.write('y' * 1000000)
    sys.stdout.flush()
    return n / 2
