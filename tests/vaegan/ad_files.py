"""Small files in the exact formats of real cohorts, written for the tests: an invented head, no patient."""

import nibabel
import numpy as np

SPACING = 4.0
MNI = np.array([[SPACING, 0, 0, -84.0], [0, SPACING, 0, -120.0], [0, 0, SPACING, -72.0], [0, 0, 0, 1]])
SHAPE = (43, 50, 44)


def head(x, y, z, wide=0.0):
    """Return the brightness of the invented head at places in mm: a mark on the right, darker downward."""
    inside = (x / 68) ** 2 + ((y + 22) / 84) ** 2 + ((z - 9.5) / 62) ** 2 < 1
    mark = np.exp(-(((x - 28) / 9) ** 2) - ((y + 20) / 14) ** 2 - ((z + 14) / 9) ** 2)
    ventricle = np.exp(-((x / (16 + wide)) ** 2) - ((y + 15) / 30) ** 2 - ((z - 20) / (10 + wide)) ** 2)
    return inside * (400 + 1.5 * z + 300 * mark - 350 * ventricle)


def voxels(affine=MNI, shape=SHAPE, wide=0.0):
    """Return the head, float32, as a scanner with this affine stores it."""
    grid = np.stack([*np.indices(shape), np.ones(shape)])
    x, y, z, _ = np.tensordot(affine, grid, axes=1)
    return head(x, y, z, wide).astype("float32")


def write_nifti(path, affine=MNI, shape=SHAPE, code=4, values=None, dtype="int16"):
    """Write a scan; code 4 says MNI space, 1 the scanner's, 0 that there is no affine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = voxels(affine, shape) if values is None else values
    image = nibabel.Nifti1Image(values.astype(dtype), affine)
    image.set_sform(affine, code=code)
    image.set_qform(None if code == 0 else affine, code=code)
    nibabel.save(image, path)
    return path


def write_bids(folder, diagnoses=("CN", "AD", "CN", "AD"), column="diagnosis", sessions=("",), **scan):
    """Write a BIDS folder with a subject for each diagnosis."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"participant_id\tage\t{column}"]
    for number, diagnosis in enumerate(diagnoses, start=1):
        subject = f"sub-{number:02d}"
        lines.append(f"{subject}\t{60 + number}\t{diagnosis}")
        for session in sessions:
            name = "_".join(part for part in (subject, session, "T1w.nii.gz") if part)
            write_nifti(folder / subject / session / "anat" / name, **scan)
    (folder / "participants.tsv").write_text("\n".join(lines) + "\n")
    return folder


def write_adni(folder, groups=("CN", "AD"), visits=("bl",)):
    """Write a download of the Image and Data Archive: scans in the scanner's space, and its CSV."""
    heading = "Image Data ID,Subject,Group,Sex,Age,Visit,Modality,Description,Type,Acq Date,Format,Downloaded"
    lines, image, moved = [heading], 100000, MNI.copy()
    moved[:3, 3] += (5, 40, -30)  # the scanner's origin is anywhere
    for number, group in enumerate(groups, start=1):
        subject = f"{number:03d}_S_{4000 + number}"
        for visit in visits:
            image += 1
            place = folder / "ADNI" / subject / "MPR__GradWarp__B1_Correction__N3__Scaled" / "2006-04-18_08_20_30.0"
            name = f"ADNI_{subject}_MR_MPR__GradWarp__B1_Correction__N3__Scaled_Br_2007_S13408_I{image}.nii"
            write_nifti(place / f"I{image}" / name, moved, code=1, values=voxels())
            cells = (f"I{image}", subject, group, "F", "76", visit, "MRI", "MPR; Scaled", "Processed")
            lines.append(",".join(f'"{cell}"' for cell in (*cells, "4/18/2006", "NiFTI", "1/01/2024")))
    (folder / "collection_1_01_2024.csv").write_text("\n".join(lines) + "\n")
    return folder


def write_analyze(stem, values):
    """Write an Analyze 7.5 pair as OASIS-1 has it: 16 bit, big-endian, a fourth axis of length one."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    header = nibabel.AnalyzeHeader(endianness=">")
    header.set_data_shape((*values.shape, 1))
    header.set_data_dtype(np.int16)
    header.set_zooms((SPACING, SPACING, SPACING, 1))
    with open(f"{stem}.hdr", "wb") as file:
        header.write_to(file)
    with open(f"{stem}.img", "wb") as file:
        file.write(values.astype(">i2").tobytes(order="F"))


def oasis_table(folder, ratings):
    """Write the table of OASIS-1: visit -> CDR as text."""
    lines = ["ID,M/F,Hand,Age,Educ,SES,MMSE,CDR,eTIV,nWBV,ASF,Delay"]
    lines += [f"{visit},F,R,74,2,3,29,{rating},1344,0.743,1.306,N/A" for visit, rating in ratings.items()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "oasis_cross-sectional.csv").write_text("\n".join(lines) + "\n")


def write_oasis_volumes(folder, ratings):
    """Write T88 scans: voxels from right to left, the origin in the middle."""
    oasis_table(folder, ratings)
    for number, visit in enumerate(ratings):
        place = folder / f"disc{1 + number % 2}" / visit / "PROCESSED" / "MPRAGE" / "T88_111"
        write_analyze(place / f"{visit}_mpr_n4_anon_111_t88_masked_gfc", voxels()[::-1])
    return folder


def write_oasis_slices(folder, ratings):
    """Write Neurite's slices: 160 x 192 pixels of 1 mm, from right to left and from the top down."""
    oasis_table(folder, ratings)
    x, z = 80.0 - np.arange(160)[:, np.newaxis], 97.0 - np.arange(192)
    values = head(x, -16.0, z)
    for visit in ratings:
        scaled = (values / values.max()).astype("float32")
        write_nifti(folder / f"OASIS_{visit}" / "slice_norm.nii.gz", np.eye(4), values=scaled, dtype="float32")
    return folder
