# Tries: to run code in the judge by an object that unpickles to a call
# Must end: wrong_answer

import os


class Surprise:
    def __reduce__(self):
        return os.system, ("touch 'CANARY_FOLDER/touched'",)


def solve(x):
    return [Surprise(), Surprise]
