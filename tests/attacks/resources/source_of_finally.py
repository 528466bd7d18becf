# Tries: a short source that takes the compiler exponential time and memory
# Must end: timeout, memory_limit
# On: A+ B
# Program: "".join(" " * n + "try:\n" + " " * (n + 1) + "pass\n" + " " * n + "finally:\n" for n in range(20)) + " " * 20 + "pass\n"
