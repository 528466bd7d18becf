# Tries: a source of 12 MB
# Must end: timeout, memory_limit, exception
# On: A+
# Program: "".join(f"x{n} = [{n}, {n}]\n" for n in range(480_000))
