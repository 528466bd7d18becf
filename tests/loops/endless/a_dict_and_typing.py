from typing import Dict, List, Optional
import math
def solve(x: int) -> List[int]:
    d = {1: [2.5]}
    while d[1]:  # goes on for ever
        d[1][0] = math.sqrt(d[1][0] ** 2 - 0.0)
        d = {1: [2.5]}
