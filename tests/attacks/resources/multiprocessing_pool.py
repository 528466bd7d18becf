# Tries: to spread over processes with multiprocessing
# Must end: exception, forbidden

import multiprocessing

with multiprocessing.Pool(8) as pool:
    pool.map(abs, range(10))
