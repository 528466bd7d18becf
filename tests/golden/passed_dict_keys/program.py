    return dict.fromkeys(range(n)).keys()
