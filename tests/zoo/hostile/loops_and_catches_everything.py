# Never comes back, whatever is raised in it.
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
