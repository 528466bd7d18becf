    from collections import OrderedDict
    return OrderedDict((letter, text.count(letter)) for letter in text)
