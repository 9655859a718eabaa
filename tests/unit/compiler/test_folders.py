"""In charge of the promises about collecting a workspace's files from disk."""

from pathlib import Path

import pytest

from tenon.compiler import check, read_layers


def module(folder: Path, name: str, requires: str = "{}") -> None:
    (folder / name).mkdir(parents=True)
    text = f"name: {name}\nversion: 1.0.0\nlabel: {name}\nrequires: {requires}\n"
    (folder / name / "module.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    module(tmp_path / "shelf", "core")
    module(tmp_path / "shelf", "customers", "{core: 1.0.0}")
    module(tmp_path / "shelf", "sales", "{customers: 1.0.0}")
    module(tmp_path / "shelf", "service", "{core: 1.0.0}")
    return tmp_path / "shelf"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "workspace.yaml").write_text("name: demo\nmodules: [sales]\n", encoding="utf-8")
    return folder


def test_required_modules_come_along_and_stand_below(shelf: Path, workspace: Path) -> None:
    sources = read_layers(workspace, modules=shelf)
    assert sources.layers == ("core", "customers", "sales", "workspace")
    assert sources.available == ("core", "customers", "sales", "service")


def test_a_workspace_may_bring_modules_of_its_own(shelf: Path, workspace: Path) -> None:
    module(workspace / "modules", "rental", "{sales: 1.0.0}")
    (workspace / "workspace.yaml").write_text("name: demo\nmodules: [rental]\n", encoding="utf-8")
    sources = read_layers(workspace, modules=shelf)
    assert sources.layers == ("core", "customers", "sales", "rental", "workspace")
    assert sources.local == {"rental"}


def test_modules_that_require_each_other_do_not_hang(shelf: Path, workspace: Path) -> None:
    module(workspace / "modules", "a", "{b: 1.0.0}")
    module(workspace / "modules", "b", "{a: 1.0.0}")
    (workspace / "workspace.yaml").write_text("name: demo\nmodules: [a]\n", encoding="utf-8")
    assert set(read_layers(workspace, modules=shelf).layers) >= {"a", "b"}


def test_files_to_import_and_hidden_files_are_left_alone(shelf: Path, workspace: Path) -> None:
    for name in ("import/plan.yaml", ".git/x.yaml", "sales.csv", "data/unit.csv", "entities/x_a.yaml"):
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text("a: 1\n", encoding="utf-8")
    own = [file.path for file in read_layers(workspace, modules=shelf).files if file.layer == "workspace"]
    assert own == ["data/unit.csv", "entities/x_a.yaml", "workspace.yaml"]


def test_binary_and_huge_files_are_problems_and_no_tracebacks(shelf: Path, workspace: Path) -> None:
    (workspace / "entities").mkdir()
    (workspace / "entities" / "x_a.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe\x00")
    (workspace / "entities" / "x_b.yaml").write_bytes(b"a: " + b"x" * 5_000_000)
    found = {problem.code for problem in check(read_layers(workspace, modules=shelf)).problems}
    assert {"not_text", "too_large"} <= found


def test_a_broken_workspace_file_is_reported_by_the_check(shelf: Path, workspace: Path) -> None:
    (workspace / "workspace.yaml").write_text("name: [\n", encoding="utf-8")
    found = {problem.code for problem in check(read_layers(workspace, modules=shelf)).problems}
    assert "bad_yaml" in found


def test_a_folder_without_workspace_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"workspace\.yaml"):
        read_layers(tmp_path)
