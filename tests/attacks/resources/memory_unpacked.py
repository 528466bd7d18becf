# Tries: to unpack a bomb of 4 GiB
# Must end: memory_limit, timeout

import zlib

packer = zlib.compressobj(9)
bomb = b"".join(packer.compress(bytes(1 << 20)) for number in range(8)) + packer.flush()
text = zlib.decompress(bomb)
while True:
    text = zlib.decompress(bomb) + text + text
