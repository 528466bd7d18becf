    return ()
