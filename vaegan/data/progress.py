"""A progress bar for what takes long, and silence where nobody watches."""

import sys

PATIENCE = 1.0  # seconds without a bar: what is done sooner needs none


def progress(iterable, what, total):
    """Go through an iterable and show how far it is, on a terminal or in a notebook.

    Args:
        iterable: anything to loop over.
        what: a few words, such as "reading scans".
        total: how many items will come.

    Returns:
        an iterable of the same items.
    """
    if not (sys.stderr.isatty() or "ipykernel" in sys.modules):
        return iterable
    from tqdm import tqdm

    return tqdm(iterable, desc=what, total=total, delay=PATIENCE, leave=False)
