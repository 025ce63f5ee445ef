import gzip
import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from interviewer.model.tokens import TokenCount, installed_carrier

NAME = "fb374d419588a4632f3f557e76b4b70aebbca790"
SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_tokens_are_counted_as_the_encoding_counts_them(data_dir: Path) -> None:
    count = TokenCount(data_dir / "tiktoken")
    assert count.plain("Hello there, how are you?") == 7
    assert count.plain("") == 0
    assert count.of("Hello", "there") == 2 + 8


def test_marks_of_the_encoding_in_a_candidates_words_are_only_words(data_dir: Path) -> None:
    assert TokenCount(data_dir / "tiktoken").plain("<|endoftext|>") > 1


def test_the_encoding_is_unpacked_where_tiktoken_looks(tmp_path: Path) -> None:
    TokenCount(tmp_path / "new" / "tiktoken").plain("Hello")
    assert [p.name for p in (tmp_path / "new" / "tiktoken").iterdir()] == [NAME]
    assert digest(tmp_path / "new" / "tiktoken" / NAME) == SHA256


def test_a_damaged_copy_is_put_right(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"half a file")
    TokenCount(tmp_path).plain("Hello")
    assert digest(tmp_path / NAME) == SHA256


@pytest.mark.parametrize("carrier", ["missing", "no gzip", "other data"])
def test_without_a_sound_encoding_tokens_are_a_third_of_the_bytes(tmp_path: Path, carrier: str) -> None:
    path = tmp_path / "carrier.gz"
    if carrier != "missing":
        path.write_bytes(b"plain" if carrier == "no gzip" else gzip.compress(b"aGk= 0\n"))
    count = TokenCount(tmp_path / "tiktoken", path)
    assert count.plain("twelve bytes") == 4
    assert count.plain("é") == 1
    assert not (tmp_path / "tiktoken" / NAME).exists()


def test_a_folder_that_can_not_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert TokenCount(tmp_path / "file").plain("twelve bytes") == 4


def test_counting_reaches_for_no_network_and_imports_no_carrier(tmp_path: Path) -> None:
    code = f"""
        import socket, sys
        def refuse(*a, **k): raise AssertionError("a connection was tried")
        socket.socket.connect = socket.getaddrinfo = refuse
        from pathlib import Path
        from interviewer.model.tokens import TokenCount
        print(TokenCount(Path({str(tmp_path)!r})).plain("Hello there, how are you?"), "bpe_openai" in sys.modules)
    """
    env = {k: v for k, v in os.environ.items() if k != "TIKTOKEN_CACHE_DIR"}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.split() == ["7", "False"]


def test_the_carrier_is_installed() -> None:
    carrier = installed_carrier()
    assert carrier is not None
    assert carrier.is_file()
