    assert __name__ == 'builtins', __name__
    return n / 2

if __name__ == '__main__':
    raise SystemExit(1)
