# Has every attribute and answers every call with itself.
# held by: two sides
class Anything(type):
    def __getattr__(cls, name):
        return cls

    def __call__(cls, *_, **__):
        return cls

    def __instancecheck__(cls, instance):
        return True


class Thing(metaclass=Anything):
    pass


answer_with(Thing)
