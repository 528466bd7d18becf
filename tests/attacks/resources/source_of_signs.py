# Tries: to overflow the compiler with a million signs before a number
# Must end: syntax_error, memory_limit, crashed
# Program: "x = " + "-" * 1_000_000 + "1"
