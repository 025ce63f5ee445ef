from __future__ import annotations

import io
import os
import socket
import stat
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, make_url, text

from interviewer.errors import DeveloperError, SetupError
from interviewer.store import Store, address, migrate, tables
from tests.store.conftest import POSTGRESQL
from tests.store.saying import BEGUN, says


def refusal(url: str) -> str:
    with pytest.raises(SetupError) as caught:
        Store.open(url)
    return str(caught.value)


def differences(url: str, metadata: MetaData) -> list[object]:
    """What Alembic would have to change in the database to make it as the tables say."""
    engine = create_engine(address.read(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = list(compare_metadata(context, metadata))
    engine.dispose()
    return found


# --------------------------------------------------------------------------- migrations


def test_migrations_from_empty_make_the_tables_that_the_program_knows(url: str) -> None:
    Store.open(url).close()
    assert differences(url, tables.metadata) == []


def test_a_table_or_a_column_that_no_migration_makes_is_noticed(url: str) -> None:
    Store.open(url).close()
    changed = MetaData()
    for table in tables.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["events"].append_column(Column("forgotten", String))
    changed.tables["usage"].c.role.type = Integer()
    Table("nowhere", changed, Column("id", Integer, primary_key=True))
    assert len(differences(url, changed)) == 3


def test_the_revision_that_the_program_names_is_the_last_migration() -> None:
    assert ScriptDirectory(str(migrate.FOLDER)).get_heads() == [tables.REVISION]


def test_a_database_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    with Store.open(url) as store:
        interview = store.begin("ann", BEGUN)
    engine = create_engine(address.read(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    told = refusal(url)
    assert "newer version" in told and "9999" in told and "update the program" in told
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": tables.REVISION})
    engine.dispose()
    with Store.open(url) as store:
        assert len(store.events(interview, "ann")) == 1


def test_alembics_own_commands_work_on_a_scratch_database(tmp_path: Path) -> None:
    config = Config(stdout=io.StringIO(), cmd_opts=Namespace(x=[f"url=sqlite:///{tmp_path / 'scratch.db'}"]))
    config.set_main_option("script_location", str(migrate.FOLDER))
    command.upgrade(config, "head")
    command.check(config)


def test_alembics_own_commands_ask_for_the_database_they_are_to_work_on() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    with pytest.raises(DeveloperError, match="-x url="):
        command.upgrade(config, "head")


# --------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "interviews.db",
        "postgresql//ann:hunter2@host/db",
        "mysql://ann:hunter2@host/db",
        "postgresql+asyncpg://ann:hunter2@host/db",
        "postgresql://ann:hunter2",
        "postgresql://ann:hun@hunter2@host/db",
        "postgresql://ann/x:hunter2@host/db",
        "postgresql://ann:x@y/hunter2@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite://hunter2/x.db",
    ],
)
def test_a_wrong_url_is_told_with_its_remedy_and_without_its_password(url: str) -> None:
    told = refusal(url)
    assert "DATABASE_URL" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_common_form_of_a_postgresql_url_opens_by_psycopg_3(scheme: str) -> None:
    url = address.read(f"{scheme}://ann:hunter2@host:5433/db?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == ("ann", "hunter2", "host", 5433, "db")
    assert url.query == {"sslmode": "require"}
    assert address.shown(url) == "postgresql://ann@host:5433/db"


def test_a_postgresql_that_does_not_answer_is_told_without_the_password() -> None:
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        told = refusal(f"postgres://ann:hunter2@127.0.0.1:{port}/db?password=hunter2")
    assert f"postgresql://ann@127.0.0.1:{port}/db" in told
    assert "refused" in told and "see that the server runs" in told
    assert "hunter2" not in told


@pytest.mark.skipif(not POSTGRESQL, reason="TEST_DATABASE_URL names no PostgreSQL")
def test_a_postgresql_that_refuses_the_password_is_told_without_it() -> None:
    url = make_url(POSTGRESQL).set(username="nobody_known", password="hunter2")
    told = refusal(url.render_as_string(hide_password=False))
    assert "nobody_known@" in told and "DATABASE_URL" in told
    assert "hunter2" not in told


@pytest.mark.skipif(not POSTGRESQL, reason="TEST_DATABASE_URL names no PostgreSQL")
def test_a_postgresql_that_dropped_its_connections_is_reached_again(url: str, store: Store) -> None:
    if not url.startswith("postgres"):
        pytest.skip("SQLite has no connection to lose")
    interview = store.begin("ann", BEGUN)
    with store._engine.connect() as connection:
        idle = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    engine = create_engine(address.read(url))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(:idle)"), {"idle": idle}).scalar_one()
    engine.dispose()
    store.append(interview, "ann", says("after the restart"))
    assert len(store.events(interview, "ann")) == 2


def test_a_refusal_in_mid_work_shows_no_word_of_the_candidate(url: str, store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    engine = create_engine(address.read(url))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME COLUMN body TO elsewhere"))
    engine.dispose()
    with pytest.raises(SetupError) as caught:
        store.begin("ann", [*BEGUN, *says("SECRETWORD")(())])
    cause: BaseException | None = caught.value
    while cause is not None:
        assert "SECRETWORD" not in str(cause)
        cause = cause.__cause__ or cause.__context__
    with pytest.raises(SetupError):
        store.events(interview, "ann")


# --------------------------------------------------------------------------- files


def modes(folder: Path) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.iterdir()]}


def test_a_new_folder_and_all_files_are_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Store.open(f"sqlite:///{tmp_path}/data/interviews.db") as store:
            store.begin("ann", BEGUN)
            found = modes(tmp_path / "data")
    finally:
        os.umask(before)
    names = ("", "-wal", "-shm", ".lock")
    assert found == {"data": "0o700", **{f"interviews.db{name}": "0o600" for name in names}}


def test_an_empty_folder_is_made_private_and_one_with_other_things_in_it_is_not(tmp_path: Path) -> None:
    for name in ("empty", "shared"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    (tmp_path / "shared" / "something").touch()
    for name in ("empty", "shared"):
        Store.open(f"sqlite:///{tmp_path}/{name}/interviews.db").close()
    assert modes(tmp_path / "empty")["empty"] == "0o700"
    assert modes(tmp_path / "shared")["shared"] == "0o755"


def test_a_file_that_others_could_read_is_made_private(sqlite_url: str) -> None:
    Store.open(sqlite_url).close()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.chmod(0o644)
    Store.open(sqlite_url).close()
    assert modes(path.parent)["interviews.db"] == "0o600"


def test_a_relative_path_is_taken_once_from_the_folder_that_the_program_starts_in(tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        store = Store.open("sqlite:///here/interviews.db")
        os.chdir("/")
        store.begin("ann", BEGUN)
        store.close()
    finally:
        os.chdir(before)
    assert (tmp_path / "here" / "interviews.db").exists()


def test_a_path_through_a_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = refusal(f"sqlite:///{tmp_path}/file/interviews.db")
    assert f"{tmp_path}/file/interviews.db can't be written" in told and "INTERVIEWER_DATA_DIR" in told


@contextmanager
def unprivileged() -> Iterator[None]:
    """Go on as an account that may not write everywhere, where the tests are run by root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written_is_told_with_its_remedy() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        with unprivileged():
            told = refusal(f"sqlite:///{folder}/interviews.db")
    assert f"{folder}/interviews.db can't be written (Permission denied)" in told and "INTERVIEWER_DATA_DIR" in told


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader, " * 500)
    told = refusal(f"sqlite:///{letter}")
    assert str(letter) in told and "name another file" in told
    assert letter.read_text() == "Dear reader, " * 500


def test_acknowledged_events_are_forced_to_the_disk(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store, store._engine.connect() as connection:
        pragmas = ("synchronous", "journal_mode", "foreign_keys", "secure_delete")
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    assert found == [2, "wal", 1, 1]
