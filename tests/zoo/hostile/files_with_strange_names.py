# files: ../../planted=exit, /planted=exit, a/../../../planted=exit, -rf=exit, $(touch planted)=exit
# Files whose names lead elsewhere.
# held by: files
import os

print(sorted(os.listdir(".")))
