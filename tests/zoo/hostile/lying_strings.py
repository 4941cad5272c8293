# Text that is not what it says: other encodings, lone surrogates, control and bidirectional characters.
# held by: two sides
class Text(str):
    def encode(self, *_, **__):
        return b'"}]}'

    __eq__ = lambda *_: True
    __hash__ = str.__hash__


answer_with(lambda *_, **__: Text("\ud800\x00\x1b[2J\u202e\u2066passed\u2028" * 50))
