    import module_of_nobody
    return n / 2
