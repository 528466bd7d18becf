# Tries: null bytes and lone surrogates in the source
# Must end: syntax_error
# Program: "def solve(x):\n    return '\0\ud800'\n"
