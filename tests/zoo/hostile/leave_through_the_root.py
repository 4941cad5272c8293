# Climbs out of the tree by .., by descriptors of folders, by a second chroot and by /proc/1/root.
# held by: files
import os

seen = []
number = os.open("/", os.O_RDONLY)
for attempt in (
    lambda: os.listdir("/" + "../" * 40),
    lambda: (os.mkdir("jail"), os.chroot("jail"), os.chdir("../" * 40), os.listdir(".")),
    lambda: os.listdir("/proc/1/root"),
    lambda: os.listdir("/old"),
    lambda: open("../" * 20 + OUTSIDE + "/secret.txt", dir_fd=number).read(),
    lambda: os.open(".." + OUTSIDE + "/secret.txt", os.O_RDONLY, dir_fd=number),
    lambda: open(OUTSIDE + "/secret.txt").read(),
):
    try:
        seen.append(attempt())
    except Exception as error:
        seen.append(type(error).__name__)
os.chdir("/scratch")


def show_them(*_, **__):
    raise RuntimeError(str(seen))


answer_with(show_them)
