    class Odd(Exception):
        pass

    if n % 2:
        raise Odd(f'{n} is odd')
    return n / 2
