    return encode_cyclic(encode_cyclic(s))
