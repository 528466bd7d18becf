# Tries: as many threads as there may be, all waiting
# Must end: exception, memory_limit, wrong_answer

import threading

wait = threading.Event()
for number in range(100_000):
    threading.Thread(target=wait.wait, daemon=True).start()
