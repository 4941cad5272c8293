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
echo "installing the pinned packages into .venv (a minute or two)"
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps -r requirements.lock
.venv/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
touch .venv/ready
