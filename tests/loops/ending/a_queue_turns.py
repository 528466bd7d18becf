from collections import deque
def solve(x):
    q = deque(range(20000))
    n = 0
    while q[0] != 19999: q.rotate(1) if n else q.popleft()
    return 3
