# Links of every kind to what lies outside, and reading and writing through them.
# held by: files
import os

seen = []
for name in ("gradebook.db", "secret.txt", "submitted/bob/ex/work.ipynb"):
    target = f"{OUTSIDE}/{name}"
    for make in (os.symlink, os.link):
        link = f"link{len(seen)}"
        try:
            make(target, link)
            seen.append(open(link).read())
            open(link, "w").write("6000")
        except OSError as error:
            seen.append(error.errno)
os.symlink("/", "root")
os.symlink("loop", "loop")


def show_them(*_, **__):
    raise RuntimeError(str(seen))


answer_with(show_them)
