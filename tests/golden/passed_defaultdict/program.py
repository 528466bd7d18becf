    from collections import defaultdict
    found = defaultdict(int)
    for letter in text:
        found[letter] += 1
    return found
