# Tries: a string that doubles
# Must end: memory_limit, timeout

text = "x"
while True:
    text += text
