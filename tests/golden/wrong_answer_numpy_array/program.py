    import numpy
    return numpy.arange(n)
