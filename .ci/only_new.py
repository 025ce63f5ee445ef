"""Print the entries of the second lock file whose packages the first does not have."""

import re
import sys
from pathlib import Path


def entries(path: str) -> dict[str, str]:
    """Each requirement of a hashed lock file with its hashes, by what stands before the first space."""
    blocks = re.split(r"\n(?=\S)", Path(path).read_text(encoding="utf-8").strip())
    return {block.split()[0]: block for block in blocks}


if __name__ == "__main__":
    there, wanted = entries(sys.argv[1]), entries(sys.argv[2])
    print("\n".join(block for name, block in wanted.items() if name not in there))
