"""Our validation behind nbgrader's *Validate* button and `nbgrader validate`; for its configuration file."""

import html

from vaegan.validation import PASSED, headline, validate


def use():
    """Let nbgrader validate with ours.

    nbgrader has no setting for the class, so the two places that look it up by name get another one. Its button shows
    the entries of "failed" one below the other, so there is one entry: the headline, and a line for each check.
    """
    import nbgrader.apps.validateapp as command
    import nbgrader.server_extensions.validate_assignment.handlers as button
    from nbgrader.validator import Validator

    class CourseValidator(Validator):
        """Says "7 of 10 checks pass" and one line per check."""

        def validate(self, filename):
            """What the button shows; an empty dict stands for success."""
            try:
                found = validate(filename)
            except ValueError as error:
                return _shown("It could not be validated.", [error])
            return {} if all(one.mark == PASSED for one in found) else _shown(headline(found), found)

        def validate_and_print(self, filename):
            """What the command prints."""
            failed = self.validate(filename).get("failed")
            if failed:
                text = f"{failed[0]['source']}\n{failed[0]['raw_error']}\n"
            else:
                text = "Success! Your notebook passes all the visible checks.\n"
            self.stream.write(text)

    command.Validator = button.Validator = CourseValidator


def _shown(title, lines):
    text = "\n".join(map(str, lines))
    return {"failed": [{"source": title, "error": html.escape(text), "raw_error": text}]}
