    raise ValueError('a\ud800b\0c')
