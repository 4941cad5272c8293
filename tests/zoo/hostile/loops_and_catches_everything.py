# Never comes back, whatever is raised in it.
# held by: time
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
