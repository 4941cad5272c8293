# A power with more digits than there is time.
# held by: time
9 ** (9**9)
