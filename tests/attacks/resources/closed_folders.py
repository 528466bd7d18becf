# Tries: to close its folders, nested, to those who would remove them
# Must end: wrong_answer, forbidden

import os

for number in range(100):
    os.mkdir("d")
    open("f", "w").close()
    os.chdir("d")
for number in range(100):
    os.chmod(".", 0)


def solve(x):
    return 0
