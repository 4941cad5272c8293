# sub-1* finds sub-10 as well.
# fails: test_cohort_length
# hints: prefix-finds-others

# %% grade_id="cohort"
class Cohort(Sequence):

    def __init__(self, folder, volume_class=BrainVolume):
        self.folder = Path(folder)
        self.volume_class = volume_class
        self.scans = []
        with open(self.folder / "participants.tsv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        for row in rows:
            paths = sorted(self.folder.glob(f"{row['participant_id']}*/**/*_T1w.nii*"))
            self.scans += [(path, row) for path in paths]

    def __len__(self):
        return len(self.scans)

    def __getitem__(self, index):
        path, _ = self.scans[index]
        return self.volume_class.load(path)

    def column(self, name):
        return [row[name] for _, row in self.scans]
