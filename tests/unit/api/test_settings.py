"""Settings: what is refused at the start, and where secrets may and may not stand."""

from pathlib import Path

import pytest

from graphql_api.errors import SettingsError
from graphql_api.settings import read_settings

KEYS = {"SIDEKICK_AUTH": "keys", "SIDEKICK_ALLOWED_HOSTS": "chat.example"}
CANARY = "sk-canary-0123456789"


def refusal(**environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read_settings(environ)
    return refused.value.message


@pytest.mark.parametrize("missing", [None, *KEYS])
def test_other_addresses_than_loopback_need_both_settings(missing: str | None) -> None:
    given = {name: text for name, text in KEYS.items() if missing not in {name, None}}
    said = refusal(SIDEKICK_API_HOST="0.0.0.0", **given)
    assert "SIDEKICK_AUTH" in said
    assert "SIDEKICK_ALLOWED_HOSTS" in said


def test_with_authentication_and_hosts_any_address_will_do() -> None:
    settings = read_settings({"SIDEKICK_API_HOST": "::", **KEYS})
    assert (settings.host, settings.auth) == ("::", {"keys"})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{CANARY}\n")
    settings = read_settings({"OPENAI_API_KEY_FILE": str(file)})
    assert (settings.openai_api_key, settings.provider) == (CANARY, "openai")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_secrets_file_that_is_of_no_use_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    said = refusal(OPENAI_API_KEY_FILE=str(file))
    assert "OPENAI_API_KEY_FILE" in said
    assert str(file) in said


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    said = refusal(OPENAI_API_KEY=CANARY, OPENAI_API_KEY_FILE=str(tmp_path / "key"))
    assert "both set" in said
    assert CANARY not in said


def test_settings_do_not_show_their_secrets() -> None:
    url = f"postgresql://me:{CANARY}@127.0.0.1/sidekick"
    settings = read_settings({"OPENAI_API_KEY": CANARY, "DATABASE_URL": url})
    assert CANARY not in f"{settings} {settings!r}"
