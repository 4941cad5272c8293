# A list and a dict that hold themselves.
# held by: frames
def hold(*_, **__):
    around, again = [], {}
    around += [around, again]
    again["again"] = again
    return around


answer_with(hold)
