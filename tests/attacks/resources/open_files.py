# Tries: to open as many files as there may be
# Must end: exception

kept = []
while True:
    kept.append(open("/dev/zero"))
