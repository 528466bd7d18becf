    return n / 2

@property
