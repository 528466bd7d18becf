# Tries: system calls that the evaluator's list does not name, with arguments that change nothing
# Must end: wrong_answer

import ctypes
import os

NUMBERS = {
    "x86_64": """29 41 42 43 49 50 59 64 68 92 94 103 133 141 144 149 151 154 164 188 203 205 222 227 237
        240 251 253 256 279 300 319 322""",
    "aarch64": """5 6 30 33 54 55 107 112 116 118 119 122 140 148 170 180 186 190 194 198 200 201 202 203
        221 228 230 235 238 239 279 281""",
}
NEWER = "428 429 430 433 435 438 440 441 442 443 444 445 446 447 448 449 450 451 452 453 457 458 459 460 461 462"
FATAL = {"428", "429", "430", "440"}


def solve(x):
    call = ctypes.CDLL(None, use_errno=True).syscall
    for number in (*NUMBERS[os.uname().machine].split(), *NEWER.split()):
        ctypes.set_errno(0)
        if number not in FATAL and (call(int(number), -1, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38)):
            return "REACHED call %s, errno %d" % (number, ctypes.get_errno())
    return None
