"""The guard rails of the tests hold."""

import os
import socket
import urllib.request
from pathlib import Path

import aiohttp
import pytest

from tests.no_network import NetworkRefusedError

# Reserved for documentation: nobody is there, even where a guard fails.
ELSEWHERE = ("192.0.2.1", 443)

SKIPS = {
    "a mark": "import pytest\n@pytest.mark.skip(reason='no chromium')\ndef test_it(): pass\n",
    "a call": "import pytest\ndef test_it(): pytest.skip('no chromium')\n",
    "a fixture": (
        "import pytest\n@pytest.fixture\ndef page(): pytest.skip('no chromium')\n"
        "def test_it(page): pass\n"
    ),
    "a module": "import pytest\npytest.skip('no chromium', allow_module_level=True)\n",
}

ROOT = Path(__file__).parents[2]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test suite of its own, with our plugins within reach and nobody else's loaded."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    return pytester


def test_no_socket_leaves_this_machine(refused_connections: list[str]) -> None:
    """Given a socket of any kind, when a test sends something elsewhere, then it is refused."""
    with socket.socket(type=socket.SOCK_STREAM) as stream, pytest.raises(NetworkRefusedError):
        stream.connect(ELSEWHERE)
    with socket.socket(type=socket.SOCK_DGRAM) as datagram, pytest.raises(NetworkRefusedError):
        datagram.sendto(b"hello", ELSEWHERE)
    with pytest.raises(NetworkRefusedError):
        urllib.request.urlopen("http://example.invalid/")

    assert len(refused_connections) == 3
    refused_connections.clear()


@pytest.mark.parametrize("host", ["example.invalid", "192.0.2.1", "[2001:db8::1]"])
async def test_no_client_leaves_this_machine(host: str, refused_connections: list[str]) -> None:
    """Given the client we ship, when a test asks it for a public page, then it is refused."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NetworkRefusedError):
            await session.get(f"http://{host}/")

    refused_connections.clear()


def test_this_machine_can_be_reached() -> None:
    """Given a server on loopback and one on a unix socket, when connected to, then both answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("here.sock")
        server.listen()
        client.connect("here.sock")


def test_a_swallowed_refusal_fails_the_test(suite: pytest.Pytester) -> None:
    """Given code that ignores the refusal, when its test ends, then the test fails all the same."""
    suite.makepyfile(
        "import socket\n"
        "def test_it():\n"
        "    with socket.socket() as sock:\n"
        "        try:\n"
        "            sock.connect(('192.0.2.1', 443))\n"
        "        except Exception:\n"
        "            pass\n"
    )

    result = suite.runpytest_subprocess("-p", "tests.no_network")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*tried to reach 192.0.2.1: tests may speak to this machine*"])


def test_no_setting_of_the_developer_is_seen(tmp_path: Path) -> None:
    """Given a developer with a token and a .env, when a test starts, then it sees neither."""
    assert not [name for name in os.environ if name.startswith(("DISCORD_", "OPENAI_", "EASEL_"))]
    assert "DATABASE_URL" not in os.environ
    assert "DATA_DIR" not in os.environ
    assert Path.cwd() == tmp_path
    assert not list(Path.cwd().iterdir())
    assert Path.home().name.startswith("home")


def test_settings_are_cleaned_away(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given settings in the environment, when the tests run, then all of them are gone."""
    for name in ("DISCORD_TOKEN", "openai_api_key", "EASEL_SLOTS", "DATABASE_URL", "DATA_DIR"):
        monkeypatch.setenv(name, "a developer's own")
    monkeypatch.setenv("GEMINI_API_KEY", "a developer's own")
    suite.makeconftest(
        "from tests.conftest import _clean_environment, _own_folder\n"
        "pytest_plugins = ['tests.no_network']\n"
    )
    suite.makepyfile(
        'import os\ndef test_it(): assert "a developer\'s own" not in os.environ.values()\n'
    )

    result = suite.runpytest_subprocess()

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_where_ci_is_true(
    source: str, suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given CI=true, when a test skips in any way, then it fails and says what to do."""
    monkeypatch.setenv("CI", "true")
    suite.makepyfile(source)

    result = suite.runpytest_inprocess("-p", "tests.no_skips")

    assert result.ret != pytest.ExitCode.OK
    assert "skipped" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["*was skipped, and where CI=true nothing may be*no chromium*"])


def test_an_expected_failure_is_not_a_skip(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given CI=true, when a test fails as it is marked to, then nothing is made of it."""
    monkeypatch.setenv("CI", "true")
    suite.makepyfile("import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n")

    result = suite.runpytest_inprocess("-p", "tests.no_skips")

    result.assert_outcomes(xfailed=1)


def test_a_skip_is_a_skip_elsewhere(suite: pytest.Pytester) -> None:
    """Given a developer's machine, when a test skips itself, then the run stays green."""
    suite.makepyfile(SKIPS["a call"])

    result = suite.runpytest_inprocess("-p", "tests.no_skips")

    result.assert_outcomes(skipped=1)
