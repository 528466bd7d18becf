# Tries: to overflow the compiler with a sum of half a million numbers
# Must end: syntax_error, memory_limit, timeout, crashed
# Program: "x = " + "+".join(["1"] * 500_000)
