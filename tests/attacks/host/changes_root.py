# Tries: to leave its file tree by chroot
# Must end: forbidden

import os

os.chroot(".")
