# A power with more digits than there is time.
9 ** (9**9)
