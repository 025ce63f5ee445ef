"""Whether an address and a key can be used as they stand in the settings. Each fault is a sentence that names the setting."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr

from interviewer.errors import SetupError


def fit_address(written: str, setting: str, *, like: str, key: str) -> str:
    """The base URL as it is written, `like` being an example of one. Raises SetupError where it is none, or holds what belongs in `key`."""
    try:
        parts = urlsplit(written)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fit = False
    if not fit:
        raise SetupError(f"{setting} is no address of a server: write it like {like}.")
    if "@" in parts.netloc:
        raise SetupError(f"{setting} has a user name or password before {parts.hostname}: take it out and put the key in {key}.")
    return written


def fit_key(told: SecretStr | None, setting: str) -> SecretStr | None:
    """The key, fit for a header, or None where there is none. Raises SetupError: what is not fit for a header is repeated in errors."""
    key = told.get_secret_value().strip() if told else ""
    if odd := next((n for n, c in enumerate(key, 1) if not "!" <= c <= "~"), None):
        raise SetupError(f"{setting} has a character in place {odd} that no key has (a blank, a line break, an accent): paste it again.")
    return SecretStr(key) if key else None
