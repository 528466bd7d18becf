    from fractions import Fraction
    return Fraction(n, 2)
