"""python -m vaegan doctor: says whether this machine is fit for the course."""

import argparse
import sys


def main(arguments=None):
    """Run the command; return the exit status: 0 if all is well, 1 if something is to be done."""
    parser = argparse.ArgumentParser("python -m vaegan", description="The course's package.")
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("doctor", help="say whether this machine is fit for the course")
    parser.parse_args(arguments)
    # a terminal that cannot show a folder's name must not end the examination
    sys.stdout.reconfigure(errors="replace")
    from vaegan import doctor

    return doctor.main()


if __name__ == "__main__":
    sys.exit(main())
