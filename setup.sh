#!/bin/sh
# Makes .venv with everything pinned in requirements.lock. Called by make; safe to run again.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}

"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || {
    echo "This course needs Python 3.11 or 3.12; $PYTHON is $("$PYTHON" -V 2>&1). Try: make PYTHON=python3.12" >&2
    exit 1
}
if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
    # Debian and Ubuntu ship ensurepip in a package of its own.
    package="python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    as_root=
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    echo "installing $package"
    { $as_root apt-get update -qq && $as_root apt-get install -y -qq "$package"; } >/dev/null || {
        echo "Python cannot make virtual environments here. Run: sudo apt-get install $package" >&2
        exit 1
    }
fi
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv

# Says which package comes: all of them are some 3 GB, and a silent minute looks like a hang.
show_progress() {
    here=no; [ -t 1 ] && here=yes
    awk -v all="$(grep -c '==' requirements.lock)" -v here="$here" '
        /^(Collecting|Requirement already satisfied)/ {
            name = $1 == "Collecting" ? $2 : $4; n++
            if (here == "yes") printf "\r  %3d of %d  %-50s", n, all, name
            else if (n % 20 == 0) printf "  %d of %d\n", n, all
            fflush()
        }
        /^Installing collected packages/ { printf "%s  unpacking them (a minute or two)\n", here == "yes" ? "\n" : ""; fflush() }'
}

echo "installing the pinned packages into .venv (some minutes)"
rm -f .venv/failed
{ .venv/bin/python -m pip install --disable-pip-version-check --no-deps -r requirements.lock || touch .venv/failed; } |
    show_progress
[ ! -e .venv/failed ] || { echo "pip could not install them: its reason stands above. Run the same command again." >&2; exit 1; }
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
touch .venv/ready
