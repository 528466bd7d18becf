# Tries: to get past the filter by the system calls of 32 bit programs, in machine code
# Must end: crashed, forbidden, wrong_answer

import ctypes
import mmap
import os

if os.uname().machine == "x86_64":
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x02\x00\x00\x00\xcd\x80\xc3")
    number = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()


def solve(x):
    return "REACHED" if os.uname().machine == "x86_64" and number > 0 else None
