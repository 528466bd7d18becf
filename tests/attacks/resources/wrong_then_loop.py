# Tries: to cost as much as a loop can, though its first answer is wrong already
# Must end: wrong_answer

def solve(x):
    if x == 7:
        return 0
    while True:
        pass
