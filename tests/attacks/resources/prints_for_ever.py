# Tries: to flood its output
# Must end: timeout
# On: A+ A

while True:
    print("x" * 100000)
