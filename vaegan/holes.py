"""The error that marks a hole: something an exercise asks you to write."""

import re

_KERAS = re.compile(r"Exception encountered when calling .*?\n\n\x1b\[1m(.*?)\x1b\[0m\n\nArguments received", re.DOTALL)


def as_raised(message):
    """The message of an error as it was raised: Keras wraps what a layer raises into a text of its own."""
    wrapped = _KERAS.search(str(message))
    return wrapped[1] if wrapped else str(message)


class ToImplement(NotImplementedError):
    """Raised where code is still missing; the message says what to write, and where.

    Search the course folder for `ToImplement` to see every hole that is left. To fill one, replace the whole
    `raise` line by your code.
    """

    def _render_traceback_(self):
        """What IPython shows in a notebook in place of a traceback, which would lead to the `raise` line anyway."""
        return [f"Still to write. {as_raised(self)}"]
