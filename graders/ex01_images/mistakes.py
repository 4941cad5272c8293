"""Known mistakes of lesson `images` that a check recognises by how it fails, each with its hint."""

from __future__ import annotations

from judge.suite import Mistake

CLASS_LOST = Mistake(
    "class-hard-coded",
    "You wrote the name of a class where the object's own class was meant, so subclasses are lost. Use cls(...) in a "
    "classmethod and type(self)(...) in a method.",
    None,
)
VOLUME_CHANGED = Mistake(
    "volume-changed",
    "The method changed the volume itself. Return a new one; else the second call starts from what the first has left.",
    None,
)
WINDOW_ON_FILE = Mistake(
    "voxels-tied-to-file",
    "Your voxels are a window on the file: when the file is overwritten they change. Copy them into memory with "
    "np.array(...).",
    None,
)
SAVED_AS_INTEGERS = Mistake(
    "saved-as-integers",
    "The fractions are gone: the voxels were turned into integers on the way to the file. Save them as float32.",
    None,
)
TRUNCATED_INDEX = Mistake(
    "index-cut-off",
    "You took the voxel below, not the nearest: int(...) and astype(int) cut off. Round first, with np.rint.",
    None,
)
OUTSIDE_ACCEPTED = Mistake(
    "outside-accepted",
    "A place outside the scan gave a slice all the same: a negative index counts from the other end. Keep the check.",
    None,
)
HOOK_IGNORED = Mistake(
    "foreground-not-asked",
    "normalised of a BrainVolume takes the percentiles of all voxels. It must ask self.foreground(), the method that "
    "the subclass changes.",
    None,
)
MASK_RETURNED = Mistake(
    "foreground-is-a-mask",
    "You returned where the voxels are bright (True and False), not how bright they are. Index the voxels with it.",
    None,
)
AIR_INCLUDED = Mistake(
    "foreground-with-air",
    "Your foreground holds voxels of 0, which are air. Take only those greater than 0.",
    None,
)
ONE_SCAN_PER_SUBJECT = Mistake(
    "one-scan-per-subject",
    "You found one scan per subject; a subject may have several sessions, each with a scan.",
    None,
)
WRONG_SUBJECTS_FILES = Mistake(
    "prefix-finds-others",
    "sub-1 was given scans of sub-10 as well: a pattern such as sub-1* also finds longer names. Look into the folder "
    "with exactly the subject's name.",
    None,
)
ONE_SUFFIX = Mistake(
    "one-suffix-only",
    "Scans are missing: you found the compressed files or the plain ones, but not both.",
    None,
)
TABLE_ORDER = Mistake(
    "table-order-lost",
    "The scans are not in the order of the table. Go through its rows as they come; only the files of one subject are "
    "sorted.",
    None,
)
EAGER = Mistake(
    "cohort-reads-all",
    "The cohort reads its scans before anyone asks for one. Keep the paths, and load in __getitem__.",
    None,
)
NO_END = Mistake(
    "no-index-error",
    "Past the end there must be an IndexError: it is how a loop knows that it is over. Indexing the list gives it "
    "for free.",
    None,
)
VOLUME_CLASS_IGNORED = Mistake(
    "volume-class-ignored",
    "The scan was not loaded with the class that the cohort was given: use self.volume_class.",
    None,
)
SUBJECT_LEAK = Mistake(
    "split-by-scan",
    "Scans of one subject are in both parts. A model can then recognise the person: draw subjects, and let each scan "
    "follow its subject.",
    None,
)
SCANS_LOST = Mistake(
    "split-loses-scans",
    "Some scans are in neither part or come twice: every position must be in exactly one.",
    None,
)
SEED_IGNORED = Mistake(
    "split-ignores-seed",
    "Every seed gives the same split: seed the generator with `seed`, and draw from it.",
    None,
)
NOT_REPRODUCIBLE = Mistake(
    "split-not-reproducible",
    "The same seed gives another split each time: draw from np.random.default_rng(seed), made anew in each call.",
    None,
)
GLOBAL_SEED = Mistake(
    "global-seed-set",
    "Your split sets or uses NumPy's global random numbers, so it changes what others draw. Use your own generator.",
    None,
)
PARTS_SWAPPED = Mistake(
    "split-parts-swapped",
    "The two parts are swapped: first the training scans, then the test scans.",
    None,
)
WRONG_SHARE = Mistake(
    "split-share-of-scans",
    "test_fraction is a share of the subjects: num_tested of them.",
    None,
)
NEW_LAYERS = Mistake(
    "layers-made-in-call",
    "Two calls on the same slices differ: layers made in `call` start anew each time. Make them in __init__.",
    None,
)
SQUASHED_LOGITS = Mistake(
    "logits-with-activation",
    "Your logits have been squashed: the last layer has an activation. Logits may be any real number.",
    None,
)
NO_RELU = Mistake(
    "hidden-without-relu",
    "Your model is linear: the ReLU of the hidden layer is missing.",
    None,
)
CONFIG_INCOMPLETE = Mistake(
    "config-incomplete",
    "A model that is saved and loaded has other sizes: get_config must hold num_classes and hidden_units as they were "
    "given, beside what the parent has.",
    None,
)
NAME_LOST = Mistake(
    "config-without-parent",
    "The name of the model is lost: start from super().get_config(), and pass **kwargs on in __init__.",
    None,
)
