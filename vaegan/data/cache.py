"""Slices that were cut once are kept, and read again as long as no scan has changed.

Only pixels are kept, under a name that is made of the files' paths, sizes and times and of how they were cut. They
stay on this computer, in the user's own cache folder: data agreements such as ADNI's forbid to pass them on.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

VERSION = 2  # raise it when the same arguments give other pixels


def cache_folder():
    """Return the folder: VAEGAN_CACHE, else vaegan in XDG_CACHE_HOME, else ~/.cache/vaegan."""
    if os.environ.get("VAEGAN_CACHE"):
        return Path(os.environ["VAEGAN_CACHE"]).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "vaegan"


def read_cached(scans, how):
    """Return the images of these scans, float32 (n, size, size, 1), and notes; None if they were not kept."""
    path = _path(scans, how)
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            x, notes = arrays["x"], tuple(arrays["notes"].tolist())
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None  # none yet, or a damaged one, which is written anew
    expected = (len(scans) * len(how["planes"]), how["size"], how["size"], 1)
    return (x, notes) if x.shape == expected else None


def write_cached(scans, how, x, notes=()):
    """Keep the images and what was said of them; where nothing can be written, go on without."""
    path = _path(scans, how)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
            np.savez(file, x=x, notes=np.array(notes, dtype=str))
        Path(file.name).replace(path)  # whoever reads at the same time sees all or nothing
    except OSError:
        return


def _path(scans, how):
    files = []
    for scan in scans:
        for path in (
            scan.path,
            scan.path.with_suffix(".hdr"),
        ):  # Analyze keeps shape and byte order in a second file
            if path.is_file():
                state = path.stat()
                files.append([str(path.resolve()), state.st_size, state.st_mtime_ns])
            elif path == scan.path:
                files.append([str(path), None, None])  # whoever reads it says what is missing
    text = json.dumps([VERSION, how, files], sort_keys=True)
    return cache_folder() / "slices" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"
