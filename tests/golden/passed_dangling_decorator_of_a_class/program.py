    return range(n)

@(lambda function: function)

