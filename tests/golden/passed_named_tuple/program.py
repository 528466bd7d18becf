    from typing import NamedTuple

    class Pair(NamedTuple):
        quotient: int
        remainder: int

    return Pair(*divmod(a, b))
