"""The command line as a whole: exit codes, help, one line for bad input, and what starting it costs."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from device_profiles.errors import InputError, InputProblem
from harness.cli import command, main


def test_every_listed_command_loads_and_has_help() -> None:
    context = click.Context(command)
    names = command.list_commands(context)
    assert names
    for name in names:
        found = command.get_command(context, name)
        assert found is not None, name
        result = CliRunner().invoke(command, [name, "--help"])
        assert result.exit_code == 0, (name, result.output)
        assert found.help, f"{name} does not say what it does"


def test_module_and_script_are_the_same() -> None:
    as_module = subprocess.run(
        [sys.executable, "-m", "harness", "--version"], capture_output=True, text=True, check=True
    )
    assert as_module.stdout.startswith("harness, version ")


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["no-such-command"])
    assert stop.value.code == 2
    assert "no-such-command" in capsys.readouterr().err


def test_bad_input_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad() -> None:
        raise InputError([InputProblem("a.yaml", 3, 5, "kind", "expected one of esme, gsme")])

    broken = click.command("broken")(bad)
    monkeypatch.setattr(type(command), "get_command", lambda *_: broken)
    with pytest.raises(SystemExit) as stop:
        main(["broken"])
    assert stop.value.code == 2
    assert capsys.readouterr().err == "a.yaml:3:5: kind: expected one of esme, gsme\n"


@pytest.mark.parametrize(
    "module", ["numpy", "cryptography", "distributed", "construct", "pydantic", "jinja2"]
)
def test_help_imports_nothing_heavy(module: str) -> None:
    program = (
        "import sys\nfrom harness.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.exit({module!r} in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert result.returncode == 0, f"harness --help imports {module}"


def test_doctor_finds_this_installation_whole() -> None:
    result = CliRunner().invoke(command, ["doctor", "--json"], standalone_mode=False)
    checks = json.loads(result.output)
    assert [check for check in checks if not check["holds"]] == []
    assert result.return_value == 0


def _main_with(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def fail() -> None:
        raise failure

    broken = click.command("broken")(fail)
    monkeypatch.setattr(type(command), "get_command", lambda *_: broken)
    with pytest.raises(SystemExit) as stop:
        main(["broken"])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_a_missing_file_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _main_with(FileNotFoundError(2, "No such file or directory", "x.yaml"), monkeypatch) == 2
    assert capsys.readouterr().err == "x.yaml: No such file or directory\n"


def test_a_fault_of_ours_is_exit_3_and_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _main_with(ZeroDivisionError("x"), monkeypatch) == 3
    assert "fault of the harness" in capsys.readouterr().err


def test_an_interrupt_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _main_with(KeyboardInterrupt(), monkeypatch) == 4
