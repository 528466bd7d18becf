# Tries: to loop for ever
# Must end: timeout

def solve(x):
    while True:
        pass
