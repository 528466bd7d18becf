"""gzip and zstd as streams of bytes, a bounded piece at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from backports import zstd

from evaluator.errors import SampleFileError
from evaluator.sample_files.limits import FileLimits

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
INFLATED_CHUNK_BYTES = 1 << 18
GZIP_WBITS = 31  # zlib reads the gzip header and checks its CRC and length


def packing_of(first: bytes) -> str | None:
    """ "gzip" or "zstd" by the first bytes of a stream, None where it is neither."""
    if first.startswith(GZIP_MAGIC):
        return "gzip"
    return "zstd" if first.startswith(ZSTD_MAGIC) else None


def unpacked(chunks: Iterable[bytes], packing: str, limits: FileLimits, label: str) -> Iterator[bytes]:
    """The bytes inside of gzip or zstd data. Raises SampleFileError where these are damaged or cut off."""
    return _gunzipped(chunks, limits, label) if packing == "gzip" else _unzstd(chunks, limits, label)


def opened(chunks: Iterator[bytes], limits: FileLimits, label: str) -> tuple[str | None, Iterator[bytes]]:
    """How a stream is packed, and its bytes without that packing: as they are if it is not packed."""
    first = next(chunks, b"")
    packing = packing_of(first)
    whole = chain((first,), chunks)
    return packing, unpacked(whole, packing, limits, label) if packing else whole


def _gunzipped(chunks: Iterable[bytes], limits: FileLimits, label: str) -> Iterator[bytes]:
    """gzip members one after another; zero padding after the last one is allowed, as by gzip itself."""
    members, member = 1, zlib.decompressobj(GZIP_WBITS)
    for chunk in chunks:
        data = chunk
        while data:
            if member.eof:
                data = data.lstrip(b"\x00")
                if not data:
                    break
                members, member = members + 1, zlib.decompressobj(GZIP_WBITS)
                _check_count(members, "gzip members", limits, label)
            try:
                yield member.decompress(data, INFLATED_CHUNK_BYTES)
            except zlib.error as error:
                raise SampleFileError(f"{label}: the gzip data is corrupt: {error}") from error
            data = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise SampleFileError(f"{label}: the gzip data ends early; the file is truncated")


def _unzstd(chunks: Iterable[bytes], limits: FileLimits, label: str) -> Iterator[bytes]:
    """zstd frames one after another."""
    options = {int(zstd.DecompressionParameter.window_log_max): limits.zstd_window_log}
    frames, frame = 1, zstd.ZstdDecompressor(options=options)
    for chunk in chunks:
        data = chunk
        while data or not (frame.eof or frame.needs_input):
            if frame.eof:
                frames, frame = frames + 1, zstd.ZstdDecompressor(options=options)
                _check_count(frames, "zstd frames", limits, label)
            try:
                yield frame.decompress(data, INFLATED_CHUNK_BYTES)
            except zstd.ZstdError as error:
                raise SampleFileError(f"{label}: the zstd data can't be unpacked: {error}") from error
            data = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise SampleFileError(f"{label}: the zstd data ends early; the file is truncated")


def _check_count(count: int, what: str, limits: FileLimits, label: str) -> None:
    if count > limits.gzip_members:
        raise SampleFileError(f"{label}: more than {limits.gzip_members:,} {what}")
