# A list in a list in a list, a thousand deep.
# held by: frames
def nest(*_, **__):
    deep = []
    for _ in range(1000):
        deep = [deep]
    return deep


answer_with(nest)
