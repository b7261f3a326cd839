"""What is said of the way to the proxy, for each kind of mode."""

from analyzer.cli.instructions import PAGE, instructions
from analyzer.live.control import Ready


def told(*modes: str, listening: tuple[tuple[str, int], ...] = (("127.0.0.1", 8080),), wireguard: str = "") -> str:
    ready = Ready(file="shop.apptells", listening=listening, wireguard=wireguard or None)
    return "\n".join(instructions(ready, modes))


def test_a_phone_is_told_host_port_and_certificate() -> None:
    text = told()
    assert "Recording to shop.apptells" in text
    assert "host 127.0.0.1, port 8080" in text
    assert "device prepare --port 8080" in text
    assert PAGE in text


def test_a_proxy_that_listens_everywhere_is_told_by_an_address_that_a_phone_can_reach() -> None:
    text = told(listening=(("0.0.0.0", 8080), ("::", 8080)))
    assert "0.0.0.0" not in text
    assert "::" not in text


def test_wireguard_needs_no_proxy() -> None:
    text = told("wireguard", wireguard="[Interface]\nPrivateKey = fictitious")
    assert "PrivateKey = fictitious" in text
    assert "Wi-Fi" not in text
    assert PAGE in text


def test_of_other_modes_each_address_is_told_once() -> None:
    text = told("dns", listening=(("127.0.0.1", 53), ("127.0.0.1", 53)))  # by UDP and by TCP
    assert text.endswith("The proxy runs as dns at 127.0.0.1:53.")
