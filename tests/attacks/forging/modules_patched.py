# Tries: to change struct, marshal, os and collections under the evaluator's own code
# Must end: wrong_answer, exception, crashed, forbidden

import collections
import marshal
import os
import struct
import sys

marshal.loads = lambda raw: ((), {})
os._exit = lambda code: None
os.write = lambda handle, data: len(data)
struct.Struct = None
collections.deque = list
sys.modules.clear()


def solve(*arguments):
    return 730158442
