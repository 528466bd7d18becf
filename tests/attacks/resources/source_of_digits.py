# Tries: a number of a million digits
# Must end: syntax_error
# Program: "x = " + "9" * 1_000_000
