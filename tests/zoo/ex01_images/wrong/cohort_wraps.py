# The index wraps round: a loop never ends.
# fails: test_cohort_ends
# hints: no-index-error

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

    def __len__(self):
        return len(self.scans)

    def __getitem__(self, index):
        path, _ = self.scans[index % len(self.scans)]
        return self.volume_class.load(path)

    def column(self, name):
        return [row[name] for _, row in self.scans]
