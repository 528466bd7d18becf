"""How a file is packed: plain, gzip, zstd, zip, tar. Told by its first bytes, unpacked as a stream."""
