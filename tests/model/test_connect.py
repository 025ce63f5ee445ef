import subprocess
import sys
import textwrap

import langsmith
import pytest
from langchain_core.tracers.langchain import wait_for_all_tracers

from interviewer.errors import SetupError
from interviewer.model import connect
from interviewer.settings import Settings
from tests.loopback import LoopbackModel, Text, closed_port
from tests.model.conftest import Join
from tests.model.kept import KEY, KeptLedger


def settings(**told: object) -> Settings:
    none: dict[str, object] = {"openai_api_key": None, "openai_base_url": None}
    return Settings(_env_file=None, **{**none, **told})  # type: ignore[arg-type]


def test_without_a_key_or_a_server_there_are_no_models() -> None:
    assert connect(settings(), KeptLedger()) is None
    assert connect(settings(openai_api_key="  ", openai_base_url=" "), KeptLedger()) is None


def test_connecting_sends_nothing_and_names_the_host_and_the_models() -> None:
    url = closed_port()
    models = connect(settings(openai_base_url=url, interviewer_model="small", rater_model="large"), KeptLedger())
    assert models is not None
    assert url == f"http://{models.host}/v1"
    assert (models.name_for("interviewer"), models.name_for("rater")) == ("small", "large")


def test_a_key_alone_goes_to_openai() -> None:
    models = connect(settings(openai_api_key=KEY), KeptLedger())
    assert models is not None
    assert models.host == "api.openai.com"


def test_a_local_server_needs_no_key(join: Join) -> None:
    with LoopbackModel(lambda _: Text("Well.")) as server:
        assert join(server, openai_api_key=None).words() == ["Well."]


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://127.0.0.1/v1", "http://", "http://127.0.0.1:port/v1", "http://[::1/v1"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(SetupError, match="OPENAI_BASE_URL is no address of a server: write it like"):
        connect(settings(openai_base_url=url), KeptLedger())


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SetupError, match=r"OPENAI_BASE_URL has a user name or password before model\.test") as caught:
        connect(settings(openai_base_url="https://me:hunter2@model.test/v1"), KeptLedger())
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-secret\nX-Other: 1", "sk-sécret", "sk secret", "sk-secret\x00"])
def test_a_key_that_fits_no_header_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(SetupError, match="OPENAI_API_KEY has a character in place") as caught:
        connect(settings(openai_api_key=key), KeptLedger())
    assert key not in str(caught.value)


def test_importing_and_connecting_loads_none_of_the_heavy_libraries() -> None:
    code = """
        import sys
        from interviewer.model import connect
        from interviewer.settings import Settings
        assert connect(Settings(_env_file=None, openai_base_url="http://127.0.0.1:9/v1"), None)
        print(*sorted({m.split(".")[0] for m in sys.modules} & {"langchain_core", "langchain_openai", "openai", "tiktoken", "langsmith"}))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_nothing_is_traced_or_sent_elsewhere_whatever_the_environment_says(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    langsmith.configure(enabled=None)  # as at the start of a process: the environment decides
    langsmith.utils.get_env_var.cache_clear()  # type: ignore[attr-defined]
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_x")
    with LoopbackModel(lambda _: Text("Well.")) as elsewhere, LoopbackModel(lambda _: Text("Well.")) as server:
        for name in ("LANGSMITH_ENDPOINT", "LANGSMITH_GATEWAY", "OPENAI_API_BASE"):
            monkeypatch.setenv(name, elsewhere.base_url)
        assert join(server).words() == ["Well."]
        wait_for_all_tracers()
        assert (len(server.received), len(elsewhere.received)) == (1, 0)
