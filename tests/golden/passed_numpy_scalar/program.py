    import numpy
    return numpy.float64(n) / numpy.int64(2)
