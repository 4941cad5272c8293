"""The error that marks a hole: something an exercise asks you to write."""


class ToImplement(NotImplementedError):
    """Raised where code is still missing; the message says what to write, and where.

    Search the course folder for `ToImplement` to see every hole that is left. To fill one, replace the whole
    `raise` line by your code.
    """

    def _render_traceback_(self):
        """What IPython shows in a notebook in place of a traceback, which would lead to the `raise` line anyway."""
        return [f"Still to write. {self}"]
