# Tries: tens of thousands of threads that need little memory each
# Must end: exception, memory_limit, timeout
# On: A+ A

import threading

threading.stack_size(32768)
wait = threading.Event()
for number in range(100_000):
    threading.Thread(target=wait.wait, daemon=True).start()
