import pytest

from reflex_app.settings import SettingsError, read_settings


def test_nothing_set_means_this_machine_only() -> None:
    settings = read_settings({})

    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.api_url == "http://127.0.0.1:8000/graphql"
    assert settings.max_message_chars == 20_000
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_page_finds_the_api_by_its_port() -> None:
    settings = read_settings({"SIDEKICK_API_PORT": "8123"})

    assert settings.api_url == "http://127.0.0.1:8123/graphql"


def test_an_address_of_the_api_wins_over_its_port() -> None:
    variables = {
        "SIDEKICK_API_PORT": "8123",
        "SIDEKICK_API_URL": "https://api.example/graphql",
    }

    assert read_settings(variables).api_url == "https://api.example/graphql"


def test_more_hosts_can_be_allowed() -> None:
    settings = read_settings(
        {"SIDEKICK_ALLOWED_HOSTS": "Chat.Example, other.example ,"}
    )

    assert settings.allowed_hosts[-2:] == ("chat.example", "other.example")


def test_the_address_that_people_use_is_served() -> None:
    settings = read_settings({"SIDEKICK_PUBLIC_URL": "https://Chat.Example:8443"})

    assert settings.allowed_hosts[-1] == "chat.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIDEKICK_UI_HOST", "0.0.0.0"),
        ("SIDEKICK_UI_HOST", "example.org"),
        ("SIDEKICK_UI_PORT", "http"),
        ("SIDEKICK_UI_PORT", "70000"),
        ("SIDEKICK_API_PORT", "0"),
        ("SIDEKICK_MAX_MESSAGE_CHARS", "-1"),
        ("SIDEKICK_API_URL", "ftp://api.example"),
        ("SIDEKICK_API_URL", "api.example"),
        ("SIDEKICK_PUBLIC_URL", "https://[chat.example"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})
