# A list and a dict that hold themselves.
def hold(*_, **__):
    around, again = [], {}
    around += [around, again]
    again["again"] = again
    return around


answer_with(hold)
