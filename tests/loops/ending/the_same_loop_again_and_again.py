def f(y):
    while y: y -= 1
    return 1
def solve(x):
    return 3 * f([f(20) for i in range(5000)][0])
