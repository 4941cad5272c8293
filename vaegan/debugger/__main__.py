"""For the command line: `python -m vaegan.debugger [STUDENT_ID]` writes that student's program to program.py."""

import sys

from vaegan.debugger import hand_out

if __name__ == "__main__":
    print(f"wrote {hand_out(*sys.argv[1:2])}; now: python -m pdb program.py")
