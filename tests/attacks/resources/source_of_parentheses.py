# Tries: to overflow the compiler with nested parentheses
# Must end: syntax_error
# Program: "x = " + "(" * 1_000_000
