# Tries: to leave with exit code 0 before any test can run
# Must end: crashed
# Fools: a checker that looks at the exit code

import os

os._exit(0)
