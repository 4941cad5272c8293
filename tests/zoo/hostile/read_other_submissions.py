# Copies another student's work.
# held by: files
import glob

texts = []
for name in glob.glob(OUTSIDE + "/submitted/*/*/*") + glob.glob("../*") + glob.glob("/scratch/../*/*.ipynb"):
    try:
        texts.append(open(name).read())
    except OSError:
        pass


def show_them(*_, **__):
    raise RuntimeError("".join(texts))


answer_with(show_them)
