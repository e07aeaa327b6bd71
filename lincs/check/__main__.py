"""`python -m lincs.check CERTIFICATE [MATRIX.npy]`."""

import sys

from . import main

sys.exit(main(sys.argv[1:]))
