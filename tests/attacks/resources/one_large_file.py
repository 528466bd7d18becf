# Tries: to fill the disk with one file
# Must end: output_limit, crashed, exception

with open("large", "wb") as file:
    while True:
        file.write(bytes(1 << 20))
