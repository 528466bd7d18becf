    def helper(x):
        return x / 0

    return helper(n)
