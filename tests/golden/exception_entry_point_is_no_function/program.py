half = 0.5
