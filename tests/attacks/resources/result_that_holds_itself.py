# Tries: to answer with values that hold themselves
# Must end: wrong_answer

def solve(x):
    chain = []
    chain.append(chain)
    table = {}
    table["self"] = table
    return [chain, table]
