    raise MemoryError
