    import math
    return math.sqrt(x)
