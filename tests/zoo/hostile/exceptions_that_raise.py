# An exception that cannot be printed.
# held by: two sides
class Mute(BaseException):
    def __str__(self):
        raise Mute

    __repr__ = __str__


def fail(*_, **__):
    raise Mute


answer_with(fail)
