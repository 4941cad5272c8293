"""Reading and writing: files made here and read there, and the other way round. Checks and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import make
from graders.ex01_images import oracles
from graders.ex01_images.expectations import (
    class_method,
    expect_class,
    expect_untouched,
    expect_volume,
    read_scan,
    write_files,
)
from judge.suite import Array, Student, agree, cell, expect, expect_array, for_all, is_same

load = cell("load_check", hole="volume", read_again="section 3, Load", in_numpy=True)
save = cell("save_check", hole="volume", read_again="section 3, Save", in_numpy=True)
SAVED_VOXELS, SAVED_AFFINE = "the voxels in the file", "the affine in the file"

# fmt: off
LOADED = 'np.array(image.get_fdata(dtype="float32"))'
LOAD, IMAGE = f"return cls({LOADED}, image.affine, name)", "nibabel.Nifti1Image(self.voxels, self.affine), path"
TURNED = "return type(self)(np.asarray(turned.dataobj), turned.affine, self.name)"
NORMALISED = "return type(self)(np.clip((self.voxels - low) / (high - low), 0.0, 1.0), self.affine, self.name)"
CLASS_LOST = load.mistake("class-hard-coded", ("return cls(", "return Volume("),
    "You wrote the name of a class where the object's own class was meant, so subclasses are lost. Use cls(...) in a "
    "classmethod and type(self)(...) in a method.",
    also=[(TURNED, TURNED.replace("type(self)", "Volume")), (NORMALISED, NORMALISED.replace("type(self)", "Volume"))])
WINDOW_ON_FILE = load.mistake("voxels-tied-to-file", (LOADED, 'image.get_fdata(dtype="float32")'),
    "Your voxels are a window on the file: when the file is overwritten they change. Copy them into memory with "
    "np.array(...).", also=[(LOADED, "np.asarray(image.dataobj)")])
NAME_LOST = load.mistake("name-lost", (", image.affine, name)", ", image.affine)"),
    "The name is lost on the way: hand it over as the third argument. load gives the name of the file without its "
    "folder, the other methods that of the volume.",
    also=[("Path(path).name", "str(path)"), (TURNED, TURNED.replace(", self.name", "")),
          (NORMALISED, NORMALISED.replace(", self.name", ""))])
load.mistake("scale-factor-lost", (LOADED, "np.array(image.dataobj.get_unscaled())"),
    "These are the integers as stored. The header's scale factor is missing; image.get_fdata() applies it.")
UNSCALED = "np.array(image.dataobj.get_unscaled())"
load.mistake("integer-overflow", (LOADED, f"{UNSCALED}.astype('int16') * image.dataobj.slope"),
    "Large values turned negative or small: 8 or 16 bits cannot hold them. Read floats, and compute with floats.",
    also=[(LOADED, f"{UNSCALED}.astype('int16')"),
          (LOADED, "image.get_fdata().astype('int64').astype('uint8')")])
load.mistake("loaded-as-integers", (LOADED, "image.get_fdata().astype('int32')"),
    "The fractions are gone: the scaled values were turned into integers. Read them as float32.",
    also=[(LOADED, "np.rint(image.get_fdata())")])
load.mistake("loaded-transposed", (LOADED, "np.array(image.get_fdata()).T"), "The axes came out in reverse order.")
load.mistake("affine-lost-on-load", ("image.affine, name", "np.eye(4), name"),
    "The volume has the identity for an affine: left and right are lost for good. Hand over image.affine.")
load.mistake("affine-inverted-on-load", ("image.affine, name", "np.linalg.inv(image.affine), name"),
    "The volume has the inverse of the file's affine: hand over image.affine as it is.")
SAVED_AS_INTEGERS = save.mistake("saved-as-integers", (IMAGE, IMAGE.replace("voxels", "voxels.astype('int32')")),
    "The fractions are gone: the voxels were turned into integers on the way to the file. Save them as float32.",
    also=[(IMAGE, IMAGE.replace("voxels", "voxels.astype('int16')"))])
NOT_SAVED = save.mistake("saved-nothing", (f"nibabel.save({IMAGE})", "nibabel.Nifti1Image(self.voxels, self.affine)"),
    "An image was made and stayed in memory: nibabel.save(image, path) writes it, to the very path that was given.",
    also=[(IMAGE, IMAGE.replace("path", "'scan.nii'"))])
save.mistake("affine-lost-on-save", (IMAGE, IMAGE.replace("self.affine", "np.eye(4)")),
    "The file has the identity for an affine: left and right are lost for good. Hand over self.affine.")
EDGES = "np.diag([*self.grid.voxel_size(), 1.0])"
save.mistake("affine-edges-only", (IMAGE, IMAGE.replace("self.affine", EDGES)),
    "Only the voxel's edges were saved: left, right and the place of the head are lost. Save the whole affine.",
    also=[(IMAGE, IMAGE.replace("self.affine", f"{EDGES} @ np.diag([-1, 1, 1, 1])")),
          (IMAGE, IMAGE.replace("self.affine", f"np.column_stack([{EDGES}[:, :3], self.affine[:, 3]])"))])
save.mistake("affine-inverted", (IMAGE, IMAGE.replace("self.affine", "np.linalg.inv(self.affine)")),
    "The file has the inverse of the affine.")
save.mistake("affine-in-lps", (IMAGE, IMAGE.replace("self.affine", "np.diag([-1, -1, 1, 1]) @ self.affine")),
    "The signs of x and y are turned: NIfTI counts in RAS, not in LPS.")
save.mistake("saved-transposed", (IMAGE, IMAGE.replace("voxels", "voxels.T")),
    "The axes of the voxels are in reverse order in the file, and the affine is not: save self.voxels as they are.")
VOLUME_CHANGED = save.mistake("volume-changed",
    (f"nibabel.save({IMAGE})", f"self.voxels = np.rint(self.voxels)\n        nibabel.save({IMAGE})"),
    "The method changed the volume itself. Return a new one, and leave this one alone; else the second call starts "
    "from what the first has left.",
    also=[(TURNED, "self.voxels, self.affine = np.asarray(turned.dataobj), turned.affine\n        "
                   "return type(self)(self.voxels, self.affine, self.name)"),
          (NORMALISED, "self.voxels = np.clip((self.voxels - low) / (high - low), 0.0, 1.0)\n        "
                       "return type(self)(self.voxels, self.affine, self.name)"),
          (NORMALISED, "np.subtract(self.voxels, low, out=self.voxels)\n        "
                       + NORMALISED.replace("voxels - low", "voxels"))])
# fmt: on


@load.check("load gives the scaled voxels, the affine and the name of a file.", weight=3)
def test_load_values(student: Student) -> None:
    """Unsigned integers beyond the range of int16, with a scale factor; plain and compressed."""
    stored = (oracles.random_voxels(0).astype(np.uint16) * 1000 + 3).astype(np.uint16)  # up to 60,003
    slope = 0.0137
    for path in ("load_values/a.nii", "load_values/b.nii.gz"):
        packed = oracles.file_of(stored, oracles.AFFINE, slope, compressed=path.endswith("gz"))
        write_files(student, {path: packed})
        volume = class_method(student, "Volume", "load", path)
        agree(volume.get("voxels"), stored * np.float64(slope), "the voxels that load returns", rtol=1e-3)
        agree(volume.get("affine"), oracles.AFFINE, "the affine that load returns")
        name, expected = volume.get("name"), path.split("/")[1]
        message = f"the name of a volume is that of its file: expected {expected}, received {name!r}."
        expect(is_same(name, expected), message, NAME_LOST)


@load.check("load copies the voxels: the file may change.")
def test_load_copies(student: Student) -> None:
    """An uncompressed file of floats is overwritten after it was loaded."""
    before, path = oracles.random_voxels(1), "load_copies/scan.nii"
    write_files(student, {path: oracles.file_of(before, oracles.AFFINE)})
    volume = class_method(student, "Volume", "load", path)
    write_files(student, {path: oracles.file_of(before + 100, oracles.AFFINE)})
    after = expect_array(volume.get("voxels"), "the voxels that load returns")
    changed = after.shape == before.shape and np.allclose(after, before + 100)
    expect(not changed, "The voxels changed when their file was overwritten.", WINDOW_ON_FILE)
    agree(after, before, "the voxels that load returns")


@load.check("load makes an object of the class that was asked.")
def test_load_keeps_the_class(student: Student) -> None:
    """BrainVolume.load gives a BrainVolume."""
    write_files(student, {"load_class/scan.nii": oracles.file_of(oracles.random_voxels(2), oracles.AFFINE)})
    volume = class_method(student, "BrainVolume", "load", "load_class/scan.nii")
    expect_class(volume, "BrainVolume", "what `BrainVolume.load` returns", CLASS_LOST)


@save.check("save writes the affine, whatever it is.", weight=3)
def test_save_affine(student: Student) -> None:
    """Read back here by nibabel; a fixed affine first, then any."""
    voxels = oracles.random_voxels(3)
    write_files(student, {"save_affine/folder.txt": np.zeros(1, np.uint8)})
    make(student, "Volume", voxels, oracles.AFFINE).call("save", "save_affine/fixed.nii")
    _, found = read_scan(student, "save_affine/fixed.nii", NOT_SAVED)
    agree(found, oracles.AFFINE, SAVED_AFFINE)

    def comes_back(affine: Array) -> None:
        make(student, "Volume", voxels, affine).call("save", "save_affine/any.nii.gz")
        again, found = read_scan(student, "save_affine/any.nii.gz", NOT_SAVED)
        agree(found, affine, SAVED_AFFINE)
        agree(again, voxels, SAVED_VOXELS)

    for_all(comes_back, max_examples=8, affine=oracles.affines())


@save.check("save writes the voxels, fractions included.", weight=2)
def test_save_voxels(student: Student) -> None:
    """Values from 0 to 1, negative ones, and large ones."""
    write_files(student, {"save_voxels/folder.txt": np.zeros(1, np.uint8)})
    for number, voxels in enumerate((np.linspace(0, 1, 60), np.linspace(-3, 70_000, 60))):
        values = voxels.reshape(oracles.SHAPE).astype(np.float32)
        volume = make(student, "Volume", values, oracles.AFFINE)
        volume.call("save", f"save_voxels/{number}.nii")
        found, _ = read_scan(student, f"save_voxels/{number}.nii", NOT_SAVED)
        expect_untouched(volume, values, oracles.AFFINE, "save", VOLUME_CHANGED)
        whole = found.shape == values.shape and np.array_equal(found, np.rint(found))
        expect(not whole, f"{SAVED_VOXELS} are whole numbers; those saved were not.", SAVED_AS_INTEGERS)
        agree(found, values, SAVED_VOXELS, rtol=1e-3, atol=1e-3)


@save.check("What was saved and loaded is the same volume.", needs=[test_save_affine])
def test_round_trip(student: Student) -> None:
    """Loaded from a file, saved over that same file, and loaded again."""
    voxels, path = oracles.random_voxels(4), "round_trip/scan.nii"
    write_files(student, {path: oracles.file_of(voxels, oracles.AFFINE)})
    class_method(student, "Volume", "load", path).call("save", path)
    expect_volume(class_method(student, "Volume", "load", path), voxels, oracles.AFFINE,
                  "the volume that was loaded, saved over its own file and loaded again")  # fmt: skip
