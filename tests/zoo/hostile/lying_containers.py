# Lists and dicts that are endless or of another length than they say.
# held by: two sides
class Endless(dict):
    def items(self):
        while True:
            yield "key", 1.0

    def __iter__(self):
        while True:
            yield "key"


class Forever(list):
    def __iter__(self):
        while True:
            yield 1.0

    __len__ = lambda self: 2


state = []


def lie(*_, **__):
    state.append(1)
    return Endless(a=1) if len(state) == 1 else Forever([1.0])


answer_with(lie)
