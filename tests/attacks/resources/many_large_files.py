# Tries: to fill the disk with many files
# Must end: output_limit
# On: A+ A

number = 0
while True:
    with open(f"file{number}", "wb") as file:
        file.write(bytes(1 << 20))
    number += 1
