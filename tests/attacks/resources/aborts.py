# Tries: to end by a signal of its own
# Must end: crashed

import os

os.abort()
