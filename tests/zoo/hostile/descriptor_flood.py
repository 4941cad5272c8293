# Opens files and keeps them.
# held by: memory
kept = []
while True:
    kept.append(open("/dev/null"))
