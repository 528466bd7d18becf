    raise KeyboardInterrupt
