    return (a // b, 1)
