    import os
    os.fork()
    return n / 2
