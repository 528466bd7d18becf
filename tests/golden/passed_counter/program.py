    from collections import Counter
    return Counter(text)
