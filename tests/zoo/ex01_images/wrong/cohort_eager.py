# All scans are read in __init__.
# fails: test_cohort_is_lazy
# hints: cohort-reads-all

# %% grade_id="cohort"
class Cohort(Sequence):

    def __init__(self, folder, volume_class=BrainVolume):
        self.folder = Path(folder)
        self.volume_class = volume_class
        self.scans = []
        with open(self.folder / "participants.tsv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        for row in rows:
            paths = sorted((self.folder / row["participant_id"]).rglob("*_T1w.nii*"))
            self.scans += [(path, row) for path in paths]
        self.volumes = [self.volume_class.load(path) for path, _ in self.scans]

    def __len__(self):
        return len(self.scans)

    def __getitem__(self, index):
        return self.volumes[index]

    def column(self, name):
        return [row[name] for _, row in self.scans]
