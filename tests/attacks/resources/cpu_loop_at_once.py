# Tries: to loop for ever before any call, deaf to every exception
# Must end: timeout
# On: A+

while True:
    try:
        while True:
            pass
    except BaseException:
        continue
