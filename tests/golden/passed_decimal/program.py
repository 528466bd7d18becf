    from decimal import Decimal
    return Decimal(n) / 2 if n > 1 else 0.5
