# Never comes back.
# held by: time
while True:
    pass
