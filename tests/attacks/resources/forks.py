# Tries: a fork bomb
# Must end: exception, forbidden

import os

while True:
    os.fork()
