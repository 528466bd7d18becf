# Tries: to lift its own limits first
# Must end: timeout
# On: A+

import resource

for limit in range(16):
    for value in (resource.RLIM_INFINITY, 1 << 40):
        try:
            resource.setrlimit(limit, (value, value))
        except (OSError, ValueError):
            continue
while True:
    pass
