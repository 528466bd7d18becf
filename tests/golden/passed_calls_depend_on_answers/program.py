    return -~x
