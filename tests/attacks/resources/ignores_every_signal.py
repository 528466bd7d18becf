# Tries: to outlive its limits by ignoring and handling every signal
# Must end: timeout
# On: A+

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
while True:
    pass
