return n / 2
  return
