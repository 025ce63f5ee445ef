import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from interviewer.errors import SetupError
from interviewer.settings import Settings, read_settings

KEY = "sk-7f3a9c-never-to-be-seen"


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an environment without any of our names."""
    names = {name.upper() for name in Settings.model_fields} | {n for n in os.environ if n.startswith("INTERVIEWER_")}
    for name in names & set(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_said_it_runs_here_for_oneself_and_without_a_model() -> None:
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert not settings.has_model
    assert settings.model_host is None
    assert settings.store_url == f"sqlite:///{settings.data_dir}/interviews.db"


def test_the_environment_is_read_by_the_names_in_the_readme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = {
        "INTERVIEWER_DATA_DIR": str(tmp_path / "kept"),
        "INTERVIEWER_PORT": "9000",
        "DATABASE_URL": "postgresql://db/x",
        "RATER_MODEL": "large",
        "MODEL_TIMEOUT_S": "7.5",
        "TOKENS_PER_DAY": "0",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.data_dir, settings.port, settings.store_url) == (tmp_path / "kept", 9000, "postgresql://db/x")
    assert (settings.rater_model, settings.model_timeout_s, settings.tokens_per_day) == ("large", 7.5, 0)


@pytest.mark.parametrize(("name", "value"), [("PORT", "1"), ("HOST", "machine")])
def test_a_host_or_port_of_the_machine_is_not_taken_for_ours(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)


def test_a_dotenv_file_is_read_and_the_environment_goes_before_it(nothing_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nothing_set / ".env").write_text("RATER_MODEL=from-file\nJUDGE_MODEL=from-file\nSOMEBODY_ELSES=x\n")
    monkeypatch.setenv("RATER_MODEL", "from-environment")
    settings = read_settings()
    assert (settings.rater_model, settings.judge_model) == ("from-environment", "from-file")


def test_what_is_passed_goes_before_all_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", "elsewhere")
    assert read_settings(interviewer_data_dir=tmp_path).data_dir == tmp_path


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ({"openai_api_key": KEY}, "api.openai.com"),
        ({"openai_base_url": "http://127.0.0.1:11434/v1"}, "127.0.0.1:11434"),
        ({"openai_api_key": KEY, "openai_base_url": "https://gateway.test/v1"}, "gateway.test"),
        ({"openai_api_key": "  ", "openai_base_url": ""}, None),
    ],
)
def test_a_key_or_an_address_connects_a_model_and_the_host_is_named(told: dict[str, object], host: str | None) -> None:
    settings = read_settings(**told)
    assert settings.has_model is (host is not None)
    assert settings.model_host == host


def test_each_role_has_its_own_model_and_a_usual_one() -> None:
    usual = read_settings()
    assert [usual.model_for(r) for r in ("interviewer", "rater", "judge")] == ["gpt-4.1-mini", "gpt-4.1", "gpt-4.1"]
    own = read_settings(interviewer_model="a", rater_model="b", judge_model="c")
    assert [own.model_for(r) for r in ("interviewer", "rater", "judge")] == ["a", "b", "c"]


def test_a_blank_is_as_good_as_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "OPENAI_BASE_URL", "RATER_MODEL"):
        monkeypatch.setenv(name, " ")
    settings = read_settings()
    assert (settings.database_url, settings.openai_base_url, settings.rater_model) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERVIEWER_PORT", "70000"),
        ("INTERVIEWER_PORT", "http"),
        ("MODEL_TIMEOUT_S", "0"),
        ("MODEL_RETRIES", "-1"),
        ("TOKENS_PER_INTERVIEW", "-5"),
        ("ENCODER_THREADS", "0"),
    ],
)
def test_a_value_that_can_not_be_used_is_named_with_its_place(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError, match=rf"^{name}='{value}' can't be used: .+\. Mend it in the environment or in \.env\.$"):
        read_settings()


def test_the_key_shows_in_no_representation() -> None:
    settings = read_settings(openai_api_key=KEY)
    assert KEY not in repr(settings) + str(settings) + str(settings.model_dump()) + settings.model_dump_json()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read_settings().port = 1  # type: ignore[misc]
