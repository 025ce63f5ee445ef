from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

from interviewer.store import Store
from tests.store.saying import BEGUN, answers, program, says, tell

WRITER = """
input(); print("ready", flush=True)
url = input()
store = Store.open(url)
print(store.begin("ann", BEGUN), flush=True)
interview = input()
for n in range(25):
    store.append(interview, "ann", says(f"{sys.argv[1]}{n}"))
print("done", flush=True)
"""

KILLED = """
store = Store.open(sys.argv[1])
store.append(sys.argv[2], "ann", says("said just before the end"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def everything_of(*writers: str) -> set[str]:
    return {f"{writer}{n}" for writer in writers for n in range(25)}


def test_threads_that_append_at_once_lose_nothing(store: Store) -> None:
    interview = store.begin("ann", BEGUN)

    def write(writer: str) -> None:
        for n in range(25):
            store.append(interview, "ann", says(f"{writer}{n}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    said = answers(store, interview)
    assert len(said) == 100
    assert set(map(str, said)) == everything_of(*"abcd")
    assert [e.seq for e in store.events(interview, None)] == list(range(101))


def test_each_writers_own_events_keep_their_order(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda w: [store.append(interview, "ann", says(f"{w}{n:02d}")) for n in range(20)], "ab"))
    said = list(map(str, answers(store, interview)))
    for writer in "ab":
        own = [text for text in said if text.startswith(writer)]
        assert own == sorted(own)


def test_two_processes_that_open_a_new_database_and_append_at_once_lose_nothing(url: str) -> None:
    writers = [program(WRITER, writer) for writer in "ab"]
    tell(writers, "are you there?")
    begun = tell(writers, url)
    assert tell(writers, begun[0]) == ["done", "done"]
    for writer in writers:
        writer.communicate(timeout=60)
    with Store.open(url) as store:
        assert {listed.id for listed in store.interviews("ann")} == set(begun)
        said = answers(store, begun[0])
        assert len(said) == 50
        assert set(map(str, said)) == everything_of(*"ab")
        assert [e.seq for e in store.events(begun[0], None)] == list(range(51))


def test_threads_that_open_a_new_database_at_once_all_work_in_it(url: str) -> None:
    def begin(_n: int) -> str:
        with Store.open(url) as store:
            return store.begin("ann", BEGUN)

    with ThreadPoolExecutor(4) as pool:
        begun = set(pool.map(begin, range(4)))
    with Store.open(url) as store:
        assert {listed.id for listed in store.interviews("ann")} == begun


def test_what_append_has_returned_outlives_a_kill(url: str, store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    killed = program(KILLED, url, interview)
    _, err = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, err
    assert answers(store, interview) == ["said just before the end"]
    with Store.open(url) as after:
        assert answers(after, interview) == ["said just before the end"]
        after.append(interview, "ann", says("and on"))
