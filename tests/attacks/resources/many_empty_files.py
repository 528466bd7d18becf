# Tries: to use up the file system's entries
# Must end: output_limit
# On: A+ A

number = 0
while True:
    open(f"file{number}", "w").close()
    number += 1
