# Exceptions whose text, type and traceback are programs.
# held by: two sides
class Passed(Exception):
    def __str__(self):
        return "\x1b[31m<script>alert(1)</script>\n" * 10_000

    @property
    def __traceback__(self):
        raise SystemExit("passed")


Passed.__name__ = "Passed" * 5000


def fail(*_, **__):
    raise Passed


answer_with(fail)
