# Tries: to make a file of many GiB by its size alone
# Must end: output_limit, exception, crashed

with open("sparse", "wb") as file:
    file.truncate(1 << 40)
