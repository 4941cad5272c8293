"""Where MNIST lies in a folder, under the names that sites, libraries and operating systems give it."""

from vaegan.data.files import check_present, find_files

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
ARCHIVE = "mnist.npz"
_SUBFOLDERS = ("mnist", "raw", "datasets", "data", "mnist_data")  # torchvision has MNIST/raw, Keras datasets
_ELSEWHERE = {  # what others publish MNIST as; told, not read
    ".csv": "a table of pixels (Kaggle's), of which this course reads none",
    ".parquet": "Parquet files (Hugging Face's)",
    ".pkl": "a pickle, which may run code when it is read",
    ".pkl.gz": "a pickle, which may run code when it is read",
    ".pt": "PyTorch's processed files; the original ones lie in the folder raw beside them",
    ".mat": "a MATLAB file",
    ".arff": "an ARFF file (OpenML's)",
    ".zip": "a zip file: unpack it",
    ".tar.gz": "an archive: unpack it",
}


def places(folder):
    """Return the folder and those in it, two levels deep, that may hold MNIST by their names."""
    inner = _named(folder)
    return [folder, *inner, *(place for outer in inner for place in _named(outer))]


def _named(folder):
    return [place for place in find_files(folder, "*/") if place.name.lower() in _SUBFOLDERS]


def find_idx(place):
    """Return the paths of the four IDX files in one folder, None for each that is not there; capitals do not matter."""
    there = {}
    for path in find_files(place, "*"):
        inner = path / path.name  # some archives unpack each file into a folder of its name
        there[path.name.lower()] = inner if path.is_dir() and inner.is_file() else path
    return [_one_of(there, name) for name in FILES]


def find_archive(place):
    """Return the path of Keras' archive in one folder, or None."""
    return next((path for path in find_files(place, "*") if path.name.lower() == ARCHIVE), None)


def _one_of(there, name):
    for stem in (name, name.replace("-idx", ".idx")):
        for candidate in (stem, f"{stem}.gz"):
            path = there.get(candidate)
            if path is not None and not path.is_dir():
                check_present(path)
                return path
    return None


def other_forms(folder):
    """Say in which other form MNIST, or something else, lies there; "" for an empty folder."""
    paths = [path for place in places(folder) for path in find_files(place, "*") if not path.is_dir()]
    for path in paths:
        for ending, what in _ELSEWHERE.items():
            if path.name.lower().endswith(ending):
                return f" {path.name} there is {what}."
    return f" There are {len(paths)} other files in it." if paths else ""
