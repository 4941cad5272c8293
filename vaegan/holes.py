"""The error that marks a hole: something an exercise asks you to write."""


class ToImplement(NotImplementedError):
    """Raised where code is still missing; the message says what to write, and where.

    Search the course folder for `ToImplement` to see every hole that is left. To fill one, replace the whole
    `raise` line by your code.
    """
