"""python -m vaegan doctor: is this machine fit? python -m vaegan validate NOTEBOOK: which checks pass?"""

import argparse
import sys


def main(arguments=None):
    """Run the command; return the exit status: 0 if all is well, 1 if something is to be done."""
    parser = argparse.ArgumentParser("python -m vaegan", description="The course's package.")
    commands = parser.add_subparsers(required=True, metavar="command", dest="command")
    commands.add_parser("doctor", help="say whether this machine is fit for the course")
    checks = commands.add_parser("validate", help="run the visible checks of notebooks, one line for each")
    checks.add_argument("notebooks", nargs="+", metavar="NOTEBOOK")
    options = parser.parse_args(arguments)
    # a terminal that cannot show a folder's name must not end the examination
    sys.stdout.reconfigure(errors="replace")
    if options.command == "validate":
        from vaegan import validation

        return validation.main(options.notebooks)
    from vaegan import doctor

    return doctor.main()


if __name__ == "__main__":
    sys.exit(main())
